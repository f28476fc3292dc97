/* log_events.c - the numbers of an epoch and their records.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/log_events.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/params.h"
#include "model/priors.h"
#include "report/tensorboard.h"

struct record {
    struct event_scalar scalars[64];
    size_t count;
};

__attribute__((format(printf, 3, 4))) static void put(struct record *record, double value,
                                                      const char *format, ...)
{
    struct event_scalar *scalar;
    va_list words;

    if (record->count == sizeof record->scalars / sizeof record->scalars[0])
        return; /* with very many inferred inputs only the first ones are logged */
    scalar = &record->scalars[record->count++];
    va_start(words, format);
    vsnprintf(scalar->tag, sizeof scalar->tag, format, words);
    va_end(words);
    scalar->value = value;
}

static int by_tag(const void *a, const void *b)
{
    const struct event_scalar *x = a, *y = b;

    return strcmp(x->tag, y->tag);
}

/* Puts the costs that the original logs for SET, "train" or "valid", sorted by tag. */
static void put_costs(struct record *record, const struct epoch_costs *costs, const char *set)
{
    bool valid = strcmp(set, "valid") == 0;

    for (int i = 0; i < COSTS; i++) {
        const struct cost_row *row = cost_row((enum cost)i);

        if (row->original && !row->of_parameters)
            put(record, costs->of[i], "%s__%s_", row->tag, set);
        else if (row->original && !valid)
            put(record, costs->of[i], "%s", row->tag);
    }
    put(record, costs->total, "LFADS/Total_cost__%s_", set);
    qsort(record->scalars, record->count, sizeof record->scalars[0], by_tag);
}

/* Puts time constants and stationary variances of the inferred inputs' prior. */
static void put_prior(struct record *record, const struct model *m, const real *parameters)
{
    const struct backend *be = backend_cpu();
    struct weights weights;

    if (!m->co_dim || m->co_prior != priors_find_co("ar1"))
        return;
    params_view(&weights, m, (real *)parameters, 0);
    for (size_t i = 0; i < m->co_dim; i++) {
        real phi, logvar;

        be->ar1_stationary(be, &phi, &logvar, weights.ar_logatau + i, weights.ar_logevar + i, 1);
        put(record, exp((double)weights.ar_logatau[i]), "LFADS/AR_Autocorrelation_taus_%zu", i);
        put(record, exp((double)logvar), "LFADS/AR_Variances_%zu", i);
    }
}

enum lfads_status log_events_epoch(const char *path, const struct model *model,
                                   const struct epoch_record *record, struct lfads_error *err)
{
    const struct fitlog_row *row = &record->row;
    struct record train = {.count = 0}, valid = {.count = 0}, rest = {.count = 0};
    enum lfads_status status;

    put_costs(&train, &row->train, "train");
    put_costs(&valid, &row->valid, "valid");
    put(&rest, record->learning_rate, "LFADS/Learning_rate");
    for (int i = RAMP_NONE + 1; i < COST_RAMPS; i++)
        put(&rest, costs_ramp_weight(&row->train.ramps, (enum cost_ramp)i), "%s",
            cost_ramp_row((enum cost_ramp)i)->tag);
    for (int i = 0; i < COSTS; i++)
        if (!cost_row((enum cost)i)->original)
            put(&rest, row->train.of[i], "%s", cost_row((enum cost)i)->tag);
    for (int i = 0; i < FITLOG_SCORES && row->scores[i].name; i++)
        put(&rest, row->scores[i].value, "LFADS/%s__valid_", row->scores[i].name);
    put(&rest, record->gradient_norm, "LFADS/Gradient_global_norm");
    if (record->parameters)
        put_prior(&rest, model, record->parameters);
    status = events_add(path, row->step, train.scalars, train.count, err);
    if (status == LFADS_OK && row->has_valid)
        status = events_add(path, row->step, valid.scalars, valid.count, err);
    if (status == LFADS_OK)
        status = events_add(path, row->step, rest.scalars, rest.count, err);
    return status;
}
