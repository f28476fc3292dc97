/* figure.h - one trial as a picture: rates as the model sees them, the truth, the data.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_FIGURE_H
#define LFADS_REPORT_FIGURE_H
#include "base/error.h"
#include "report/rates.h"

/* A trial and the inferred inputs of it. */
struct figure_trial {
    struct rates rates;
    const double *inputs; /* [T,inputs_count] or NULL */
    size_t inputs_count;
};

/* Writes a PNG to PATH, whole or not at all: the channels with most going on, rates red over truth
 * black over the data; below them the inferred inputs. */
enum lfads_status figure_write(const char *path, const struct figure_trial *trial,
                               struct lfads_error *err);
#endif
