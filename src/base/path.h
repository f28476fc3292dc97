/* path.h - takes paths apart, and makes them absolute.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_PATH_H
#define LFADS_BASE_PATH_H
#include "base/file.h"

/* Returns what follows the last "/" of PATH. */
const char *path_name(const char *path);
/* Sets DIRECTORY to that of PATH: "." if it names none. */
void path_directory(char directory[FILE_PATH], const char *path);
/* Whether PATH is an existing directory. */
bool path_is_directory(const char *path);
/* Whether A and B exist and are the same file, whatever they are called; either may be NULL. */
bool path_same(const char *a, const char *b);
/* Sets ABSOLUTE to the path of DIRECTORY without links; false if it does not exist. */
bool path_of_directory(char absolute[FILE_PATH], const char *directory);
/* Sets ABSOLUTE to the path of a file, whose name stays even if it is a link; false if its
 * directory does not exist. */
bool path_of_file(char absolute[FILE_PATH], const char *file);
#endif
