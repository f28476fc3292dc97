/* file_list.h - the text of a flag that lists paths: they are separated by commas, and a comma or a
 * backslash of a path has a backslash in front.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_FILE_LIST_H
#define LFADS_CONFIG_FILE_LIST_H
#include "base/file.h"

/* Appends PATH to LIST, a text that the caller frees; NULL: empty. False if there is no memory;
 * LIST is then unchanged. */
bool file_list_add(char **list, const char *path);
/* Copies the path that begins at *AT to PATH and moves *AT behind it and its comma; false at the
 * end of the list. A path that is too long is cut. */
bool file_list_next(char path[FILE_PATH], const char **at);
#endif
