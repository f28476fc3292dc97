/* checks.c - warns of what spoils a training on prepared data (prepare.md, "Warnings").
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/checks.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/check_times.h"
#include "prepare/spike_range.h"

enum { MOST_BINS = 1000, FEWEST_BINS = 10, FEWEST_TRIALS = 12, LIST = 200 };

/* Counts above which bins are wide, and the share of empty ones above which they are narrow. */
static const double wide = 5, narrow = 0.998;
/* A unit drifts if its mean counts of the first and the last third of the trials differ by this
 * many standard errors, and by this factor. */
static const double drift_errors = 6, drift_factor = 1.5;
/* The share of spikes at the time of another above which they were not by chance. */
static const double twice = 1e-3;

#define CHECK_UNITS                                                                                \
    "are the times in one unit, and from one start (--time_unit; names that end in _s or _ms)?"

static void __attribute__((format(printf, 2, 3)))
warn(const struct lfads_callbacks *callbacks, const char *format, ...)
{
    char text[600];
    va_list words;

    va_start(words, format);
    vsnprintf(text, sizeof text, format, words);
    va_end(words);
    callbacks->warn(callbacks->payload, text);
}

/* Adds the id of a unit to a list of names. */
static void add_name(char list[LIST], const struct raw *raw, size_t unit)
{
    size_t end = strlen(list);
    char id[40];

    variable_text(id, sizeof id, &raw->unit.item[0], unit);
    if (end + strlen(id) + 8 < LIST)
        snprintf(list + end, LIST - end, "%s%s", end ? ", " : "", id);
    else if (end + 6 < LIST && list[end - 1] != '.')
        snprintf(list + end, LIST - end, ", ...");
}

static void check_bins(const struct plan *plan, const struct tally *tally,
                       const struct lfads_callbacks *callbacks)
{
    double mean = tally->spikes / tally->entries, empty = tally->zeros / tally->entries;

    if (mean > wide)
        warn(callbacks,
             "bins are wide for these rates (%.3g counts a bin): dynamics faster than %g ms are "
             "lost; "
             "a smaller --bin_width keeps them",
             mean, 1e3 * plan->width);
    if (empty > narrow)
        warn(callbacks,
             "bins are narrow for these rates (%.2f %% are empty): training takes long and learns "
             "little from each; --bin_width=%g makes them wider",
             100 * empty, 2 * plan->width);
    if (plan->bins > MOST_BINS)
        warn(callbacks,
             "trials have %zu bins: training over more than %d is slow and often fails; take a "
             "shorter --window, wider bins, or --chop",
             plan->bins, MOST_BINS);
    if (plan->bins < FEWEST_BINS)
        warn(callbacks,
             "trials have %zu bins, which show little of dynamics: take a longer --window",
             plan->bins);
}

static void check_silent(const struct raw *raw, const struct plan *plan, const struct tally *tally,
                         const struct lfads_callbacks *callbacks)
{
    char list[LIST] = "";
    size_t silent = 0;

    for (size_t c = 0; c < plan->units; c++)
        if (tally->unit[c] == 0) {
            silent++;
            add_name(list, raw, plan->unit[c]);
        }
    if (silent)
        warn(callbacks, "%zu %s no spike in any window (%s): --min_rate=0.1 leaves them out",
             silent, silent == 1 ? "unit has" : "units have", list);
}

static void check_trials(const struct raw *raw, const struct plan *plan, const struct tally *tally,
                         const struct lfads_callbacks *callbacks)
{
    size_t train = plan->count - plan->valid, empty = 0;

    for (size_t i = 0; i < plan->count; i++)
        empty += tally->window[i] == 0;
    if (train < plan->units)
        warn(callbacks,
             "there are fewer trials to train on (%zu) than units (%zu): the model will learn them "
             "by heart; check the order of axes, or cut trials into more windows with --chop",
             train, plan->units);
    if (raw->not_counts)
        warn(callbacks, "some numbers are negative or not whole, so they are no counts of spikes: "
                        "train on them with --output_dist=gaussian");
    if (raw->looks_swapped)
        warn(
            callbacks,
            "the counts differ more from trial to trial than from channel to channel: the axes may "
            "be channels,bins,trials (--axes)");
    if (empty)
        warn(callbacks,
             "%zu %s no spike at all: were they recorded? --trial_filter leaves such out", empty,
             empty == 1 ? "trial has" : "trials have");
    if (plan->valid == 0)
        warn(callbacks, "there are no validation trials: nothing will show over-fitting");
}

static void check_spikes(const struct raw *raw, const struct plan *plan,
                         const struct lfads_callbacks *callbacks)
{
    const struct check_clock clock = check_clock(raw, plan);
    size_t same = check_same_spikes(raw);

    if (clock.odd)
        warn(callbacks,
             "%zu of %zu spikes lie in windows: spikes are from %.4g to %.4g s, windows from %.4g "
             "to %.4g s: " CHECK_UNITS,
             clock.inside, clock.all, clock.spikes.from, clock.spikes.to, clock.windows.from,
             clock.windows.to);
    if ((double)same > twice * (double)clock.all)
        warn(callbacks,
             "%zu of %zu spikes have the unit and the time of another: were they written twice?",
             same, clock.all);
}

enum lfads_status checks_refuse(const struct raw *raw, const struct plan *plan,
                                struct lfads_error *err)
{
    const struct check_clock clock = check_clock(raw, plan);

    if (clock.all == 0 || clock.inside > 0)
        return LFADS_OK;
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%s: none of %zu spikes lies in a window: spikes are from %.4g to %.4g s, "
                      "windows from %.4g to %.4g s: " CHECK_UNITS,
                      raw->path, clock.all, clock.spikes.from, clock.spikes.to, clock.windows.from,
                      clock.windows.to);
}

/* Windows that overlap others of the other set. */
static void check_leak(const struct raw *raw, const struct plan *plan,
                       const struct lfads_callbacks *callbacks)
{
    size_t shared = check_shared_windows(raw, plan);

    for (size_t i = 0; i < plan->count && plan->overlap > 0; i++)
        for (int side = -1; side <= 1 && plan->window[i].valid; side += 2) {
            size_t k = i + (size_t)side;

            if (k < plan->count && !plan->window[k].valid &&
                (side > 0 ? plan->window[k].place - plan->window[i].place
                          : plan->window[i].place - plan->window[k].place) < plan->bins) {
                shared++;
                break;
            }
        }
    if (shared)
        warn(callbacks,
             "%zu of %zu validation windows have bins in common with training windows: validation "
             "will look better than it is",
             shared, plan->valid);
}

/* Mean and squared standard error of a unit's counts a recorded bin in windows FROM to TO-1, as far
 * as it was observed from their starts to their ends. */
static void mean_of(double *mean, double *error, const struct raw *raw, const struct plan *plan,
                    size_t unit, size_t from, size_t to)
{
    double sum = 0, square = 0, n = 0;

    for (size_t i = from; i < to; i++) {
        const struct plan_window *window = &plan->window[i];
        double count =
            spike_count(raw, unit, window, plan->width) / (double)(window->to - window->from);

        if (raw->own_first && (!bin_observed(raw, unit, window, window->from, plan->width) ||
                               !bin_observed(raw, unit, window, window->to - 1, plan->width)))
            continue;
        n++;
        sum += count;
        square += count * count;
    }
    *mean = sum / n;
    *error = (square / n - *mean * *mean) / (n - 1);
}

static void check_drift(const struct raw *raw, const struct plan *plan,
                        const struct lfads_callbacks *callbacks)
{
    size_t third = plan->count / 3, drifting = 0;
    char list[LIST] = "";

    for (size_t c = 0; c < plan->units && plan->count >= FEWEST_TRIALS; c++) {
        double mean[2], error[2], low, high;

        mean_of(&mean[0], &error[0], raw, plan, plan->unit[c], 0, third);
        mean_of(&mean[1], &error[1], raw, plan, plan->unit[c], plan->count - third, plan->count);
        low = fmin(mean[0], mean[1]);
        high = fmax(mean[0], mean[1]);
        if (high > drift_factor * low && high - low > drift_errors * sqrt(error[0] + error[1])) {
            drifting++;
            add_name(list, raw, plan->unit[c]);
        }
    }
    if (drifting)
        warn(
            callbacks,
            "the rates of %zu unit%s drift: the first and the last third of the trials differ by "
            "more "
            "than a factor of %g (%s): a model takes that for dynamics; leave them out, or prepare "
            "parts of the recording as sessions of their own",
            drifting, drifting == 1 ? "" : "s", drift_factor, list);
}

static void check_pairs(const struct raw *raw, const struct plan *plan,
                        const struct lfads_callbacks *callbacks)
{
    char list[LIST] = "";

    for (size_t i = 0; i < plan->pairs && i < PLAN_PAIRS; i++) {
        char a[24], b[24];
        size_t end = strlen(list);

        variable_text(a, sizeof a, &raw->unit.item[0], plan->pair[i].unit[0]);
        variable_text(b, sizeof b, &raw->unit.item[0], plan->pair[i].unit[1]);
        snprintf(list + end, LIST - end, "%s%s and %s: %.0f %%", i ? ", " : "", a, b,
                 100 * plan->pair[i].share);
    }
    if (plan->pairs)
        warn(callbacks,
             "%zu pair%s of units fire%s together within 1 ms, as cross-talk or one neuron twice "
             "does "
             "(%s%s of the slower one's spikes): --crosstalk=drop leaves one of each out",
             plan->pairs, plan->pairs == 1 ? "" : "s", plan->pairs == 1 ? "s" : "", list,
             plan->pairs > PLAN_PAIRS ? ", ..." : "");
}

void checks_warn(const struct raw *raw, const struct plan *plan, const struct tally *tally,
                 const struct lfads_callbacks *callbacks)
{
    if (!callbacks || !callbacks->warn)
        return;
    check_spikes(raw, plan, callbacks);
    check_bins(plan, tally, callbacks);
    check_silent(raw, plan, tally, callbacks);
    check_trials(raw, plan, tally, callbacks);
    check_leak(raw, plan, callbacks);
    check_drift(raw, plan, callbacks);
    check_pairs(raw, plan, callbacks);
}
