/* rates.h - a panel of one trial's rates: some of its channels one above the other, each in a
 * stripe of height one.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_RATES_H
#define LFADS_REPORT_RATES_H
#include <stdbool.h>
#include <stddef.h>

struct panel;

enum { RATES_CHANNELS = 10 };

/* Arrays [T,N]; variances, truth and data may be NULL. */
struct rates {
    size_t bins, channels;
    size_t outputs;          /* numbers from one bin to the next of means and variances */
    const double *means;     /* rates, or a Gaussian's means */
    const double *variances; /* of a Gaussian: NULL for counts */
    const double *truth, *data;
    double conversion; /* means times it are in the truth's unit */
};

/* Channels that are shown, top to bottom, and how a value fits into its stripe. */
struct rates_shown {
    size_t channel[RATES_CHANNELS], count;
    double low, factor;
};

/* Chooses the channels with most going on, up to RATES_CHANNELS. */
void rates_choose(struct rates_shown *shown, const struct rates *rates);
/* Draws them in a panel whose values go from 0 to shown->count: truth black, means red, with a
 * standard deviation to either side in cyan; WITH_DATA: over the data, counts as bars. */
void rates_draw(const struct panel *panel, const struct rates *rates,
                const struct rates_shown *shown, bool with_data);
#endif
