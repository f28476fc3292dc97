/* model_results.c - names results and fills the caller's arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/model_results.h"

#include <stdlib.h>
#include <string.h>

#include "base/sized.h"
#include "infer/results_file.h"
#include "run/model_handle.h"

/* Names of results that files of the original's form do not have; they are lfads-torch's. */
static const char *const more[RESULTS] = {[RESULT_CO_MEAN] = "co_means",
                                          [RESULT_CO_STD] = "co_stds",
                                          [RESULT_CON_STATES] = "con_states",
                                          [RESULT_GEN_INPUTS] = "gen_inputs"};

static const char *name_of(enum result result)
{
    return more[result] ? more[result] : results_key(OF_POSTERIORS, result);
}

/* ---- what results there are ---- */

size_t lfads_model_results(const struct lfads_model *model)
{
    struct results r;
    size_t count = 0;

    if (!model)
        return 0;
    results_shape(&r, model->run->model, 0, true);
    for (int i = 0; i < RESULTS; i++)
        count += r.width[i] > 0;
    return count;
}

static struct lfads_result describe(const struct results *r, enum result result)
{
    size_t bins = r->bins[result], width = r->width[result];
    struct lfads_result out = {.size = sizeof out,
                               .name = name_of(result),
                               .rank = result >= RESULT_COST ? 1
                                       : bins                ? 3
                                                             : 2,
                               .has_spread = spread_has(result),
                               .is_of_prior = results_key(OF_PRIORS, result) != NULL};

    out.shape[1] = bins ? bins : result >= RESULT_COST ? 0 : width;
    out.shape[2] = bins ? width / bins : 0;
    return out;
}

enum lfads_status lfads_model_result(const struct lfads_model *model, const char *session,
                                     size_t index, struct lfads_result *out,
                                     struct lfads_error *err)
{
    static const char *const call = "lfads_model_result";
    size_t of, left = index;
    struct results r;
    enum lfads_status status;

    if (!model || !out)
        return lfads_fail_null(err, call, model ? "out" : "model");
    status = model_handle_find(&of, model, session, call, err);
    if (status != LFADS_OK)
        return status;
    results_shape(&r, model->run->model, of, true);
    for (enum result i = 0; i < RESULTS; i++)
        if (r.width[i] && left-- == 0) {
            struct lfads_result full = describe(&r, i);

            return sized_fill(out, &full, sizeof full, call, err);
        }
    return lfads_fail(err, LFADS_USAGE, "%s: there is no result number %zu, there are %zu", call,
                      index, lfads_model_results(model));
}

/* ---- the caller's arrays ---- */

static bool find(struct output_place *place, const char *name)
{
    static const char *const ends[] = {[PART_MEANS] = "",
                                       [PART_DEVIATIONS] = SPREAD_DEVIATION,
                                       [PART_QUANTILES] = SPREAD_QUANTILE};

    for (enum result i = 0; i < RESULTS; i++) {
        size_t length = strlen(name_of(i));

        if (strncmp(name, name_of(i), length) != 0)
            continue;
        for (enum output_part part = PART_MEANS; part <= PART_QUANTILES; part++)
            if (strcmp(name + length, ends[part]) == 0 && (part == PART_MEANS || spread_has(i))) {
                *place = (struct output_place){i, part};
                return true;
            }
    }
    return false;
}

enum lfads_status outputs_find(struct outputs *outputs, const struct lfads_output *arrays,
                               size_t count, const char *call, struct lfads_error *err)
{
    *outputs = (struct outputs){.array = arrays, .call = call};
    if (!arrays && count)
        return lfads_fail_null(err, call, "outputs");
    outputs->place = calloc(count + 1, sizeof *outputs->place);
    if (!outputs->place)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu outputs", count);
    for (size_t i = 0; i < count; i++) {
        const struct lfads_output *a = &arrays[i];

        if (!a->name || !a->values)
            return lfads_fail(err, LFADS_USAGE, "%s: output %zu has no %s", call, i,
                              a->name ? "values" : "name");
        if (!find(&outputs->place[i], a->name))
            return lfads_fail(err, LFADS_USAGE, "%s: there is no result %.100s", call, a->name);
        if (a->type != LFADS_FLOAT32 && a->type != LFADS_FLOAT64)
            return lfads_fail(err, LFADS_USAGE,
                              "%s: %s is of type %d: it takes LFADS_FLOAT32 and LFADS_FLOAT64",
                              call, a->name, (int)a->type);
        outputs->count++;
    }
    return LFADS_OK;
}

void outputs_release(struct outputs *outputs)
{
    free(outputs->place);
    outputs->place = NULL;
}

bool outputs_want(const struct outputs *outputs, enum output_part part)
{
    bool any = false;

    for (size_t i = 0; i < outputs->count; i++)
        any = any || outputs->place[i].part == part;
    return any;
}

bool outputs_want_more(const struct outputs *outputs)
{
    bool any = false;

    for (size_t i = 0; i < outputs->count; i++)
        any = any || more[outputs->place[i].result];
    return any;
}

/* Numbers a trial of output I. */
static size_t width_of(const struct outputs *o, size_t i, const struct results *r, size_t quantiles)
{
    return r->width[o->place[i].result] * (o->place[i].part == PART_QUANTILES ? quantiles : 1);
}

enum lfads_status outputs_check(const struct outputs *outputs, const struct results *results,
                                const struct spread_wants *wants, size_t trials,
                                struct lfads_error *err)
{
    for (size_t i = 0; i < outputs->count; i++) {
        const struct lfads_output *a = &outputs->array[i];
        size_t width = width_of(outputs, i, results, wants->quantiles.count);

        if (!width)
            return lfads_fail(err, LFADS_USAGE,
                              "%s: these trials and this model have no %s: leave it out",
                              outputs->call, a->name);
        if (a->count != trials * width)
            return lfads_fail(err, LFADS_USAGE,
                              "%s: %s has %zu numbers a trial and there are %zu trials: its count "
                              "must be %zu, and is %zu",
                              outputs->call, a->name, width, trials, trials * width, a->count);
    }
    return LFADS_OK;
}

static void copy_doubles(const struct lfads_output *a, size_t at, const double *from, size_t count)
{
    if (a->type == LFADS_FLOAT64)
        memcpy((double *)a->values + at, from, count * sizeof *from);
    else
        for (size_t i = 0; i < count; i++)
            ((float *)a->values)[at + i] = (float)from[i];
}

static void copy_floats(const struct lfads_output *a, size_t at, const float *from, size_t count)
{
    if (a->type == LFADS_FLOAT32)
        memcpy((float *)a->values + at, from, count * sizeof *from);
    else
        for (size_t i = 0; i < count; i++)
            ((double *)a->values)[at + i] = (double)from[i];
}

void outputs_fill(const struct outputs *outputs, const struct results *results, size_t first,
                  size_t count)
{
    const struct spread *spread = results->spread;

    for (size_t i = 0; i < outputs->count; i++) {
        enum result which = outputs->place[i].result;
        size_t width = width_of(outputs, i, results, spread ? spread->wants.quantiles.count : 0);

        if (outputs->place[i].part == PART_MEANS && results->values[which])
            copy_doubles(&outputs->array[i], first * width, results->values[which], count * width);
        else if (outputs->place[i].part != PART_MEANS && spread)
            copy_floats(&outputs->array[i], first * width,
                        outputs->place[i].part == PART_DEVIATIONS ? spread->deviation[which]
                                                                  : spread->quantile[which],
                        count * width);
    }
}
