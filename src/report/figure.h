/* figure.h - one trial as a picture: rates as the model sees them, the truth, the spikes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_FIGURE_H
#define LFADS_REPORT_FIGURE_H
#include <stddef.h>

#include "base/error.h"

/* Arrays [T,N]; truth may be NULL. Rates times conversion are in the truth's unit. */
struct figure_trial {
    size_t bins, channels;
    const double *rates, *truth, *counts;
    double conversion;
};

/* Writes a PNG to PATH, whole or not at all: up to ten channels, those with the most spikes, one
 * above the other, rates red over truth black over spikes. */
enum lfads_status figure_write(const char *path, const struct figure_trial *trial,
                               struct lfads_error *err);
#endif
