/* quoted.h - strings of protobuf's text format, in which index files name checkpoints.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_QUOTED_H
#define LFADS_SAVE_QUOTED_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Writes TEXT between double quotes, escaped as TensorFlow escapes it: \n, \r, \t, \", \', \\, and
 * three octal digits for each other byte that is not printable ASCII. */
void quoted_write(FILE *out, const char *text);
/* Sets TEXT, of SIZE bytes, to the string that TOKEN begins with, between double or single quotes.
 * Returns what follows it; NULL if TOKEN has no such string, or one that is too long or has a NUL.
 */
const char *quoted_read(char *text, size_t size, const char *token);
#endif
