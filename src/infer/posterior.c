/* posterior.c - the trained model on each trial: samples of its posterior, averaged, or the
 * posterior's means (training.md, "Kinds"). The entries are lfads_posterior_sample and
 * lfads_posterior_mean of the public header.
 *
 * Trials are encoded a group at a time, once, however many samples there are; samples are decoded
 * trial by trial. Threads take groups; a trial's noise is addressed by its number, so results do
 * not depend on groups or threads. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/workers.h"
#include "infer/results.h"
#include "model/costs.h"
#include "save/project.h"

enum {
    GROUP = 16,                         /* trials encoded at once */
    BLOCK_GROUPS = 4,                   /* groups a thread between two writes */
    VALID_TRIALS = PHILOX_MAX_TRIAL / 2 /* where validation trials' numbers begin */
};

/* A run over the trials of a project. */
struct sampler {
    struct project *project;
    real *parameters;
    struct cost_ramps ramps; /* at the checkpoint's step */
    double l2;
    enum shard_draw draw;
    size_t samples;                      /* of each trial; 1 for means */
    struct shard **encoders, **decoders; /* one a thread */
    real **outputs;                      /* one a thread: output distribution of a decoder's rows */
    /* the set in progress */
    size_t session, trials, first, count; /* first, count: the block */
    enum session_set set;
    struct results results;
    double began;
    struct lfads_error *err;
};

static void fill(const struct sampler *p, struct shard *s, size_t first)
{
    const struct session *session = p->project->dataset->sessions[p->session];
    size_t n = session->channels, e = session->ext_inputs;

    for (size_t b = 0; b < s->trials; b++) {
        session_copy_trial(s->x + b * n, s->trials * n, session, p->set, first + b);
        if (e)
            session_copy_ext(s->ext + b * e, s->trials * e, session, p->set, first + b);
    }
}

static void draw_noise(const struct sampler *p, struct shard *s, size_t trial)
{
    struct philox_address from = {
        .seed = p->project->seed,
        .step = (uint32_t)p->project->checkpoint.step,
        .trial = (uint32_t)(trial + (p->set == SESSION_VALID ? VALID_TRIALS : 0))};

    shard_draw_noise(s, &from);
}

/* Averages trial B of the decoded shard into place AT of the block. */
static void keep(const struct sampler *p, const struct shard *s, const real *output, size_t b,
                 size_t at)
{
    const struct model *m = s->model;
    const struct results *r = &p->results;
    size_t rows = s->rows, k = s->samples, row = b * k, g = m->gen_units, f = m->factors;
    size_t o = r->width[RESULT_OUTPUT] / m->bins, ic = m->ic_dim;
    struct row_costs own = {.loglik = s->loglik + row,
                            .kl_ic = s->kl_ic + b,
                            .kl_co = s->kl_co + row,
                            .corr = s->corr + row,
                            .rows = k,
                            .samples = k};
    struct batch_costs costs;

    costs_sum(&costs, m, &own, p->l2, &p->ramps);
    if (ic) {
        average_rows(r->values[RESULT_PRIOR_G0_MEAN] + at * ic, s->w.prior_mean, ic, 1, 1, 0, 1,
                     ic);
        average_rows(r->values[RESULT_PRIOR_G0_LOGVAR] + at * ic, s->prior_logvar, ic, 1, 1, 0, 1,
                     ic);
        average_rows(r->values[RESULT_POST_G0_MEAN] + at * ic, s->ic_mean, ic, 1, s->trials, b, 1,
                     ic);
        average_rows(r->values[RESULT_POST_G0_LOGVAR] + at * ic, s->ic_logvar, ic, 1, s->trials, b,
                     1, ic);
    }
    average_rows(r->values[RESULT_GEN_ICS] + at * g, s->gen.h, g, 1, rows, row, k, g);
    average_rows(r->values[RESULT_GEN_STATES] + at * m->bins * g, s->gen.h + rows * g, g, m->bins,
                 rows, row, k, g);
    average_rows(r->values[RESULT_FACTORS] + at * m->bins * f, s->factors + rows * f, f, m->bins,
                 rows, row, k, f);
    average_rows(r->values[RESULT_OUTPUT] + at * m->bins * o, output, o, m->bins, rows, row, k, o);
    if (m->co_dim)
        average_rows(r->values[RESULT_CONTROLLER] + at * m->bins * m->co_dim, s->gen_in,
                     model_generator_inputs(m), m->bins, rows, row, k, m->co_dim);
    r->values[RESULT_COST][at] = costs.total;
    r->values[RESULT_NLL_VAE][at] = costs.nll_vae;
    r->values[RESULT_NLL_IWAE][at] = costs.nll_iwae;
    r->values[RESULT_STEP][at] = (double)p->project->checkpoint.step;
}

/* Means: the group is decoded as it was encoded. */
static void run_means(const struct sampler *p, struct shard *s, real *output, size_t at)
{
    draw_noise(p, s, p->first + at);
    shard_decode(s);
    shard_output(s, output);
    for (size_t b = 0; b < s->trials; b++)
        keep(p, s, output, b, at + b);
}

/* Samples: each trial of the encoded group in a shard of its own. */
static void run_samples(const struct sampler *p, const struct shard *encoded, struct shard *s,
                        real *output, size_t at)
{
    for (size_t b = 0; b < encoded->trials; b++) {
        shard_begin(s, p->session, 1, p->samples, DRAW_SAMPLE, false, p->parameters, NULL, NULL);
        shard_take(s, encoded, b);
        draw_noise(p, s, p->first + at + b);
        shard_decode(s);
        shard_output(s, output);
        keep(p, s, output, 0, at + b);
    }
}

static void run_group(void *payload, size_t group, size_t thread)
{
    const struct sampler *p = payload;
    struct shard *s = p->encoders[thread];
    size_t at = group * GROUP, count = p->count - at < GROUP ? p->count - at : GROUP;

    shard_begin(s, p->session, count, 1, p->draw, false, p->parameters, NULL, NULL);
    fill(p, s, p->first + at);
    shard_encode(s);
    if (p->draw == DRAW_MEAN)
        run_means(p, s, p->outputs[thread], at);
    else
        run_samples(p, s, p->decoders[thread], p->outputs[thread], at);
}

static void report(const struct sampler *p)
{
    const struct lfads_callbacks *callbacks = p->project->callbacks;
    size_t done = p->first + p->count;
    double seconds = clock_seconds() - p->began;
    struct lfads_progress progress = {.what = "trials",
                                      .share = (double)done / (double)p->trials,
                                      .trials_per_second = (double)done / seconds,
                                      .seconds = seconds};

    for (size_t i = 0; p->draw == DRAW_SAMPLE && i < p->count; i++) {
        project_line(p->project, "Running %zu of %zu.", p->first + i + 1, p->trials);
        project_line(p->project, "bound nll(vae): %.3f, bound nll(iwae): %.3f",
                     p->results.values[RESULT_NLL_VAE][i], p->results.values[RESULT_NLL_IWAE][i]);
    }
    if (callbacks && callbacks->progress)
        callbacks->progress(callbacks->payload, &progress);
}

static enum lfads_status run_blocks(struct sampler *p, struct results_file *file)
{
    size_t block = p->project->threads * BLOCK_GROUPS * GROUP;
    enum lfads_status status = LFADS_OK;

    for (p->first = 0; p->first < p->trials && status == LFADS_OK; p->first += p->count) {
        p->count = p->trials - p->first < block ? p->trials - p->first : block;
        workers_run(p->project->threads, (p->count + GROUP - 1) / GROUP, run_group, p);
        status = results_file_write(file, &p->results, p->first, p->count, p->err);
        if (status == LFADS_OK)
            report(p);
        if (status == LFADS_OK && project_stopped(p->project))
            status = lfads_fail(p->err, LFADS_INTERRUPTED, "stopped before %s was written",
                                file->file.path);
    }
    return status;
}

/* One set of one session to its file. */
static enum lfads_status run_set(struct sampler *p, const char *kind)
{
    const struct lfads_config *config = p->project->config;
    const struct session *session = p->project->dataset->sessions[p->session];
    size_t block = p->project->threads * BLOCK_GROUPS * GROUP;
    char name[FILE_PATH], path[FILE_PATH];
    struct results_file file = {.file = {.id = 0}};
    enum lfads_status status;

    p->trials = session->set[p->set].count;
    if ((int64_t)p->trials > config->ps_nexamples_to_process)
        p->trials = (size_t)config->ps_nexamples_to_process;
    if (p->trials == 0)
        return LFADS_OK;
    snprintf(name, sizeof name, "%s%s_%s_%s",
             *config->output_filename_stem ? config->output_filename_stem : "model_runs_",
             session->name, session_set_name(p->set), kind);
    project_line(p->project, "Writing data for %s data and kind %s.", session->name,
                 session_set_name(p->set));
    p->began = clock_seconds();
    status = file_join(path, config->lfads_save_dir, name, p->err);
    if (status == LFADS_OK)
        status = results_create(&p->results, p->project->model, p->session,
                                p->trials < block ? p->trials : block, p->err);
    if (status == LFADS_OK)
        status =
            results_file_create(&file, path, &p->results, p->trials, p->project->threads, p->err);
    if (status == LFADS_OK)
        status = run_blocks(p, &file);
    if (status == LFADS_OK)
        status = results_file_commit(&file, p->err);
    results_file_discard(&file);
    results_free(&p->results);
    if (status == LFADS_OK)
        project_line(p->project, "Done.");
    return status;
}

static enum lfads_status create(struct sampler *p)
{
    const struct model *m = p->project->model;
    size_t threads = p->project->threads, widest = 0;
    size_t rows = p->draw == DRAW_MEAN ? GROUP : p->samples;
    enum lfads_status status = LFADS_OK;

    for (size_t s = 0; s < m->n_sessions; s++)
        widest = m->sessions[s].channels > widest ? m->sessions[s].channels : widest;
    status = memory_check(
        m->size * sizeof(real) +
            threads *
                (shard_bytes(m, GROUP, 1, false) + m->bins * rows * widest * 2 * sizeof(real) +
                 (p->draw == DRAW_SAMPLE ? shard_bytes(m, 1, p->samples, false) : 0)),
        "sampling", "--batch_size or --threads", p->err);
    if (status != LFADS_OK)
        return status;
    p->parameters = memory_create(m->size * sizeof(real));
    p->encoders = calloc(threads, sizeof(struct shard *));
    p->decoders = calloc(threads, sizeof(struct shard *));
    p->outputs = calloc(threads, sizeof(real *));
    if (!p->parameters || !p->encoders || !p->decoders || !p->outputs)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory to sample");
    for (size_t i = 0; i < threads && status == LFADS_OK; i++) {
        p->outputs[i] = calloc(m->bins * rows * widest * 2, sizeof(real));
        if (!p->outputs[i])
            return lfads_fail(p->err, LFADS_NO_MEMORY,
                              "no memory for %zu rows of output: lower --batch_size or --threads",
                              rows);
        status = shard_create(&p->encoders[i], p->project->be, m, GROUP, 1, false, p->err);
        if (status == LFADS_OK && p->draw == DRAW_SAMPLE)
            status = shard_create(&p->decoders[i], p->project->be, m, 1, p->samples, false, p->err);
    }
    return status;
}

static void release(struct sampler *p)
{
    for (size_t i = 0; i < p->project->threads; i++) {
        shard_free(p->encoders ? p->encoders[i] : NULL);
        shard_free(p->decoders ? p->decoders[i] : NULL);
        free(p->outputs ? p->outputs[i] : NULL);
    }
    free(p->encoders);
    free(p->decoders);
    free(p->outputs);
    free(p->parameters);
    project_close(p->project);
}

static enum lfads_status run(const struct lfads_config *config,
                             const struct lfads_callbacks *callbacks, enum shard_draw draw,
                             const char *kind, struct lfads_error *err)
{
    struct sampler p = {.draw = draw, .err = err};
    enum lfads_status status = project_open(&p.project, config, false, callbacks, err);

    if (status != LFADS_OK)
        return status;
    p.samples = draw == DRAW_MEAN ? 1 : (size_t)p.project->config->batch_size;
    status = create(&p);
    if (status == LFADS_OK)
        status = checkpoint_read_parameters(p.parameters, NULL, NULL, p.project->checkpoint_path,
                                            p.project->model, NULL, err);
    if (status == LFADS_OK) {
        p.ramps = costs_ramps(p.project->config, p.project->checkpoint.step);
        p.l2 = costs_l2(p.project->be, p.project->model, p.parameters);
        status = project_write_hyperparams(p.project, kind, err);
    }
    for (p.session = 0; p.session < p.project->dataset->count && status == LFADS_OK; p.session++)
        for (int set = 0; set < SESSION_SETS && status == LFADS_OK; set++) {
            p.set = (enum session_set)set;
            status = run_set(&p, kind);
        }
    release(&p);
    return status;
}

enum lfads_status lfads_posterior_sample(const struct lfads_config *config,
                                         const struct lfads_callbacks *callbacks,
                                         struct lfads_error *err)
{
    return run(config, callbacks, DRAW_SAMPLE, "posterior_sample_and_average", err);
}

enum lfads_status lfads_posterior_mean(const struct lfads_config *config,
                                       const struct lfads_callbacks *callbacks,
                                       struct lfads_error *err)
{
    return run(config, callbacks, DRAW_MEAN, "posterior_push_mean", err);
}
