/* flag_file.h - reads a file of flags (--flagfile) as words of a command line.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_FLAG_FILE_H
#define LFADS_CLI_FLAG_FILE_H
#include <lfads/lfads.h>

/* Sets *WORDS [*COUNT] to the lines of the file PATH, without blanks around them, empty ones and #
 * comments. They lie in *TEXT; the caller frees both. */
enum lfads_status flag_file_read(char **text, char ***words, int *count, const char *path,
                                 struct lfads_error *err);
#endif
