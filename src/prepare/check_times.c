/* check_times.c - finds out whether spikes and windows are of one clock, and whether spikes or
 * windows are there twice.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/check_times.h"

#include <math.h>
#include <stdlib.h>

#include "prepare/spike_range.h"

/* Times in ms are a thousand times those in seconds. */
static const double other_unit = 100, few = 0.05;

static void extend(struct check_span *span, double from, double to)
{
    span->from = fmin(span->from, from);
    span->to = fmax(span->to, to);
}

static double farthest(const struct check_span *span)
{
    return fmax(fabs(span->from), fabs(span->to));
}

struct check_clock check_clock(const struct raw *raw, const struct plan *plan)
{
    struct check_clock c = {.spikes = {(double)INFINITY, -(double)INFINITY},
                            .windows = {(double)INFINITY, -(double)INFINITY}};
    double ratio;

    if (raw->counts)
        return c;
    c.all = raw->first[raw->units];
    for (size_t i = 0; i < c.all; i++)
        extend(&c.spikes, raw->times[i], raw->times[i]);
    for (size_t w = 0; w < plan->count; w++) {
        const struct plan_window *window = &plan->window[w];

        extend(&c.windows, window->origin + (double)window->from * plan->width,
               window->origin + (double)window->to * plan->width);
        for (size_t u = 0; u < raw->units; u++) {
            size_t first, end = spike_range(&first, raw, u, window, plan->width);

            c.inside += end - first;
        }
    }
    ratio = farthest(&c.spikes) / farthest(&c.windows);
    c.odd = c.all > 0 && ((ratio > other_unit && (double)c.inside < few * (double)c.all) ||
                          ratio < 1 / other_unit);
    return c;
}

size_t check_same_spikes(const struct raw *raw)
{
    size_t same = 0;

    for (size_t u = 0; u < raw->units && !raw->counts; u++)
        for (size_t i = raw->first[u] + 1; i < raw->first[u + 1]; i++)
            same += raw->times[i] == raw->times[i - 1] &&
                    (!raw->of_trial || raw->of_trial[i] == raw->of_trial[i - 1]);
    return same;
}

/* A window, or one in an order. */
struct placed {
    double from, to;
    bool valid;
};

static int by_start(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

size_t check_shared_windows(const struct raw *raw, const struct plan *plan)
{
    struct placed *windows = calloc(plan->count + 1, sizeof *windows);
    double least = plan->width / 2, seen = -(double)INFINITY, next = (double)INFINITY;
    size_t shared = 0;

    if (!windows || raw->trial_clock || plan->overlap > 0) {
        free(windows);
        return 0;
    }
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_window *w = &plan->window[i];

        windows[i] = (struct placed){w->origin + (double)w->from * plan->width,
                                     w->origin + (double)w->to * plan->width, w->valid};
    }
    qsort(windows, plan->count, sizeof *windows, by_start);
    for (size_t i = 0; i < plan->count; i++) {
        if (!windows[i].valid) {
            seen = fmax(seen, windows[i].to);
            continue;
        }
        for (size_t k = i + 1; k < plan->count && windows[k].from < windows[i].to; k++)
            if (!windows[k].valid) {
                next = windows[k].from;
                break;
            }
        shared += seen > windows[i].from + least || next < windows[i].to - least;
        next = (double)INFINITY;
    }
    free(windows);
    return shared;
}
