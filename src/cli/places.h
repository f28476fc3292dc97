/* places.h - what the words of a command line name: files and directories.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_PLACES_H
#define LFADS_CLI_PLACES_H
#include <limits.h>
#include <stdbool.h>

bool place_exists(const char *path);
bool place_is_directory(const char *path);
/* Whether DIRECTORY has a file NAME. */
bool place_has(const char *directory, const char *name);
/* Whether A and B exist and are the same file, whatever they are called. */
bool place_is_same(const char *a, const char *b);
/* Returns what follows the last "/" of PATH. */
const char *place_name(const char *path);
/* Sets DIRECTORY to that of PATH: "." if it names none. */
void place_directory(char directory[PATH_MAX], const char *path);
/* Sets PATH to that of NAME in DIRECTORY; false if it is too long. */
bool place_join(char path[PATH_MAX], const char *directory, const char *name);
#endif
