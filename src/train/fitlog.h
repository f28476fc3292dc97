/* fitlog.h - an epoch's costs as the terminal's line and the table's row, in the original's form
 * (files.md, "Table of costs").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_FITLOG_H
#define LFADS_TRAIN_FITLOG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "train/epoch_costs.h"

struct fitlog_row {
    int64_t epoch, step;             /* epochs from 0; updates after the epoch */
    struct epoch_costs train, valid; /* means */
    bool has_valid;
};

/* The line for the terminal. */
void fitlog_line(char *text, size_t size, const struct fitlog_row *row);
/* The row for the table, with its newline. */
void fitlog_csv(char *text, size_t size, const struct fitlog_row *row);
/* Moves the rows of EPOCH and later ones, and one that was cut short, from PATH to PATH.<STEP>: a
 * run that continues at STEP of EPOCH writes them again. Nothing happens where there are none. */
enum lfads_status fitlog_trim(const char *path, int64_t epoch, int64_t step,
                              struct lfads_error *err);
#endif
