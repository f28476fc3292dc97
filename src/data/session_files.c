/* session_files.c - lists the files of a data set and names their sessions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/session_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "config/file_list.h"

/* Bytes of a session's name: those of a file, less those that results put around it. */
enum { LONGEST_SESSION = 195 };

static enum lfads_status no_memory(struct lfads_error *err)
{
    return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a list of data files");
}

void session_files_release(struct session_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->file[i].path);
        free(files->file[i].name);
        free(files->file[i].label);
    }
    free(files->file);
    *files = (struct session_files){.count = 0};
}

static enum lfads_status add(struct session_files *files, const char *path, struct lfads_error *err)
{
    struct session_file *longer = realloc(files->file, (files->count + 1) * sizeof *longer);

    if (!longer)
        return no_memory(err);
    files->file = longer;
    longer[files->count] = (struct session_file){.path = strdup(path)};
    return longer[files->count++].path ? LFADS_OK : no_memory(err);
}

static bool is_known(const struct session_known *known, const char *name)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->session[i].name, name) == 0)
            return true;
    return false;
}

/* What follows STEM and one separator in a file's name; a letter or a digit is none, and belongs to
 * the name. "" for another file. */
static const char *after_stem(const char *file, const char *stem)
{
    size_t length = strlen(stem);
    unsigned char next;

    if (strncmp(file, stem, length) != 0)
        return "";
    next = (unsigned char)file[length];
    return file + length + (next && !isalnum(next) && next < 0x80);
}

/* The same for earlier programs, the original too: what follows STEM and any one character. */
static const char *after_character(const char *file, const char *stem)
{
    size_t length = strlen(stem);

    return strncmp(file, stem, length) == 0 && file[length] ? file + length + 1 : "";
}

/* Returns the name of the session in FILE, a name without directory. STEM: of the data set; NULL:
 * it has none, and the file's whole name is the session's. */
static const char *session_name(bool *earlier, const char *file, const char *stem,
                                const struct session_known *known)
{
    const size_t count = 4;
    const char *other = stem ? stem : known->stem;
    const char *const names[] = {stem ? after_stem(file, stem) : file, file,
                                 other ? after_stem(file, other) : "",
                                 other ? after_character(file, other) : ""};

    for (size_t i = 0; i < count; i++)
        if (*names[i] && is_known(known, names[i])) {
            *earlier = i == count - 1;
            return names[i];
        }
    *earlier = false;
    return names[0];
}

/* Fails if two files have one name. */
static enum lfads_status check_names(const struct session_files *files, const char *stem,
                                     struct lfads_error *err)
{
    for (size_t i = 0; i < files->count; i++)
        for (size_t j = i + 1; j < files->count; j++) {
            const struct session_file *a = &files->file[i], *b = &files->file[j];

            if (strcmp(a->path, b->path) == 0)
                return lfads_fail(err, LFADS_USAGE, "%s is given twice", a->path);
            if (strcmp(a->name, b->name) == 0)
                return lfads_fail(
                    err, LFADS_BAD_DATA,
                    "%s and %s are both session %s: a session's name is %s%s%s; rename one of them",
                    a->path, b->path, a->name,
                    stem ? "what follows --data_filename_stem="
                         : "that of its file, without directory",
                    stem ? stem : "", stem ? " and a separator in its file's name" : "");
        }
    return LFADS_OK;
}

static enum lfads_status name_sessions(struct session_files *files, const char *stem,
                                       const struct session_known *known, struct lfads_error *err)
{
    for (size_t i = 0; i < files->count; i++) {
        struct session_file *f = &files->file[i];
        const char *name = session_name(&f->earlier, path_name(f->path), stem, known);

        if (!*name)
            return lfads_fail(
                err, LFADS_BAD_DATA,
                "%s has no session's name after --data_filename_stem=%s: rename it or "
                "choose another stem",
                f->path, stem);
        if (strlen(name) > LONGEST_SESSION)
            return lfads_fail(err, LFADS_BAD_DATA,
                              "%s: the session's name has %zu bytes, and files of results, which "
                              "are called so, allow %d: rename it",
                              f->path, strlen(name), LONGEST_SESSION);
        f->name = strdup(name);
        f->label = strdup(name);
        if (!f->name || !f->label)
            return no_memory(err);
    }
    return check_names(files, stem, err);
}

static int compare(const void *a, const void *b)
{
    return strcmp(path_name(((const struct session_file *)a)->path),
                  path_name(((const struct session_file *)b)->path));
}

/* Adds the directory's files whose names begin with STEM. */
static enum lfads_status list_directory(struct session_files *files, DIR *dir,
                                        const char *directory, const char *stem,
                                        struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (const struct dirent *entry; status == LFADS_OK && (entry = readdir(dir));) {
        char path[FILE_PATH];

        if (entry->d_name[0] == '.' || strncmp(entry->d_name, stem, strlen(stem)) != 0)
            continue;
        status = file_join(path, directory, entry->d_name, err);
        if (status == LFADS_OK && !path_is_directory(path))
            status = add(files, path, err);
    }
    return status;
}

enum lfads_status session_files_find(struct session_files *files, const char *directory,
                                     const char *stem, const struct session_known *known,
                                     struct lfads_error *err)
{
    DIR *dir = opendir(directory);
    enum lfads_status status;

    *files = (struct session_files){.count = 0};
    if (!dir)
        return lfads_fail(err, errno == ENOMEM ? LFADS_NO_MEMORY : LFADS_BAD_DATA,
                          "can't read --data_dir=%s: %s%s", directory, strerror(errno),
                          errno == ENOTDIR ? ", and a file is named without a flag" : "");
    status = list_directory(files, dir, directory, stem, err);
    closedir(dir);
    if (status == LFADS_OK && files->count == 0)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "there is no file in --data_dir=%s whose name starts with "
                          "--data_filename_stem=%s",
                          directory, stem);
    if (status != LFADS_OK)
        return status;
    qsort(files->file, files->count, sizeof *files->file, compare);
    return name_sessions(files, stem, known, err);
}

enum lfads_status session_files_take(struct session_files *files, const char *list,
                                     const struct session_known *known, struct lfads_error *err)
{
    char path[FILE_PATH];
    enum lfads_status status = LFADS_OK;

    *files = (struct session_files){.count = 0};
    while (status == LFADS_OK && file_list_next(path, &list)) {
        if (!file_exists(path))
            status = lfads_fail(err, LFADS_BAD_DATA, "there is no data file %s", path);
        else if (path_is_directory(path))
            status = lfads_fail(err, LFADS_USAGE,
                                "%s is a directory: name the data files in it, or give --data_dir "
                                "and --data_filename_stem",
                                path);
        else
            status = add(files, path, err);
    }
    return status == LFADS_OK ? name_sessions(files, NULL, known, err) : status;
}

enum lfads_status session_files_rename(struct session_files *files, const char *name,
                                       struct lfads_error *err)
{
    struct session_file *f = &files->file[0];
    const char *file = path_name(f->path);
    size_t size = strlen(name) + strlen("_of_") + strlen(file) + 1;
    char *copy = strdup(name), *label = malloc(size);

    if (!copy || !label) {
        free(copy);
        free(label);
        return no_memory(err);
    }
    snprintf(label, size, "%s_of_%s", name, file);
    free(f->name);
    free(f->label);
    f->name = copy;
    f->label = label;
    return LFADS_OK;
}
