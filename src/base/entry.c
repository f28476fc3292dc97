/* entry.c - walks through a directory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/entry.h"

#include <dirent.h>
#include <stdio.h>

bool entry_choose(char best[FILE_PATH], const char *directory, entry_better *better, void *what)
{
    DIR *dir = opendir(directory);

    *best = 0;
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        if (*entry->d_name != '.' && better(what, entry->d_name, best))
            snprintf(best, FILE_PATH, "%s", entry->d_name);
    if (dir)
        closedir(dir);
    return *best;
}
