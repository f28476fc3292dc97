/* ensemble.c - opens the members of an ensemble, and averages their outputs. Each model draws the
 * noise that it would draw alone, so that the mean is that of what the members give by themselves.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/ensemble.h"

#include <stdlib.h>
#include <string.h>

#include "run/sample_statistics.h"
#include "run/spread.h"
#include "save/index.h"
#include "save/ranking.h"

/* Returns the name of MEMBER's index file that stands for what --checkpoint_pb_load_name asks for.
 */
static const char *index_of(const struct ranked *member, const struct lfads_config *config)
{
    const char *wanted = config->checkpoint_pb_load_name;

    return strcmp(wanted, "checkpoint") == 0 ? member->index : wanted;
}

/* Fails unless FIRST has the model of BEST: a tuning that was killed may have left an older one. */
static enum lfads_status check_best(const struct run *first, const struct ranked *best,
                                    struct lfads_error *err)
{
    const char *top = first->config->lfads_save_dir;
    char directory[FILE_PATH], path[FILE_PATH] = "";
    struct checkpoint c = {.step = 0};
    enum lfads_status status = file_join(directory, top, best->directory, err);

    if (status == LFADS_OK)
        status = index_latest(path, directory, index_of(best, first->config), err);
    if (status == LFADS_OK && *path)
        status = checkpoint_read(&c, path, err);
    if (status == LFADS_OK &&
        (!*path || c.seed != first->checkpoint.seed || c.step != first->checkpoint.step))
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "the model in %s is not that of its best member, %s: let the command "
                            "that trains the members go on to its end first",
                            top, best->directory);
    checkpoint_release(&c);
    return status;
}

/* Fails unless the outputs of both models are of the same bins, channels and kind. */
static enum lfads_status check_shape(const struct run *first, const struct run *other,
                                     struct lfads_error *err)
{
    const struct model *a = first->model, *b = other->model;
    bool same = a->bins == b->bins && a->first == b->first && a->samples == b->samples;

    for (size_t s = 0; s < a->n_sessions && same; s++)
        same = model_outputs(a, s) == model_outputs(b, s);
    return same ? LFADS_OK
                : lfads_fail(err, LFADS_BAD_DATA,
                             "the rates of %s are of other bins or channels than those of %s: an "
                             "ensemble averages models of the same trials",
                             other->checkpoint_path, first->checkpoint_path);
}

static enum lfads_status open_member(struct run **out, struct ensemble *e, struct run *first,
                                     const struct lfads_config *config, const struct ranked *member,
                                     struct lfads_error *err)
{
    struct lfads_config *own = config_copy(config);
    char directory[FILE_PATH];
    enum lfads_status status;

    if (!own)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration");
    status = file_join(directory, first->config->lfads_save_dir, member->directory, err);
    if (status == LFADS_OK)
        status = lfads_config_set(own, "lfads_save_dir", directory, err);
    if (status == LFADS_OK)
        status = lfads_config_set(own, "checkpoint_pb_load_name", index_of(member, config), err);
    if (status == LFADS_OK)
        status = run_open_request(
            out,
            &(struct run_request){
                .config = own, .use = RUN_TRIALS, .callbacks = &e->lines, .beside = first},
            err);
    if (status == LFADS_OK)
        status = check_shape(first, *out, err);
    lfads_config_free(own);
    return status;
}

static enum lfads_status open_members(struct ensemble *e, struct run *first,
                                      const struct lfads_config *config,
                                      const struct ranking *ranking, size_t count,
                                      struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    if (count > ranking->count)
        return lfads_fail(err, LFADS_USAGE,
                          "--ensemble=%zu is more than the %zu members that %s/ranking.csv names: "
                          "lower it",
                          count, ranking->count, config->lfads_save_dir);
    e->model = calloc(count, sizeof *e->model);
    if (!e->model)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu models", count);
    status = check_best(first, &ranking->of[0], err);
    for (size_t i = 1; i < count && status == LFADS_OK; i++) {
        e->others = i;
        status = open_member(&e->model[i - 1].run, e, first, config, &ranking->of[i], err);
    }
    return status;
}

enum lfads_status ensemble_open(struct ensemble *ensemble, struct run *first,
                                const struct lfads_config *config, size_t count,
                                struct lfads_error *err)
{
    struct ensemble *e = ensemble;
    struct ranking ranking;
    enum lfads_status status = ranking_read(&ranking, first->config->lfads_save_dir, err);

    *e = (struct ensemble){.be = first->be};
    if (first->callbacks)
        e->lines = *first->callbacks;
    e->lines.warn = NULL;
    if (status == LFADS_OK)
        status = open_members(e, first, config, &ranking, count, err);
    ranking_release(&ranking);
    return status;
}

/* ---- memory ---- */

static const struct model *model_of(const struct ensemble *e, size_t other)
{
    return e->model[other].run->model;
}

size_t ensemble_parameters_bytes(const struct ensemble *ensemble)
{
    size_t bytes = 0;

    for (size_t i = 0; i < ensemble->others; i++)
        bytes += model_of(ensemble, i)->size * sizeof(real);
    return bytes;
}

size_t ensemble_passes_bytes(const struct ensemble *ensemble, const struct pass_plan *plan)
{
    size_t bytes = 0;

    for (size_t i = 0; i < ensemble->others; i++)
        bytes += passes_bytes(ensemble->be, model_of(ensemble, i), plan);
    return bytes;
}

/* Returns the samples of a trial, of all models. */
static size_t all_samples(const struct ensemble *e, const struct pass_plan *plan)
{
    return (e->others + 1) * plan->samples;
}

/* Returns how many numbers the output of the trials of a decoder has. */
static size_t output_numbers(const struct ensemble *e, const struct pass_plan *plan)
{
    size_t output, result;

    results_widest(&output, &result, model_of(e, 0));
    return output * (plan->one_by_one ? 1 : plan->trials);
}

size_t ensemble_host_bytes(const struct ensemble *ensemble, const struct pass_plan *plan)
{
    const struct ensemble *e = ensemble;
    size_t bytes;

    if (!e->others)
        return 0;
    bytes = output_numbers(e, plan) * sizeof(double);
    if (plan->spread)
        bytes += output_numbers(e, plan) * all_samples(e, plan) * sizeof(real) +
                 samples_scratch(all_samples(e, plan));
    for (size_t i = 0; i < e->others; i++)
        bytes += passes_host_bytes(e->be, model_of(e, i), plan);
    return bytes;
}

static enum lfads_status create_thread(struct ensemble_thread *thread, const struct ensemble *e,
                                       struct lfads_error *err)
{
    size_t numbers = output_numbers(e, &e->plan), samples = all_samples(e, &e->plan);
    enum lfads_status status = LFADS_OK;

    thread->passes = calloc(e->others, sizeof *thread->passes);
    thread->means = malloc(numbers * sizeof *thread->means);
    if (e->plan.spread) {
        thread->samples = malloc(numbers * samples * sizeof *thread->samples);
        thread->scratch = malloc(samples_scratch(samples));
    }
    if (!thread->passes || !thread->means ||
        (e->plan.spread && (!thread->samples || !thread->scratch)))
        return lfads_fail(err, LFADS_NO_MEMORY,
                          "no memory for an ensemble of %zu models: lower --ensemble or --threads",
                          e->others + 1);
    for (size_t i = 0; i < e->others && status == LFADS_OK; i++)
        status = passes_create(&thread->passes[i], e->be, model_of(e, i), &e->plan, err);
    return status;
}

enum lfads_status ensemble_create(struct ensemble *ensemble, const struct pass_plan *plan,
                                  size_t threads, struct lfads_error *err)
{
    struct ensemble *e = ensemble;
    enum lfads_status status = LFADS_OK;

    if (!e->others)
        return LFADS_OK;
    e->plan = *plan;
    e->thread = calloc(threads, sizeof *e->thread);
    if (!e->thread)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for an ensemble");
    e->threads = threads;
    for (size_t i = 0; i < threads && status == LFADS_OK; i++)
        status = create_thread(&e->thread[i], e, err);
    for (size_t i = 0; i < e->others && status == LFADS_OK; i++)
        status = run_parameters(&e->model[i].parameters, e->model[i].run, err);
    return status;
}

void ensemble_release(struct ensemble *ensemble)
{
    struct ensemble *e = ensemble;

    for (size_t t = 0; t < e->threads; t++) {
        for (size_t i = 0; e->thread[t].passes && i < e->others; i++)
            passes_release(&e->thread[t].passes[i]);
        free(e->thread[t].passes);
        free(e->thread[t].means);
        free(e->thread[t].samples);
        free(e->thread[t].scratch);
    }
    free(e->thread);
    for (size_t i = 0; i < e->others; i++) {
        e->be->memory_free(e->be, e->model[i].parameters);
        run_close(e->model[i].run);
    }
    free(e->model);
    *e = (struct ensemble){.others = 0};
}

/* ---- running ---- */

void ensemble_encode(struct ensemble *ensemble, size_t thread, const struct pass *pass,
                     const struct prefetched *prefetched, size_t offset)
{
    struct ensemble *e = ensemble;

    for (size_t i = 0; i < e->others; i++) {
        const struct ensemble_model *model = &e->model[i];
        struct passes *passes = &e->thread[thread].passes[i];
        struct pass own = *pass;

        own.parameters = model->parameters;
        own.seed = model->run->seed;
        own.step = (uint32_t)model->run->checkpoint.step;
        own.costs = NULL;
        prefetched_copy(passes_begin(passes, &own)->host_data, prefetched, offset, pass->trials);
        passes_encode(passes);
    }
}

/* Sets SPREAD's arrays of the output, of TRIALS trials from OFFSET on, from all models' samples. */
static void keep_spread(const struct ensemble *e, const struct ensemble_thread *thread,
                        struct spread *spread, size_t offset, size_t trials, size_t bins, size_t n)
{
    size_t count = all_samples(e, &e->plan);
    const struct quantiles *q = &spread->wants.quantiles;
    float *deviation = spread->deviation[RESULT_OUTPUT],
          *quantile = spread->quantile[RESULT_OUTPUT];

    for (size_t row = 0; row < trials * bins; row++) {
        const real *x = thread->samples + row * count * n;
        size_t place = (offset * bins + row) * n;

        if (deviation)
            samples_deviations(deviation + place, x, n, count, n);
        if (quantile)
            samples_quantiles(quantile + place * q->count, q, x, n, count, n, thread->scratch);
    }
}

/* Keeps what the caller's own passes give alone: all but the spread of the output. */
static void keep_own(const struct passes *own, const struct results *results, size_t offset)
{
    struct results rest = *results;
    struct spread spread;

    if (rest.spread) {
        spread = *rest.spread;
        spread.deviation[RESULT_OUTPUT] = spread.quantile[RESULT_OUTPUT] = NULL;
        rest.spread = &spread;
    }
    passes_keep(own, &rest, offset);
}

void ensemble_keep(struct ensemble *ensemble, size_t thread, const struct passes *own, size_t first,
                   const struct results *results, size_t offset)
{
    struct ensemble *e = ensemble;
    struct ensemble_thread *t = e->others ? &e->thread[thread] : NULL;
    size_t width = results->width[RESULT_OUTPUT], bins = results->bins[RESULT_OUTPUT];
    size_t trials = own->decoder->trials, count = all_samples(e, &e->plan);
    double *means = results->values[RESULT_OUTPUT] + offset * width;
    struct results part = {.values = {NULL}};

    if (!t) {
        passes_keep(own, results, offset);
        return;
    }
    keep_own(own, results, offset);
    if (results->spread)
        passes_copy_samples(own, t->samples, 0, count);
    part.width[RESULT_OUTPUT] = width;
    part.bins[RESULT_OUTPUT] = bins;
    part.values[RESULT_OUTPUT] = t->means;
    for (size_t i = 0; i < e->others; i++) {
        passes_decode(&t->passes[i], first);
        passes_keep(&t->passes[i], &part, 0);
        if (results->spread)
            passes_copy_samples(&t->passes[i], t->samples, (i + 1) * e->plan.samples, count);
        for (size_t j = 0; j < trials * width; j++)
            means[j] += t->means[j];
    }
    for (size_t j = 0; j < trials * width; j++)
        means[j] /= (double)(e->others + 1);
    if (results->spread)
        keep_spread(e, t, results->spread, offset, trials, bins, width / bins);
}
