/* raw_observed.c - the intervals of time in which a recording's units were observed.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/raw.h"

static int compare_starts(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (x[0] > y[0]) - (x[0] < y[0]);
}

/* Sorts COUNT intervals by their starts, and joins those that touch; returns how many are left. */
static size_t join_intervals(double *interval, size_t count)
{
    size_t kept = 0;

    qsort(interval, count, 2 * sizeof *interval, compare_starts);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && interval[2 * i] <= interval[2 * kept - 1]) {
            interval[2 * kept - 1] = fmax(interval[2 * kept - 1], interval[2 * i + 1]);
            continue;
        }
        memmove(interval + 2 * kept++, interval + 2 * i, 2 * sizeof *interval);
    }
    return kept;
}

static enum lfads_status check(const struct raw *raw, const struct variable *v,
                               struct lfads_error *err)
{
    size_t count = v->ends[v->count - 1];

    for (size_t i = 0; i < count; i += 2)
        if (!isfinite(v->numbers[i]) || !isfinite(v->numbers[i + 1]) ||
            v->numbers[i + 1] < v->numbers[i])
            return lfads_fail(err, LFADS_BAD_DATA,
                              "%s: entry %zu of obs_intervals ends before its start, or is no time",
                              raw->path, i / 2);
    return LFADS_OK;
}

/* Whether all units with intervals were observed when any was. */
static bool all_alike(const struct raw *raw)
{
    for (size_t u = 0; u < raw->units; u++) {
        size_t from = raw->own_first[u], count = raw->own_first[u + 1] - from;

        if (count > 0 && (count != raw->intervals || memcmp(raw->own + 2 * from, raw->observed,
                                                            2 * count * sizeof *raw->own) != 0))
            return false;
    }
    return true;
}

/* Sorts each unit's own intervals. */
static void sort_own(struct raw *raw, const struct variable *v)
{
    for (size_t u = 0; u < raw->units; u++) {
        size_t from = u ? v->ends[u - 1] : 0, count = (v->ends[u] - from) / 2;
        double *to = raw->own + 2 * raw->own_first[u];

        memcpy(to, v->numbers + from, 2 * count * sizeof *to);
        raw->own_first[u + 1] = raw->own_first[u] + join_intervals(to, count);
    }
}

enum lfads_status raw_take_intervals(struct raw *raw, struct variables *recording,
                                     struct lfads_error *err)
{
    struct variable *v = variables_find(recording, "units/obs_intervals");
    size_t count;
    enum lfads_status status;

    if (!v || !v->numbers || !v->ends || v->count != raw->units || raw->of_trial)
        return LFADS_OK;
    count = v->ends[v->count - 1] / 2;
    status = count ? check(raw, v, err) : LFADS_OK;
    if (count == 0 || status != LFADS_OK)
        return status;
    status = variables_allocate(&raw->own, count, 2 * sizeof *raw->own, raw->path, err);
    if (status == LFADS_OK)
        status = variables_allocate(&raw->own_first, raw->units + 1, sizeof *raw->own_first,
                                    raw->path, err);
    if (status != LFADS_OK)
        return status;
    sort_own(raw, v);
    raw->observed = v->numbers;
    v->numbers = NULL;
    raw->intervals = join_intervals(raw->observed, count);
    if (all_alike(raw)) {
        free(raw->own);
        free(raw->own_first);
        raw->own = NULL;
        raw->own_first = NULL;
    }
    return LFADS_OK;
}

bool raw_observes(const struct raw *raw, size_t unit, double start, double stop)
{
    size_t low, high, end;

    if (!raw->own_first || raw->own_first[unit] == raw->own_first[unit + 1])
        return true;
    low = raw->own_first[unit];
    high = end = raw->own_first[unit + 1];
    while (low < high) { /* the first interval that ends at STOP or later */
        size_t middle = low + (high - low) / 2;

        if (raw->own[2 * middle + 1] < stop)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && raw->own[2 * low] <= start;
}
