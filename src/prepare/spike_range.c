/* spike_range.c - finds the spikes of a unit in a window.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/spike_range.h"

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

size_t spike_count(const struct raw *raw, size_t unit, const struct plan_window *window,
                   double width)
{
    size_t first, end = spike_range(&first, raw, unit, window, width);

    return end - first;
}
