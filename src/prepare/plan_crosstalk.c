/* plan_crosstalk.c - pairs of units that fire together beyond chance: a spike that two electrodes
 * see, or one neuron that was sorted into two units. A model would spend its factors on them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/plan.h"
#include "prepare/spike_range.h"

enum { MOST_SPIKES = 10000000, FEWEST = 20, MOST_UNITS = 8192, MOST_SECONDS = 20000 };

static const double together = 0.001; /* seconds: spikes this near are coincident */

/* The counting of coincidences. */
struct coincidences {
    const struct raw *raw;
    const struct plan *plan;
    size_t units, *unit; /* those that are looked at */
    double *pairs;       /* [units,units]: bins in which both fire */
    double *own;         /* [units]: bins in which one fires */
    double bins;         /* looked at */
    uint32_t *next;      /* [bins of a window+1]: where the units of a bin begin */
    uint16_t *member;    /* units of the bins, one after the other */
    size_t room;         /* for members */
};

/* The bin of 1 ms of a spike. */
static size_t fine_bin(const struct raw *raw, size_t spike, const struct plan_window *window)
{
    return (size_t)spike_place(raw->times[spike], window->origin, together);
}

/* Sorts the spikes of a window into bins of 1 ms: a unit's spikes in a bin count once. */
static enum lfads_status sort_window(struct coincidences *c, const struct plan_window *window,
                                     size_t bins, struct lfads_error *err)
{
    size_t total = 0;

    memset(c->next, 0, (bins + 2) * sizeof *c->next);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t u = 0; u < c->units; u++) {
            size_t first, end = spike_range(&first, c->raw, c->unit[u], window, c->plan->width);
            size_t last = SIZE_MAX;

            for (size_t i = first; i < end; i++) {
                size_t bin = fine_bin(c->raw, i, window);

                if (bin == last || bin >= bins)
                    continue;
                last = bin;
                if (pass == 1)
                    c->member[c->next[bin]++] = (uint16_t)u;
                else
                    c->next[bin + 2]++;
            }
        }
        if (pass == 1)
            break;
        for (size_t b = 1; b <= bins; b++)
            c->next[b + 1] += c->next[b];
        total = c->next[bins + 1];
        if (total > c->room) {
            free(c->member);
            c->member = NULL;
            c->room = 2 * total;
            if (variables_allocate(&c->member, c->room, sizeof *c->member, c->raw->path, err) !=
                LFADS_OK)
                return LFADS_NO_MEMORY;
        }
        memmove(c->next, c->next + 1, (bins + 1) * sizeof *c->next);
    }
    return LFADS_OK;
}

/* Adds the coincidences of the sorted window; its bin b ends at next[b] now. */
static void count_window(struct coincidences *c, const struct plan_window *window, size_t bins)
{
    for (size_t b = 0, from = 0; b < bins; from = c->next[b++])
        for (size_t i = from; i < c->next[b]; i++) {
            double *row = c->pairs + c->member[i] * c->units;

            c->own[c->member[i]]++;
            for (size_t k = i + 1; k < c->next[b]; k++)
                row[c->member[k]]++; /* units are in order within a bin */
        }
    c->bins += (double)(window->to - window->from) * c->plan->width / together;
}

static enum lfads_status count_all(struct coincidences *c, struct lfads_error *err)
{
    const struct plan *plan = c->plan;
    size_t bins = (size_t)((double)plan->bins * plan->width / together) + 1, step;
    size_t spikes = c->raw->first[c->raw->units];
    enum lfads_status status =
        variables_allocate(&c->next, bins + 2, sizeof *c->next, c->raw->path, err);

    if (status == LFADS_OK)
        status =
            variables_allocate(&c->pairs, c->units * c->units, sizeof *c->pairs, c->raw->path, err);
    if (status == LFADS_OK)
        status = variables_allocate(&c->own, c->units, sizeof *c->own, c->raw->path, err);
    step = spikes / MOST_SPIKES + 1;
    for (size_t i = 0; i < plan->count && status == LFADS_OK; i += step) {
        status = sort_window(c, &plan->window[i], bins, err);
        if (status == LFADS_OK)
            count_window(c, &plan->window[i], bins);
    }
    return status;
}

/* The share of the slower unit's spikes that are coincident with the other's, beyond chance. */
static double share_of(const struct coincidences *c, size_t i, size_t k)
{
    double fewer = c->own[i] < c->own[k] ? c->own[i] : c->own[k];
    double chance = c->own[i] * c->own[k] / c->bins;

    return fewer >= FEWEST
               ? (c->pairs[(i < k ? i : k) * c->units + (i < k ? k : i)] - chance) / fewer
               : 0;
}

/* Finds the unit of the most pairs above LIMIT among the chosen; SIZE_MAX: there is no pair. */
static size_t worst(const struct coincidences *c, const bool *chosen, double limit)
{
    size_t found = SIZE_MAX, most = 0;

    for (size_t i = 0; i < c->units; i++) {
        size_t pairs = 0;

        for (size_t k = 0; k < c->units && chosen[c->unit[i]]; k++)
            pairs += k != i && chosen[c->unit[k]] && share_of(c, i, k) > limit;
        if (pairs > most || (pairs == most && pairs > 0 && c->own[i] < c->own[found])) {
            most = pairs;
            found = i;
        }
    }
    return found;
}

/* Notes the pairs that are left, those of the largest share first. */
static void note_pairs(struct plan *plan, const struct coincidences *c, double limit)
{
    for (size_t i = 0; i < c->units; i++)
        for (size_t k = i + 1; k < c->units; k++) {
            struct plan_pair pair = {{c->unit[i], c->unit[k]}, share_of(c, i, k)};
            size_t at = plan->pairs < PLAN_PAIRS ? plan->pairs : PLAN_PAIRS;

            if (pair.share <= limit)
                continue;
            for (; at > 0 && plan->pair[at - 1].share < pair.share; at--)
                if (at < PLAN_PAIRS)
                    plan->pair[at] = plan->pair[at - 1];
            if (at < PLAN_PAIRS)
                plan->pair[at] = pair;
            plan->pairs++;
        }
}

enum lfads_status plan_crosstalk(struct plan *plan, bool *chosen, const struct raw *raw,
                                 const struct lfads_prepare_config *config, struct lfads_error *err)
{
    struct coincidences c = {.raw = raw, .plan = plan};
    size_t dropped = 0;
    enum lfads_status status;

    if (strcmp(config->crosstalk, "ignore") == 0 || raw->counts || raw->units > MOST_UNITS ||
        (double)plan->bins * plan->width > MOST_SECONDS)
        return LFADS_OK;
    status = variables_allocate(&c.unit, raw->units, sizeof *c.unit, raw->path, err);
    for (size_t u = 0; u < raw->units && status == LFADS_OK; u++)
        if (chosen[u])
            c.unit[c.units++] = u;
    if (status == LFADS_OK && c.units > 1) {
        status = count_all(&c, err);
        if (status == LFADS_OK && strcmp(config->crosstalk, "drop") == 0)
            for (size_t u = worst(&c, chosen, config->crosstalk_share); u != SIZE_MAX;
                 u = worst(&c, chosen, config->crosstalk_share)) {
                chosen[c.unit[u]] = false;
                dropped++;
            }
        else if (status == LFADS_OK)
            note_pairs(plan, &c, config->crosstalk_share);
        plan_note(plan->unit_reason, &plan->unit_reasons, dropped,
                  "fire together with others beyond chance");
    }
    free(c.unit);
    free(c.pairs);
    free(c.own);
    free(c.next);
    free(c.member);
    return status;
}
