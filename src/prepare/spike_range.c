/* spike_range.c - finds the spikes of a unit in a window.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/spike_range.h"

#include <math.h>

/* The first spike of LOW to HIGH-1 that is in trial TRIAL at place PLACE or later. */
static size_t find(const struct raw *raw, size_t low, size_t high, size_t trial, double place,
                   const struct plan_window *window, double width)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        bool before = raw->of_trial && raw->of_trial[middle] != trial
                          ? raw->of_trial[middle] < trial
                          : spike_place(raw->times[middle], window->origin, width) < place;

        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t spike_range(size_t *first, const struct raw *raw, size_t unit,
                   const struct plan_window *window, double width)
{
    size_t end = raw->first[unit + 1];

    *first = find(raw, raw->first[unit], end, window->trial, (double)window->from, window, width);
    return find(raw, *first, end, window->trial, (double)window->to, window, width);
}

bool bin_observed(const struct raw *raw, size_t unit, const struct plan_window *window, size_t bin,
                  double width)
{
    /* the edges may be off by rounding */
    double start = window->origin + ((double)bin + SPIKE_TOLERANCE) * width;

    return raw_observes(raw, unit, start, start + (1 - 2 * SPIKE_TOLERANCE) * width);
}

double spike_count(const struct raw *raw, size_t unit, const struct plan_window *window,
                   double width)
{
    size_t first, end;
    double count = 0;

    if (!raw->counts) {
        end = spike_range(&first, raw, unit, window, width);
        if (!raw->own_first)
            return (double)(end - first);
        for (size_t i = first; i < end; i++)
            count += bin_observed(raw, unit, window,
                                  (size_t)spike_place(raw->times[i], window->origin, width), width);
        return count;
    }
    for (size_t bin = window->from; bin < window->to; bin++)
        count += binned_count(raw, unit, window, bin, width);
    return count;
}

double binned_count(const struct raw *raw, size_t unit, const struct plan_window *window,
                    size_t bin, double width)
{
    size_t each = (size_t)(width / raw->count_width + 0.5);
    size_t from = (size_t)(window->origin / raw->count_width + (double)(bin * each) + 0.5);
    size_t trial = raw->trial_clock ? window->trial : 0;
    double count = 0;

    for (size_t i = from; i < from + each; i++)
        count += i < raw->count_bins
                     ? raw->counts[(trial * raw->count_bins + i) * raw->units + unit]
                     : (double)NAN;
    return count;
}
