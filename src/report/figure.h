/* figure.h - draws a picture of one trial: the model's rates, the truth, the data.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_FIGURE_H
#define LFADS_REPORT_FIGURE_H
#include "base/error.h"
#include "report/rates.h"

/* A trial, its origin, and its inferred inputs. */
struct figure_trial {
    const char *file, *set; /* its data file and set, "train" or "valid"; for the title */
    size_t trial;           /* its number in the set */
    const char *scores;     /* of the whole set, a line below the title; NULL: none */
    struct rates rates;
    const double *inputs;                   /* [T,n_inputs] or NULL */
    const double *inputs_low, *inputs_high; /* their band, the same, or NULL */
    const double *true_inputs;              /* [T,n_true_inputs] or NULL; in another unit */
    size_t n_inputs, n_true_inputs;
};

/* Writes a PNG to PATH, complete or not at all: the channels with most spikes, rates red over truth
 * black over the rates' band over the data; below them the inferred inputs over the true ones. */
enum lfads_status figure_write(const char *path, const struct figure_trial *trial,
                               struct lfads_error *err);
#endif
