/* costs_table.h - reads the table of costs that a training wrote (files.md, "Table of costs").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PAGE_COSTS_TABLE_H
#define LFADS_PAGE_COSTS_TABLE_H
#include "base/error.h"

enum { COSTS_COLUMNS = 20 };

/* A column: numbers of training and of validation trials. */
struct costs_column {
    char name[24];
    double *train, *valid; /* [rows]; NaN: the row lacks it */
};

struct costs_table {
    size_t rows, count;
    double *epoch, *step; /* [rows] */
    struct costs_column column[COSTS_COLUMNS];
};

/* Reads PATH; an empty table if there is no such file. Rows that are none are left out, as are
 * columns after the first COSTS_COLUMNS. costs_table_free frees *OUT, also after a failure. */
enum lfads_status costs_table_read(struct costs_table *out, const char *path,
                                   struct lfads_error *err);
void costs_table_free(struct costs_table *table);
/* Returns the column NAME; NULL if there is none. */
const struct costs_column *costs_table_find(const struct costs_table *table, const char *name);
#endif
