/* model_prior.c - samples the priors of a model in memory: lfads_model_prior of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "infer/model_results.h"
#include "infer/prior.h"
#include "infer/results_file.h"
#include "run/model_handle.h"

static const char *const call = "lfads_model_prior";

/* Fails if an output is no result of samples of the priors. */
static enum lfads_status check(const struct outputs *o, struct lfads_error *err)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->place[i].part != PART_MEANS || !results_key(OF_PRIORS, o->place[i].result))
            return lfads_fail(err, LFADS_USAGE,
                              "%s: samples of the priors have no %s: leave it out", call,
                              o->array[i].name);
    return LFADS_OK;
}

/* Sets external inputs DST [T,samples,E] to EXT [T,E], or to zeros. */
static void fill_ext(real *dst, const float *ext, const struct prior *p)
{
    const struct model *m = p->run->model;
    size_t e = m->ext_inputs, samples = p->plan.trials;

    for (size_t row = 0; e && row < m->data_bins * samples; row++) {
        if (ext)
            memcpy(dst + row * e, ext + row / samples * e, e * sizeof *dst);
        else
            memset(dst + row * e, 0, e * sizeof *dst);
    }
}

/* Fills output number I with a result of all samples. */
static enum lfads_status fill(const struct prior *p, const struct outputs *o, size_t i,
                              struct results *results)
{
    struct outputs one = {.array = &o->array[i], .place = &o->place[i], .count = 1, .call = call};
    enum result which = o->place[i].result;
    double *values = calloc(p->plan.trials * results->width[which], sizeof *values);
    enum lfads_status status;

    if (!values)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory for %s", o->array[i].name);
    results->values[which] = values;
    if (which == RESULT_COST) {
        status = prior_cost(values, p);
    } else {
        passes_keep(&p->passes, results, 0);
        status = p->run->be->finish(p->run->be, p->err);
    }
    if (status == LFADS_OK)
        outputs_fill(&one, results, 0, which == RESULT_COST ? 1 : p->plan.trials);
    results->values[which] = NULL;
    free(values);
    return status;
}

/* Fails unless each array is as large as its result; there is one cost. */
static enum lfads_status check_sizes(const struct outputs *o, const struct results *results,
                                     size_t samples, struct lfads_error *err)
{
    const struct spread_wants none = {.deviations = false};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < o->count && status == LFADS_OK; i++) {
        struct outputs one = {
            .array = &o->array[i], .place = &o->place[i], .count = 1, .call = call};

        status = outputs_check(&one, results, &none,
                               o->place[i].result == RESULT_COST ? 1 : samples, err);
    }
    return status;
}

static enum lfads_status sample(struct prior *p, size_t session, size_t samples, const float *ext,
                                const struct outputs *o)
{
    struct results results;
    enum lfads_status status;

    results_shape(&results, p->run->model, session, false);
    status = check_sizes(o, &results, samples, p->err);
    if (status == LFADS_OK)
        status = prior_begin(p, samples);
    if (status == LFADS_OK) {
        fill_ext(prior_begin_pass(p, session), ext, p);
        prior_compute(p);
    }
    for (size_t i = 0; i < o->count && status == LFADS_OK; i++)
        status = fill(p, o, i, &results);
    prior_end(p);
    return status;
}

enum lfads_status lfads_model_prior(struct lfads_model *model, const char *session, size_t samples,
                                    const float *ext, const struct lfads_output *outputs,
                                    size_t count, struct lfads_error *err)
{
    struct prior p = {.err = err};
    struct outputs arrays = {.count = 0};
    size_t of = 0;
    enum lfads_status status = LFADS_OK;

    if (!model)
        return lfads_fail_null(err, call, "model");
    p.run = model->run;
    if (!samples)
        status = lfads_fail(err, LFADS_USAGE, "%s: samples is 0: it takes at least 1", call);
    if (status == LFADS_OK && ext && !p.run->model->ext_inputs)
        status = lfads_fail(err, LFADS_USAGE,
                            "%s: the model has no external inputs: ext must be NULL", call);
    if (status == LFADS_OK)
        status = model_handle_find(&of, model, session, call, err);
    if (status == LFADS_OK)
        status = outputs_find(&arrays, outputs, count, call, err);
    if (status == LFADS_OK)
        status = check(&arrays, err);
    if (status == LFADS_OK)
        status = sample(&p, of, samples, ext, &arrays);
    outputs_release(&arrays);
    return status;
}
