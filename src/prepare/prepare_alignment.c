/* prepare_alignment.c - maps recordings of different units to the same factors.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/prepare_alignment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/alignment.h"
#include "prepare/binning.h"

enum { FEWEST_SAMPLES = 19 };

enum lfads_status aligned_create(struct aligned *aligned, size_t count, size_t factors,
                                 struct lfads_error *err)
{
    *aligned = (struct aligned){.factors = factors};
    aligned->session = calloc(count + 1, sizeof *aligned->session);
    if (!aligned->session)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to align recordings");
    aligned->count = count;
    return LFADS_OK;
}

void aligned_free(struct aligned *aligned)
{
    for (size_t i = 0; i < aligned->count; i++) {
        struct aligned_session *s = &aligned->session[i];

        for (size_t k = 0; s->names && k < s->conditions; k++)
            free(s->names[k]);
        free(s->names);
        free(s->means);
        free(s->matrix);
        free(s->bias);
    }
    free(aligned->session);
    *aligned = (struct aligned){.count = 0};
}

/* Adds up the training windows of each condition. SEEN counts what was recorded. */
static void add_windows(struct aligned_session *s, double *seen, double *window,
                        const struct raw *raw, const struct plan *plan)
{
    size_t trial = s->bins * s->units;

    for (size_t i = 0; i < plan->count; i++) {
        double *sum = s->means + (size_t)plan->window[i].condition * trial;
        double *times = seen + (size_t)plan->window[i].condition * trial;

        if (plan->window[i].valid)
            continue;
        bin_window(window, raw, plan, &plan->window[i]);
        for (size_t k = 0; k < trial; k++)
            if (!isnan(window[k])) {
                sum[k] += window[k];
                times[k]++;
            }
    }
}

enum lfads_status aligned_collect(struct aligned *aligned, size_t index, const struct raw *raw,
                                  struct plan *plan, struct lfads_error *err)
{
    struct aligned_session *s = &aligned->session[index];
    size_t count = plan->conditions * plan->bins * plan->units;
    double *seen = NULL, *window = NULL;
    enum lfads_status status;

    if (plan->conditions == 0)
        return lfads_fail(err, LFADS_USAGE,
                          "--align_factors needs --condition: recordings are aligned by the mean "
                          "counts of conditions");
    s->bins = plan->bins;
    s->units = plan->units;
    status = variables_allocate(&s->means, count, sizeof *s->means, raw->path, err);
    if (status == LFADS_OK)
        status = variables_allocate(&seen, count, sizeof *seen, raw->path, err);
    if (status == LFADS_OK)
        status = variables_allocate(&window, s->bins * s->units, sizeof *window, raw->path, err);
    if (status == LFADS_OK) {
        add_windows(s, seen, window, raw, plan);
        for (size_t k = 0; k < count; k++)
            s->means[k] /= seen[k]; /* NaN where nothing was recorded */
        s->conditions = plan->conditions;
        s->names = plan->condition_names;
        plan->condition_names = NULL;
        plan->conditions = 0;
    }
    free(seen);
    free(window);
    return status;
}

/* The condition NAME of a session, if its means are known in all bins; -1 if not. */
static ptrdiff_t find_condition(const struct aligned_session *s, const char *name)
{
    size_t trial = s->bins * s->units;

    for (size_t c = 0; c < s->conditions; c++) {
        size_t known = 0;

        if (strcmp(s->names[c], name) != 0)
            continue;
        while (known < trial && !isnan(s->means[c * trial + known]))
            known++;
        return known == trial ? (ptrdiff_t)c : -1;
    }
    return -1;
}

/* Lays the means of the shared conditions one after the other, all sessions' units side by side;
 * returns how many conditions they are. */
static size_t lay_out(double *series, const struct aligned *aligned, size_t units)
{
    const struct aligned_session *first = &aligned->session[0];
    size_t shared = 0;

    for (size_t c = 0; c < first->conditions; c++) {
        size_t column = 0, having = 0;

        for (size_t n = 0; n < aligned->count; n++)
            having += find_condition(&aligned->session[n], first->names[c]) >= 0;
        if (having < aligned->count)
            continue;
        for (size_t n = 0; n < aligned->count; column += aligned->session[n++].units) {
            const struct aligned_session *s = &aligned->session[n];
            size_t at = (size_t)find_condition(s, first->names[c]) * s->bins * s->units;

            for (size_t b = 0; b < s->bins; b++)
                memcpy(series + (shared * s->bins + b) * units + column,
                       s->means + at + b * s->units, s->units * sizeof *series);
        }
        shared++;
    }
    return shared;
}

/* Shares the fit out to the sessions. */
static enum lfads_status share_out(struct aligned *aligned, const double *matrix,
                                   const double *bias, struct lfads_error *err)
{
    size_t first = 0;
    enum lfads_status status = LFADS_OK;

    for (size_t n = 0; n < aligned->count && status == LFADS_OK;
         first += aligned->session[n++].units) {
        struct aligned_session *s = &aligned->session[n];

        status = variables_allocate(&s->matrix, s->units * aligned->factors, sizeof *s->matrix,
                                    "an alignment", err);
        if (status == LFADS_OK)
            status = variables_allocate(&s->bias, s->units, sizeof *s->bias, "an alignment", err);
        if (status != LFADS_OK)
            break;
        memcpy(s->matrix, matrix + first * aligned->factors,
               s->units * aligned->factors * sizeof *matrix);
        memcpy(s->bias, bias + first, s->units * sizeof *bias);
    }
    return status;
}

/* Fails unless the sessions' means can be aligned: SAMPLES bins of shared conditions. */
static enum lfads_status check(const struct aligned *aligned, size_t shared, size_t units,
                               struct lfads_error *err)
{
    size_t widest = 0, samples = shared * aligned->session[0].bins;

    for (size_t n = 0; n < aligned->count; n++)
        widest = aligned->session[n].units > widest ? aligned->session[n].units : widest;
    if (samples < FEWEST_SAMPLES || samples < widest)
        return lfads_fail(
            err, LFADS_BAD_DATA,
            "the recordings share %zu conditions with training trials, %zu bins in all: "
            "too few to align %zu units by; --condition names what they have in "
            "common",
            shared, samples, widest);
    if (aligned->factors > units)
        return lfads_fail(err, LFADS_USAGE,
                          "--align_factors=%zu is above the %zu units of all "
                          "recordings",
                          aligned->factors, units);
    return LFADS_OK;
}

enum lfads_status aligned_fit(struct aligned *aligned, struct lfads_error *err)
{
    size_t units = 0, rows = aligned->session[0].conditions * aligned->session[0].bins, shared;
    size_t *widths = NULL;
    double *series = NULL, *matrix = NULL, *bias = NULL;
    enum lfads_status status =
        variables_allocate(&widths, aligned->count, sizeof *widths, "an alignment", err);

    for (size_t n = 0; n < aligned->count && status == LFADS_OK; n++) {
        widths[n] = aligned->session[n].units;
        units += widths[n];
        if (aligned->session[n].bins != aligned->session[0].bins)
            status = lfads_fail(err, LFADS_BAD_DATA,
                                "recordings with %zu and %zu bins a trial can't be aligned: give "
                                "all the same --window",
                                aligned->session[0].bins, aligned->session[n].bins);
    }
    if (status == LFADS_OK)
        status = variables_allocate(&series, rows * units, sizeof *series, "an alignment", err);
    if (status == LFADS_OK)
        status = variables_allocate(&matrix, units * aligned->factors, sizeof *matrix,
                                    "an alignment", err);
    if (status == LFADS_OK)
        status = variables_allocate(&bias, units, sizeof *bias, "an alignment", err);
    if (status == LFADS_OK) {
        shared = lay_out(series, aligned, units);
        status = check(aligned, shared, units, err);
    }
    if (status == LFADS_OK)
        status = alignment_fit(matrix, bias, series, shared * aligned->session[0].bins, widths,
                               aligned->count, aligned->factors, err);
    if (status == LFADS_OK)
        status = share_out(aligned, matrix, bias, err);
    free(widths);
    free(series);
    free(matrix);
    free(bias);
    return status;
}
