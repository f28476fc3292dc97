/* plan_units.c - which units are taken.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "prepare/filter.h"
#include "prepare/plan.h"
#include "prepare/spike_range.h"

/* Bins of all windows in which UNIT was observed. */
static size_t observed_bins(const struct plan *plan, const struct raw *raw, size_t unit)
{
    size_t bins = 0;

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_window *window = &plan->window[i];

        for (size_t b = window->from; b < window->to && raw->own_first; b++)
            bins += bin_observed(raw, unit, window, b, plan->width);
        bins += raw->own_first ? 0 : window->to - window->from;
    }
    return bins;
}

/* Clears the units that were observed in no window, and notes whether others miss some bins. */
static size_t drop_unobserved(bool *chosen, struct plan *plan, const struct raw *raw)
{
    size_t dropped = 0, all = 0;

    for (size_t i = 0; i < plan->count; i++)
        all += plan->window[i].to - plan->window[i].from;
    for (size_t u = 0; u < raw->units && raw->own_first; u++) {
        size_t bins = chosen[u] ? observed_bins(plan, raw, u) : all;

        dropped += bins == 0;
        chosen[u] = chosen[u] && bins > 0;
        plan->missing = plan->missing || (bins > 0 && bins < all);
    }
    return dropped;
}

/* Clears the units below the least rate. */
static size_t drop_slow(bool *chosen, const struct plan *plan, const struct raw *raw,
                        double min_rate)
{
    size_t dropped = 0;

    for (size_t u = 0; u < raw->units; u++) {
        size_t bins = chosen[u] ? observed_bins(plan, raw, u) : 0;
        double spikes = 0;

        for (size_t i = 0; i < plan->count && chosen[u]; i++)
            spikes += spike_count(raw, u, &plan->window[i], plan->width);
        if (chosen[u] && spikes < min_rate * (double)bins * plan->width) {
            chosen[u] = false;
            dropped++;
        }
    }
    return dropped;
}

static size_t count_chosen(const bool *chosen, size_t rows)
{
    size_t count = 0;

    for (size_t i = 0; i < rows; i++)
        count += chosen[i];
    return count;
}

/* The channels are the units with CHOSEN. */
static enum lfads_status take_units(struct plan *plan, const bool *chosen, const struct raw *raw,
                                    struct lfads_error *err)
{
    for (size_t u = 0; u < raw->units; u++)
        if (chosen[u])
            plan->unit[plan->units++] = u;
    return plan->units > 0
               ? LFADS_OK
               : lfads_fail(err, LFADS_BAD_DATA,
                            "%s: none of %zu units is left: lower --min_rate, or take others by "
                            "--units and --unit_filter",
                            raw->path, raw->units);
}

enum lfads_status plan_units(struct plan *plan, const struct raw *raw,
                             const struct lfads_prepare_config *config, struct lfads_error *err)
{
    bool *chosen = NULL;
    size_t left;
    enum lfads_status status =
        variables_allocate(&chosen, raw->units, sizeof *chosen, raw->path, err);

    if (status == LFADS_OK)
        status = variables_allocate(&plan->unit, raw->units, sizeof *plan->unit, raw->path, err);
    if (status == LFADS_OK) {
        memset(chosen, 1, raw->units);
        if (*config->units)
            status = filter_ids(chosen, raw->units, config->units, &raw->unit, "units", err);
        left = count_chosen(chosen, raw->units);
        plan_note(plan->unit_reason, &plan->unit_reasons, raw->units - left, "not in --units");
    }
    if (status == LFADS_OK)
        status = filter_rows(chosen, raw->units, config->unit_filter, &raw->unit, "units",
                             "unit_filter", err);
    if (status == LFADS_OK)
        plan_note(plan->unit_reason, &plan->unit_reasons, left - count_chosen(chosen, raw->units),
                  "not %.80s", config->unit_filter);
    if (status == LFADS_OK)
        plan_note(plan->unit_reason, &plan->unit_reasons, drop_unobserved(chosen, plan, raw),
                  "not observed in any window");
    if (status == LFADS_OK && config->min_rate > 0)
        plan_note(plan->unit_reason, &plan->unit_reasons,
                  drop_slow(chosen, plan, raw, config->min_rate), "below %g spikes/s",
                  config->min_rate);
    if (status == LFADS_OK)
        status = plan_crosstalk(plan, chosen, raw, config, err);
    if (status == LFADS_OK)
        status = take_units(plan, chosen, raw, err);
    if (status == LFADS_OK && *config->heldout)
        status = plan_hold_out(plan, raw, config, err);
    free(chosen);
    return status;
}
