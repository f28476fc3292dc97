/* places.c - asks the file system about paths, and takes them apart.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/places.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool place_exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0;
}

bool place_is_directory(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool place_has(const char *directory, const char *name)
{
    char path[PATH_MAX];

    return place_join(path, directory, name) && place_exists(path);
}

bool place_is_same(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

const char *place_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

void place_directory(char directory[PATH_MAX], const char *path)
{
    size_t length = (size_t)(place_name(path) - path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    snprintf(directory, PATH_MAX, "%.*s", length ? (int)length : 1, length ? path : ".");
}

bool place_join(char path[PATH_MAX], const char *directory, const char *name)
{
    size_t length = strlen(directory);
    const char *slash = length && directory[length - 1] != '/' ? "/" : "";

    return snprintf(path, PATH_MAX, "%s%s%s", directory, slash, name) < PATH_MAX;
}
