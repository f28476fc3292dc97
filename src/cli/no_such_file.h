/* no_such_file.h - explains a word of the command line that names no file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_NO_SUCH_FILE_H
#define LFADS_CLI_NO_SUCH_FILE_H
#include <lfads/lfads.h>
#include <limits.h>

/* Fails because WORD is no flag and names neither a file nor a directory, with the likeliest
 * reason: a dash of a text editor, a slash, a pattern, an address, a name that is nearly a file's.
 */
enum lfads_status no_such_file(const char *word, struct lfads_error *err);
/* Sets PATH to DIRECTORY/NAME of a file in it, the first in the order of bytes, whose name ends as
 * HDF5 files' names do; false if it has none. */
bool no_such_file_but(char path[PATH_MAX], const char *directory);
#endif
