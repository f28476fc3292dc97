/* fitlog.h - formats an epoch's costs as a line for the terminal and as a row of the table of
 * costs, in the original's form (files.md, "Table of costs"). SPDX-License-Identifier: Apache-2.0
 */
#ifndef LFADS_TRAIN_FITLOG_H
#define LFADS_TRAIN_FITLOG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "train/epoch_costs.h"

/* A score of the validation trials, after the original's columns. */
struct fitlog_score {
    const char *name;
    double value;
};
enum { FITLOG_SCORES = 4 };

struct fitlog_row {
    int64_t epoch, step;             /* epochs from 0; updates after the epoch */
    struct epoch_costs train, valid; /* means */
    bool has_valid;
    bool are_means; /* costs are means over bins and channels: small numbers */
    struct fitlog_score scores[FITLOG_SCORES]; /* up to the first without a name */
};

/* Writes the terminal's line to TEXT [size], cut off if it is too long. */
void fitlog_line(char *text, size_t size, const struct fitlog_row *row);
/* Writes the table's row, with its newline, likewise. */
void fitlog_csv(char *text, size_t size, const struct fitlog_row *row);
/* What a row of the table says about validation. */
struct fitlog_valid {
    int64_t epoch, step;
    double total, kl_weight, l2_weight;
};
/* Reads a row of the table; false if it is none, or has no validation costs. */
bool fitlog_read_valid(struct fitlog_valid *valid, const char *row);
/* Moves the rows of EPOCH and later epochs, and an incomplete row, from PATH to PATH.<STEP>: a run
 * that continues at STEP of EPOCH writes them again. Does nothing if PATH has no such rows or does
 * not exist. */
enum lfads_status fitlog_trim(const char *path, int64_t epoch, int64_t step,
                              struct lfads_error *err);
#endif
