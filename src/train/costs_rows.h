/* costs_rows.h - the table of costs of a training: a file, or rows in memory until they are saved.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_COSTS_ROWS_H
#define LFADS_TRAIN_COSTS_ROWS_H
#include "base/file.h"

struct costs_rows {
    char path[FILE_PATH]; /* "": in memory, or no table */
    char *text;           /* the rows in memory; NULL: none */
    size_t length;
};

/* Appends ROW, with its newline, to the file, or to the rows in memory. */
enum lfads_status costs_rows_append(struct costs_rows *rows, const char *row,
                                    struct lfads_error *err);
/* Writes the table to PATH. Does nothing if there is none. */
enum lfads_status costs_rows_save(const struct costs_rows *rows, const char *path,
                                  struct lfads_error *err);
void costs_rows_release(struct costs_rows *rows);
#endif
