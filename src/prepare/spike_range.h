/* spike_range.h - the spikes of a unit in a window, and the bin of each.
 *
 * A decimal time such as 0.26 s is not exact in binary, and neither is the edge of a bin. So a
 * spike less than a millionth of a bin before an edge counts as on it: bin b has the spikes of
 * origin + b width <= t < origin + (b+1) width, as the times were written.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_SPIKE_RANGE_H
#define LFADS_PREPARE_SPIKE_RANGE_H
#include "prepare/plan.h"

/* The share of a bin before an edge that counts as on it. */
#define SPIKE_TOLERANCE 1e-6

/* The place of time T in bins from ORIGIN; its integer part is the bin. */
static inline double spike_place(double t, double origin, double width)
{
    return (t - origin) / width + SPIKE_TOLERANCE;
}

/* Sets FIRST to the unit's first spike that is not before bin FROM of the window; returns that
 * after its last one before bin TO. Both are indices of raw->times. */
size_t spike_range(size_t *first, const struct raw *raw, size_t unit,
                   const struct plan_window *window, double width);
/* Whether UNIT was observed in bin BIN of the window, as far as is known. */
bool bin_observed(const struct raw *raw, size_t unit, const struct plan_window *window, size_t bin,
                  double width);
/* Returns the number of the unit's spikes in the recorded bins of the window in which the unit was
 * observed. */
double spike_count(const struct raw *raw, size_t unit, const struct plan_window *window,
                   double width);
/* Returns the unit's count in a recorded bin of the window, of a recording that is binned already;
 * NaN if it was not recorded. */
double binned_count(const struct raw *raw, size_t unit, const struct plan_window *window,
                    size_t bin, double width);
#endif
