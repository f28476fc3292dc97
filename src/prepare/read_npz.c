/* read_npz.c - reads NumPy's files: .npy, one array, and .npz, an archive of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include "prepare/assemble.h"
#include "prepare/npy.h"
#include "prepare/read.h"

enum { MOST_RATIO = 1100, MOST_MEMBERS = 10000 }; /* deflate makes at most 1032 bytes of one */

static bool take_of_file(void *source, void *bytes, size_t length)
{
    return fread(bytes, 1, length, source) == length;
}

static bool take_of_member(void *source, void *bytes, size_t length)
{
    return length == 0 || zip_fread(source, bytes, length) == (zip_int64_t)length;
}

/* Copies the name of an array: that of its file without folders and without .npy. */
static void name_of(char name[FILE_PATH], const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length;

    snprintf(name, FILE_PATH, "%s", slash ? slash + 1 : path);
    length = strlen(name);
    if (length > 4 && strcmp(name + length - 4, ".npy") == 0)
        name[length - 4] = 0;
}

enum lfads_status read_npy(struct variables *variables, struct lfads_error *err)
{
    FILE *file = file_open(variables->path);
    struct stat info = {.st_size = 0};
    char name[FILE_PATH];
    enum lfads_status status;

    if (!file || fstat(fileno(file), &info) != 0) {
        if (file)
            fclose(file);
        return lfads_fail(err, LFADS_IO, "can't read %s: %m", variables->path);
    }
    name_of(name, variables->path);
    status = npy_read(variables, name,
                      &(struct npy_stream){file, take_of_file, (uint64_t)info.st_size}, err);
    fclose(file);
    return status;
}

/* Reads member I, if it is an array. */
static enum lfads_status read_member(struct variables *variables, zip_t *archive, zip_uint64_t i,
                                     struct lfads_error *err)
{
    struct zip_stat info = {.valid = 0};
    zip_file_t *member = NULL;
    char name[FILE_PATH];
    uint64_t most;
    enum lfads_status status;

    if (zip_stat_index(archive, i, 0, &info) != 0 || !(info.valid & ZIP_STAT_NAME) ||
        !(info.valid & ZIP_STAT_SIZE) || !(info.valid & ZIP_STAT_COMP_SIZE) ||
        !(member = zip_fopen_index(archive, i, 0)))
        return lfads_fail(err, LFADS_BAD_DATA, "%s: member %llu of the archive can't be read: %s",
                          variables->path, (unsigned long long)i, zip_strerror(archive));
    name_of(name, info.name);
    most = info.comp_size < UINT64_MAX / MOST_RATIO ? info.comp_size * MOST_RATIO + 4096 : 0;
    most = most < info.size ? most : info.size;
    status = npy_read(variables, name, &(struct npy_stream){member, take_of_member, most}, err);
    zip_fclose(member);
    return status;
}

enum lfads_status read_npz(struct variables *variables, struct lfads_error *err)
{
    int reason = 0;
    zip_t *archive = zip_open(variables->path, ZIP_RDONLY, &reason);
    zip_int64_t members = archive ? zip_get_num_entries(archive, 0) : 0;
    enum lfads_status status = LFADS_OK;

    if (!archive && reason == ZIP_ER_MEMORY)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path);
    if (!archive || members > MOST_MEMBERS) {
        if (archive)
            zip_discard(archive);
        return lfads_fail(err, LFADS_BAD_DATA, "%s is no archive of arrays, or it is damaged",
                          variables->path);
    }
    for (zip_int64_t i = 0; i < members && status == LFADS_OK; i++) {
        const char *name = zip_get_name(archive, (zip_uint64_t)i, 0);
        size_t length = name ? strlen(name) : 0;

        if (length > 4 && strcmp(name + length - 4, ".npy") == 0)
            status = read_member(variables, archive, (zip_uint64_t)i, err);
    }
    if (status == LFADS_OK && zip_name_locate(archive, "[Content_Types].xml", 0) >= 0)
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s is a workbook of a spreadsheet program: save its sheets as CSV",
                            variables->path);
    zip_discard(archive);
    return status == LFADS_OK ? assemble_sparse(variables, err) : status;
}
