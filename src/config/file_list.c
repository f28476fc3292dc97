/* file_list.c - writes and reads lists of paths.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/file_list.h"

#include <stdlib.h>
#include <string.h>

bool file_list_add(char **list, const char *path)
{
    size_t length = *list ? strlen(*list) : 0;
    char *longer = realloc(*list, length + 2 * strlen(path) + 2), *end;

    if (!longer)
        return false;
    *list = longer;
    end = longer + length;
    if (length)
        *end++ = ',';
    for (; *path; path++) {
        if (*path == ',' || *path == '\\')
            *end++ = '\\';
        *end++ = *path;
    }
    *end = 0;
    return true;
}

bool file_list_next(char path[FILE_PATH], const char **at)
{
    size_t length = 0;
    const char *c = *at;

    if (!*c)
        return false;
    for (; *c && *c != ','; c++) {
        if (*c == '\\' && c[1])
            c++;
        if (length + 1 < FILE_PATH)
            path[length++] = *c;
    }
    path[length] = 0;
    *at = c + (*c == ',');
    return true;
}
