/* index.c - reads and rewrites the index files of checkpoints.
 * SPDX-License-Identifier: Apache-2.0 */
#include "save/index.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "save/quoted.h"
#include "tensorflow/bundle.h"

static const char latest_key[] = "model_checkpoint_path";
static const char kept_key[] = "all_model_checkpoint_paths";

/* Copies the quoted path of a line "KEY: ..." to PATH; false for any other line. */
static bool quoted_path(char path[FILE_PATH], const char *line, const char *key)
{
    size_t length = strlen(key);

    line += strspn(line, " \t");
    if (strncmp(line, key, length) != 0)
        return false;
    line += length + strspn(line + length, " \t");
    if (*line != ':')
        return false;
    line = quoted_read(path, FILE_PATH, line + 1 + strspn(line + 1, " \t"));
    return line && *path && !line[strspn(line, " \t\r")];
}
/* Whether PATH is that of a checkpoint, ours or TensorFlow's. */
static bool is_there(const char *path) { return file_exists(path) || bundle_exists(path); }

/* Sets PATH to the file of its name in DIRECTORY, if there is one: people copy and rename
 * directories, and a copy must not read what the directory that it was copied from has become. Else
 * PATH is taken as it is. */
static void take_beside(char path[FILE_PATH], const char *directory)
{
    const char *name = path_name(path);
    char beside[FILE_PATH];

    if (*name && name[strspn(name, ".")] && file_join(beside, directory, name, NULL) == LFADS_OK &&
        is_there(beside))
        memcpy(path, beside, sizeof beside);
}

bool index_other(char name[FILE_PATH], const char *directory, const char *except)
{
    static const char index[] = ".index";
    DIR *dir = opendir(directory);

    *name = 0;
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name);

        if (*entry->d_name == '.' || !strstr(entry->d_name, ".ckpt-") ||
            strstr(entry->d_name, ".data-"))
            continue;
        if (length >= sizeof index && strcmp(entry->d_name + length - sizeof index + 1, index) == 0)
            length -= sizeof index - 1;
        if (strncmp(entry->d_name, except, length) == 0 && !except[length])
            continue;
        if (index_step(entry->d_name) >= index_step(name))
            snprintf(name, FILE_PATH, "%.*s", (int)length, entry->d_name);
    }
    if (dir)
        closedir(dir);
    return *name;
}

static enum lfads_status find_file(char path[FILE_PATH], const char *directory, const char *index,
                                   struct lfads_error *err)
{
    char other[FILE_PATH];

    take_beside(path, directory);
    if (is_there(path))
        return LFADS_OK;
    if (index_other(other, directory, ""))
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s names the checkpoint %s, and it is not there: copy it there, or put "
                          "the name of one that is, %s, in its place",
                          index, path_name(path), other);
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%s names the checkpoint %s, and it is not there: copy it there", index,
                      path);
}

enum lfads_status index_latest(char path[FILE_PATH], const char *directory, const char *name,
                               struct lfads_error *err)
{
    char index[FILE_PATH], other[FILE_PATH], *text, *rest;
    enum lfads_status status = file_join(index, directory, name, err);
    bool found = false;

    path[0] = 0;
    if (status != LFADS_OK || !file_exists(index))
        return status;
    status = file_read_text(&text, index, err);
    if (status != LFADS_OK)
        return status;
    rest = text;
    for (char *line; !found && (line = strsep(&rest, "\n"));)
        found = quoted_path(path, line, latest_key);
    free(text);
    if (!found) {
        path[0] = 0;
        if (!index_other(other, directory, ""))
            snprintf(other, sizeof other, "...");
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s is damaged: it has no line model_checkpoint_path: \"%s\"", index,
                          other);
    }
    return find_file(path, directory, index, err);
}

/* Whether NAME is a name that this program gives to checkpoints. An index from another source can
 * list any file, and index_add removes what it lists. */
static bool is_checkpoint(const char *name)
{
    const char *step = strstr(name, ".ckpt-");

    return step && step != name && step[6] && !step[6 + strspn(step + 6, "0123456789")];
}

/* Removes the checkpoint PATH of the index, if it is in DIRECTORY. */
static void remove_checkpoint(const char *path, const char *directory)
{
    char file[FILE_PATH];

    if (is_checkpoint(path_name(path)) &&
        file_join(file, directory, path_name(path), NULL) == LFADS_OK)
        file_discard(file);
}

/* The kept paths of an index, oldest first. */
struct kept {
    char (*paths)[FILE_PATH];
    size_t count;
};

static bool read_kept(struct kept *kept, const char *index, const char *latest)
{
    char *text = NULL, *rest;
    size_t lines = 2;

    if (file_exists(index) && file_read_text(&text, index, NULL) != LFADS_OK)
        text = NULL; /* replace a damaged index */
    for (const char *newline = text; newline && (newline = strchr(newline, '\n')); newline++)
        lines++;
    kept->count = 0;
    kept->paths = calloc(lines, sizeof *kept->paths);
    rest = text;
    for (char *line; kept->paths && rest && (line = strsep(&rest, "\n"));)
        if (quoted_path(kept->paths[kept->count], line, kept_key) &&
            strcmp(path_name(kept->paths[kept->count]), path_name(latest)) != 0)
            kept->count++;
    free(text);
    if (kept->paths)
        snprintf(kept->paths[kept->count++], FILE_PATH, "%s", latest);
    return kept->paths != NULL;
}

static void write_path(FILE *out, const char *key, const char *path)
{
    fprintf(out, "%s: ", key);
    quoted_write(out, path);
    fputc('\n', out);
}

static enum lfads_status write_kept(const char *index, const struct kept *kept, size_t first,
                                    struct lfads_error *err)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    if (!out)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", index);
    write_path(out, latest_key, kept->paths[kept->count - 1]);
    for (size_t i = first; i < kept->count; i++)
        write_path(out, kept_key, kept->paths[i]);
    return file_write_stream(index, out, &text, LFADS_OK, err);
}

enum lfads_status index_add(const char *directory, const char *name, const char *path, size_t keep,
                            struct lfads_error *err)
{
    struct kept kept;
    char index[FILE_PATH];
    enum lfads_status status = file_join(index, directory, name, err);
    size_t first;

    if (status != LFADS_OK)
        return status;
    if (!read_kept(&kept, index, path)) {
        free(kept.paths);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", index);
    }
    first = kept.count > keep ? kept.count - keep : 0;
    for (size_t i = 0; i < kept.count; i++)
        take_beside(kept.paths[i], directory);
    status = write_kept(index, &kept, first, err);
    for (size_t i = 0; status == LFADS_OK && i < first; i++)
        remove_checkpoint(kept.paths[i], directory);
    free(kept.paths);
    return status;
}

int64_t index_step(const char *path)
{
    const char *dash = strrchr(path, '-');

    return dash ? strtoll(dash + 1, NULL, 10) : 0;
}
