/* read.c - finds out the format of a recording and calls its reader.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/read.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The beginnings of the formats. What begins otherwise is text. */
struct format {
    const char *magic;
    size_t length;
    enum lfads_status (*read)(struct variables *variables, struct lfads_error *err);
};

static const struct format formats[] = {
    {"\x93NUMPY", 6, read_npy},           {"PK\x03\x04", 4, read_npz},
    {"MATLAB 7.3", 10, read_matlab_hdf5}, {"MATLAB 5.0", 10, read_matlab},
    {"\x89HDF\r\n\x1a\n", 8, read_hdf5},  {"PK\x05\x06", 4, read_npz}, /* an empty one */
};

bool read_knows(const char *start, size_t length)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (length >= formats[i].length && memcmp(start, formats[i].magic, formats[i].length) == 0)
            return true;
    return false;
}

enum lfads_status read_file(struct variables *variables, const char *path, struct lfads_error *err)
{
    struct stat info;
    char start[16] = "";
    FILE *file;

    if (snprintf(variables->path, sizeof variables->path, "%s", path) >= FILE_PATH)
        return lfads_fail(err, LFADS_IO, "the path %.200s is too long", path);
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return read_folder(variables, err);
    file = file_open(path);
    if (!file)
        return lfads_fail(err, LFADS_IO, "can't read %s: %m", path);
    if (fread(start, 1, sizeof start, file) == 0 && ferror(file)) {
        fclose(file);
        return lfads_fail(err, LFADS_IO, "can't read %s: %m", path);
    }
    fclose(file);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (memcmp(start, formats[i].magic, formats[i].length) == 0)
            return formats[i].read(variables, err);
    return read_text_columns(variables, err);
}
