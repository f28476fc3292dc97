/* check_times.h - whether times of spikes and of windows go together.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_CHECK_TIMES_H
#define LFADS_PREPARE_CHECK_TIMES_H
#include "prepare/plan.h"

struct check_span {
    double from, to; /* seconds */
};

/* Where spikes and windows are. */
struct check_clock {
    size_t all, inside; /* spikes of all units; of those, how many lie in windows; 0 of counts */
    struct check_span spikes, windows;
    bool odd; /* they look as if they were in different units of time */
};

struct check_clock check_clock(const struct raw *raw, const struct plan *plan);
/* How many spikes have the time of another of their unit. */
size_t check_same_spikes(const struct raw *raw);
/* How many validation windows overlap training windows, of windows that were not chopped; 0 without
 * memory to tell. */
size_t check_shared_windows(const struct raw *raw, const struct plan *plan);
#endif
