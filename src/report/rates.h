/* rates.h - draws a panel of one trial's rates: several channels one above the other, each in a
 * stripe of height one.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_RATES_H
#define LFADS_REPORT_RATES_H
#include <stdbool.h>
#include <stddef.h>

struct panel;

/* A band about the means, arrays [T,N] with their stride, and what it is; NULL: none. */
struct rates_band {
    const double *low, *high;
    const char *name;
};

enum { RATES_CHANNELS = 10 };

/* Arrays [T,N]; variances, truth and data may be NULL. */
struct rates {
    size_t bins, channels;
    bool reals;              /* the data are no counts */
    size_t outputs;          /* stride between bins of means and variances, in numbers */
    const double *means;     /* expected spikes in a bin, or means of reals */
    const double *variances; /* of a Gaussian, else NULL */
    struct rates_band band;
    const double *truth, *data;
    double conversion; /* means * conversion are in the truth's unit */
    double bin_s;      /* width of a bin in seconds; 0: unknown */
};

/* The shown channels, top to bottom, and the scale of values in their stripes. */
struct rates_shown {
    size_t channel[RATES_CHANNELS], count;
    double low, high; /* of all stripes, in the means' unit */
    double factor;    /* height in a stripe per unit of value */
};

/* Chooses the channels with most spikes (of reals: whose means vary most), up to
 * RATES_CHANNELS. */
void rates_choose(struct rates_shown *shown, const struct rates *rates);
/* Returns the unit of the axis: spikes per second if the width of a bin is known. */
const char *rates_unit(const struct rates *rates);
/* Draws the shown channels in a panel whose values go from 0 to shown->count, with the channels'
 * numbers on the left and the axis of the rates on the right: truth black, means red, their band
 * pale red, with a standard deviation to either side in cyan; WITH_DATA: over the data, counts as
 * bars. */
void rates_draw(const struct panel *panel, const struct rates *rates,
                const struct rates_shown *shown, bool with_data);
#endif
