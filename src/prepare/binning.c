/* binning.c - the counts of a window.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/binning.h"

#include <math.h>

#include "prepare/spike_range.h"

void bin_window(double *counts, const struct raw *raw, const struct plan *plan,
                const struct plan_window *window)
{
    for (size_t b = 0; b < plan->bins; b++)
        for (size_t c = 0; c < plan->units; c++)
            counts[b * plan->units + c] = b >= window->from && b < window->to ? 0 : (double)NAN;
    for (size_t c = 0; c < plan->units && raw->own_first; c++)
        for (size_t b = window->from; b < window->to; b++)
            if (!bin_observed(raw, plan->unit[c], window, b, plan->width))
                counts[b * plan->units + c] = (double)NAN;
    for (size_t b = window->from; b < window->to && raw->counts; b++)
        for (size_t c = 0; c < plan->units; c++)
            counts[b * plan->units + c] = binned_count(raw, plan->unit[c], window, b, plan->width);
    for (size_t c = 0; c < plan->units && !raw->counts; c++) {
        size_t first, end = spike_range(&first, raw, plan->unit[c], window, plan->width);

        for (size_t i = first; i < end; i++) {
            size_t bin = (size_t)spike_place(raw->times[i], window->origin, plan->width);

            counts[bin * plan->units + c]++;
        }
    }
}
