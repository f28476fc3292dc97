/* plan_chop.c - the recorded bins of windows; windows that overlap (modern.md, section 9).
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/plan.h"
#include "prepare/spike_range.h"

/* The bins of WINDOW between the times START and STOP. */
static void bins_between(size_t *from, size_t *to, const struct plan_window *window, double start,
                         double stop, double width)
{
    double first = ceil((start - window->origin) / width - SPIKE_TOLERANCE);
    double end = floor((stop - window->origin) / width + SPIKE_TOLERANCE);

    *from = first > (double)window->from ? first < (double)window->to ? (size_t)first : window->to
                                         : window->from;
    *to = end < (double)window->to ? end > (double)*from ? (size_t)end : *from : window->to;
    *from = *from < *to ? *from : *to;
}

enum lfads_status plan_recorded(struct plan *plan, const struct raw *raw, struct lfads_error *err)
{
    const double counted[2] = {0, (double)raw->count_bins * raw->count_width};
    const double *observed = raw->counts ? counted : raw->observed;
    size_t intervals = raw->counts ? 1 : raw->intervals, kept = 0, ratio;

    ratio = raw->counts ? (size_t)(plan->width / raw->count_width + 0.5) : 1;
    if (ratio == 0 ||
        (raw->counts && fabs((double)ratio * raw->count_width / plan->width - 1) > 1e-6))
        return lfads_fail(
            err, LFADS_USAGE,
            "--bin_width=%g is no multiple of --counts_width=%g, the width of the bins "
            "of %s",
            plan->width, raw->count_width, raw->path);
    for (size_t i = 0; i < plan->count; i++) {
        struct plan_window window = plan->window[i];
        size_t best = intervals ? 0 : window.to - window.from, from, to;

        for (size_t k = 0; k < intervals; k++) {
            bins_between(&from, &to, &plan->window[i], observed[2 * k], observed[2 * k + 1],
                         plan->width);
            if (to - from > best) {
                best = to - from;
                window.from = from;
                window.to = to;
            }
        }
        if (best == 0)
            continue;
        plan->missing = plan->missing || best < plan->bins;
        plan->window[kept++] = window;
    }
    plan_note(plan->trial_reason, &plan->trial_reasons, plan->count - kept, "not recorded");
    plan->count = kept;
    return LFADS_OK;
}

/* Sets *BINS to how many the flag's SECONDS are. */
static enum lfads_status whole_bins(size_t *bins, double seconds, double width, const char *flag,
                                    struct lfads_error *err)
{
    double exact = seconds / width;

    *bins = (size_t)(exact + 0.5);
    return fabs(exact - (double)*bins) <= 1e-6 && exact < 1e5
               ? LFADS_OK
               : lfads_fail(
                     err, LFADS_USAGE,
                     "--%s=%g has %g bins of --bin_width=%g: it must be a whole number up to "
                     "100000",
                     flag, seconds, exact, width);
}

enum lfads_status plan_chop(struct plan *plan, const struct raw *raw,
                            const struct lfads_prepare_config *config, struct lfads_error *err)
{
    struct plan_window *windows;
    size_t bins = 0, overlap = 0, step, count = 0, at = 0, without = 0;
    enum lfads_status status = whole_bins(&bins, config->chop, plan->width, "chop", err);

    if (status == LFADS_OK)
        status = whole_bins(&overlap, config->overlap, plan->width, "overlap", err);
    if (status == LFADS_OK && (bins == 0 || overlap >= bins))
        status = lfads_fail(err, LFADS_USAGE, "--overlap=%g must be below --chop=%g",
                            config->overlap, config->chop);
    if (status != LFADS_OK)
        return status;
    step = bins - overlap;
    for (size_t i = 0; i < plan->count; i++) {
        size_t length = plan->window[i].to - plan->window[i].from;

        count += length >= bins ? (length - bins) / step + 1 : 0;
        without += length < bins;
    }
    status = variables_allocate(&windows, count, sizeof *windows, raw->path, err);
    if (status != LFADS_OK)
        return status;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_window *whole = &plan->window[i];

        for (size_t from = whole->from; from + bins <= whole->to; from += step, at++)
            windows[at] = (struct plan_window){.trial = whole->trial,
                                               .origin = whole->origin + (double)from * plan->width,
                                               .place = plan->total + from - whole->from,
                                               .to = bins};
        plan->total += whole->to - whole->from;
    }
    plan_note(plan->trial_reason, &plan->trial_reasons, without, "shorter than --chop");
    free(plan->window);
    plan->window = windows;
    plan->count = count;
    plan->bins = bins;
    plan->overlap = overlap;
    plan->missing = false;
    return LFADS_OK;
}
