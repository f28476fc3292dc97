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
    const double *means;     /* expected spikes in a bin, or a Gaussian's means */
    const double *variances; /* of a Gaussian; NULL for counts */
    const double *truth, *data;
    double conversion; /* means times it are in the truth's unit */
    double bin_s;      /* width of a bin in seconds; 0: unknown */
};

/* The channels that are shown, top to bottom, and how a value fits into its stripe. */
struct rates_shown {
    size_t channel[RATES_CHANNELS], count;
    double low, high; /* of all stripes, in the means' unit */
    double factor;    /* of a value, to the height in a stripe */
};

/* Chooses the channels with most spikes (of a Gaussian: whose means vary most), up to
 * RATES_CHANNELS. */
void rates_choose(struct rates_shown *shown, const struct rates *rates);
/* Returns the unit that the axis has: spikes a second where the width of a bin is known. */
const char *rates_unit(const struct rates *rates);
/* Draws them in a panel whose values go from 0 to shown->count, with the channels' numbers on the
 * left and the axis of the rates on the right: truth black, means red, with a standard deviation
 * to either side in cyan; WITH_DATA: over the data, counts as bars. */
void rates_draw(const struct panel *panel, const struct rates *rates,
                const struct rates_shown *shown, bool with_data);
#endif
