/* path.c - takes paths apart, and makes them absolute.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

void path_directory(char directory[FILE_PATH], const char *path)
{
    size_t length = (size_t)(path_name(path) - path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    snprintf(directory, FILE_PATH, "%.*s", length ? (int)length : 1, length ? path : ".");
}

bool path_is_directory(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool path_same(const char *a, const char *b)
{
    struct stat first, second;

    return a && b && stat(a, &first) == 0 && stat(b, &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

bool path_of_directory(char absolute[FILE_PATH], const char *directory)
{
    return realpath(directory, absolute) != NULL;
}

bool path_of_file(char absolute[FILE_PATH], const char *file)
{
    char directory[FILE_PATH], parent[FILE_PATH];

    path_directory(directory, file);
    return path_of_directory(parent, directory) &&
           file_join(absolute, parent, path_name(file), NULL) == LFADS_OK;
}
