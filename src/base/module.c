/* module.c - finds a library of this program that is loaded only where it is needed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

/* Directories in the order of search. RELATIVE: to the program's directory. */
static const struct place {
    bool relative;
    const char *directory;
} places[] = {
    {true, ""}, {true, "/../" LFADS_LIBDIR "/lfads"}, {false, LFADS_FULL_LIBDIR "/lfads"}};

/* Sets PATH to the directory of the running program, symbolic links resolved; "." if unknown. */
static void program_directory(char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);
    char *slash;

    path[length > 0 ? length : 0] = '\0';
    slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
    else
        snprintf(path, size, ".");
}

const char *module_in_environment(const char *variable)
{
    const char *path = getenv(variable);

    return path && *path ? path : NULL;
}

bool module_find(char *path, size_t size, const char *file, const char *variable)
{
    const char *requested = module_in_environment(variable);
    char directory[PATH_SIZE];

    if (requested) {
        snprintf(path, size, "%s", requested);
        return true;
    }
    program_directory(directory, sizeof directory);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(path, size, "%s%s/%s", places[i].relative ? directory : "", places[i].directory,
                 file);
        if (access(path, R_OK) == 0)
            return true;
    }
    return false;
}
