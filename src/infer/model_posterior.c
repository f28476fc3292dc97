/* model_posterior.c - runs a model in memory on trials in memory: lfads_model_posterior of the
 * public header. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/progress.h"
#include "base/sized.h"
#include "base/sizes.h"
#include "infer/model_results.h"
#include "infer/sampler.h"
#include "run/model_handle.h"

static const char *const call = "lfads_model_posterior";

/* What the caller asks for. */
struct asked {
    struct lfads_model *model;
    const struct lfads_data *data;
    const char *session, *model_session;
    enum session_set set;
    struct lfads_sampling how;
    struct lfads_callbacks own; /* what CALLBACKS is, unless NULL */
    const struct lfads_callbacks *callbacks;
};

static enum lfads_status find_set(enum session_set *set, const char *name, struct lfads_error *err)
{
    for (*set = SESSION_TRAIN; name && *set < SESSION_ALL_SETS; ++*set)
        if (strcmp(session_set_name(*set), name) == 0)
            return LFADS_OK;
    return lfads_fail(err, LFADS_USAGE, "%s: set is %.40s: it takes train, valid and test", call,
                      name ? name : "NULL");
}

/* Opens the run of the trials. */
static enum lfads_status open_run(struct run **run, const struct asked *a, struct lfads_error *err)
{
    struct lfads_config *config = config_copy(a->model->given);
    struct run_request request = {.config = config,
                                  .use = RUN_TRIALS,
                                  .callbacks = a->callbacks,
                                  .be = a->model->run->be,
                                  .data = a->data,
                                  .session = a->session,
                                  .new_trials = true,
                                  .trained = &a->model->self};
    enum lfads_status status = LFADS_OK;

    if (!config)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration");
    if (config->ensemble)
        status = lfads_fail(err, LFADS_USAGE,
                            "%s: --ensemble=%lld averages models of a save directory: average the "
                            "outputs of several models yourself, or call lfads_posterior_sample",
                            call, (long long)config->ensemble);
    else if (!a->session && lfads_data_sessions(a->data) > 1)
        status = lfads_fail(err, LFADS_USAGE,
                            "%s: the data have %zu sessions, and session is NULL: name one", call,
                            lfads_data_sessions(a->data));
    if (status == LFADS_OK && a->model_session)
        status = lfads_config_set(config, "session", a->model_session, err);
    if (status == LFADS_OK)
        status = run_open_request(run, &request, err);
    lfads_config_free(config);
    return status;
}

/* Sets what of the spread over samples is wanted. */
static enum lfads_status choose_spread(struct sampler *p, const struct asked *a,
                                       const struct outputs *outputs)
{
    struct quantiles *q = &p->wants.quantiles;

    p->wants.deviations = outputs_want(outputs, PART_DEVIATIONS);
    if (outputs_want(outputs, PART_QUANTILES)) {
        if (!a->how.quantiles || !a->how.n_quantiles || a->how.n_quantiles > QUANTILES_MOST ||
            !quantiles_valid(a->how.quantiles, a->how.n_quantiles))
            return lfads_fail(p->err, LFADS_USAGE,
                              "%s: quantiles takes 1 to %d probabilities between 0 and 1 that rise",
                              call, (int)QUANTILES_MOST);
        q->count = a->how.n_quantiles;
        memcpy(q->probability, a->how.quantiles, q->count * sizeof *q->probability);
    }
    p->plan.spread = spread_is_wanted(&p->wants);
    if (p->plan.spread && (p->plan.samples < 2 || !p->run->model->samples))
        return lfads_fail(p->err, LFADS_USAGE,
                          "%s: the spread over samples needs two samples or more of a model that "
                          "samples: leave outputs _std and _quantiles out",
                          call);
    return LFADS_OK;
}

static enum lfads_status take_block(struct sampler *p, void *payload)
{
    outputs_fill(payload, &p->results, p->first, p->count);
    return LFADS_OK;
}

/* Sets up the set in progress. */
static enum lfads_status begin_set(struct sampler *p, const struct asked *a,
                                   const struct outputs *outputs)
{
    size_t kept;
    enum lfads_status status;

    p->set = a->set;
    p->trials = p->run->dataset->sessions[0]->set[a->set].count;
    if (!p->trials)
        return lfads_fail(p->err, LFADS_USAGE, "%s: session %s has no %s trials", call,
                          p->run->dataset->sessions[0]->name, session_set_name(a->set));
    results_shape(&p->results, p->run->model, 0, p->plan.more);
    for (int i = RESULT_COST; i <= RESULT_NLL_IWAE && a->set == SESSION_TEST; i++)
        p->results.width[i] = 0;
    status = outputs_check(outputs, &p->results, &p->wants, p->trials, p->err);
    if (status == LFADS_OK)
        status = sampler_create(p);
    kept = size_min(p->trials, p->block);
    if (status == LFADS_OK)
        status = results_create(&p->results, p->run->model, 0, kept, p->plan.more, p->err);
    if (status == LFADS_OK && p->plan.spread) {
        p->results.spread = &p->spread;
        status = spread_create(&p->spread, &p->wants, &p->results, kept, p->err);
    }
    return status;
}

static enum lfads_status sample(struct sampler *p, const struct asked *a, struct outputs *outputs)
{
    const struct checkpoint *checkpoint = &p->run->checkpoint;
    enum lfads_status status = choose_spread(p, a, outputs);

    p->plan.more = outputs_want_more(outputs);
    if (status == LFADS_OK)
        status = begin_set(p, a, outputs);
    if (status == LFADS_OK)
        status = run_parameters(&p->parameters, p->run, p->err);
    if (status == LFADS_OK)
        status = costs_l2_value(&p->costs.l2, p->run->be, p->run->model, p->parameters, p->err);
    p->costs.ramps = costs_ramps(p->run->config, checkpoint->step, checkpoint->epoch);
    if (status == LFADS_OK)
        status = sampler_run(p, &(struct block_writer){take_block, outputs, "the last output"});
    results_free(&p->results);
    spread_free(&p->spread);
    return status;
}

static enum lfads_status check_arguments(struct asked *a, const struct lfads_sampling *how,
                                         struct lfads_error *err)
{
    enum lfads_status status;

    if (!a->model || !a->data || !how)
        return lfads_fail_null(err, call, !a->model ? "model" : !a->data ? "data" : "how");
    status = sized_take(&a->how, how, sizeof a->how, call, err);
    return status == LFADS_OK ? callbacks_take(&a->own, &a->callbacks, call, err) : status;
}

enum lfads_status lfads_model_posterior(struct lfads_model *model, const struct lfads_data *data,
                                        const char *session, const char *set,
                                        const char *model_session, const struct lfads_sampling *how,
                                        const struct lfads_output *outputs, size_t count,
                                        const struct lfads_callbacks *callbacks,
                                        struct lfads_error *err)
{
    struct asked a = {.model = model,
                      .data = data,
                      .session = session,
                      .model_session = model_session,
                      .callbacks = callbacks};
    struct sampler p = {.err = err};
    struct outputs arrays = {.count = 0};
    enum lfads_status status = check_arguments(&a, how, err);

    if (status == LFADS_OK)
        status = find_set(&a.set, set, err);
    if (status == LFADS_OK)
        status = outputs_find(&arrays, outputs, count, call, err);
    if (status == LFADS_OK) {
        p.plan.latents = a.how.samples ? POSTERIOR_SAMPLE : POSTERIOR_MEAN;
        p.plan.samples = a.how.samples ? a.how.samples : 1;
        status = open_run(&p.run, &a, err);
    }
    if (status == LFADS_OK) {
        status = sample(&p, &a, &arrays);
        sampler_release(&p);
    }
    outputs_release(&arrays);
    return status;
}
