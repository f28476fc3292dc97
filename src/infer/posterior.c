/* posterior.c - the trained model on each trial: samples of its posterior, averaged, or the
 * posterior's means (training.md, "Kinds"). The entries are lfads_posterior_sample and
 * lfads_posterior_mean of the public header.
 *
 * Trials are encoded a group at a time, once, however many samples there are. Threads take groups;
 * there samples are decoded trial by trial, which stays near the processor. A device takes a group
 * and all its samples at once. A trial's noise is addressed by its number, so results do not depend
 * on groups or threads. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/progress.h"
#include "base/workers.h"
#include "infer/sampler.h"

enum {
    VALID_TRIALS = PHILOX_MAX_TRIAL / 2 /* where validation trials' numbers begin */
};

/* The block's trials from FIRST on. */
static void fill(const struct sampler *p, struct shard *s, size_t first)
{
    prefetched_copy(s->host_x, s->host_ext, &p->prefetched, first, s->trials);
    shard_upload(s);
}

static void draw_noise(const struct sampler *p, struct shard *s, size_t trial)
{
    struct philox_address from = {.seed = p->run->seed};

    shard_address_noise(s, (uint32_t)p->run->checkpoint.step,
                        (uint32_t)(trial + (p->set == SESSION_VALID ? VALID_TRIALS : 0)));
    shard_draw_noise(s, &from);
}

/* Means over a trial's SAMPLES of VALUES [T,R,ld], or [R,ld] for a result without bins, into the
 * block's place AT. */
static void keep_means(const struct sampler *p, const struct worker *w, enum result which,
                       size_t at, const real *values, size_t ld, size_t samples)
{
    const struct results *r = &p->results;
    const struct shard *s = w->decoder;
    size_t bins = r->bins[which] ? r->bins[which] : 1, n = r->width[which] / bins;
    double *into = r->values[which] + at * r->width[which];

    if (!r->width[which])
        return;
    s->be->average_samples(s->be, w->means ? w->means : into, values, ld, bins, s->trials, samples,
                           n);
    if (w->means)
        s->be->download(s->be, into, w->means, s->trials * r->width[which] * sizeof *into);
}

/* A row that all trials share. */
static void keep_row(const struct sampler *p, const struct worker *w, enum result which, size_t at,
                     const real *row)
{
    const struct results *r = &p->results;
    const struct shard *s = w->decoder;
    size_t n = r->width[which];
    double *into = r->values[which] + at * n;

    if (!n)
        return;
    s->be->average_samples(s->be, w->means ? w->means : into, row, n, 1, 1, 1, n);
    if (w->means)
        s->be->download(s->be, into, w->means, n * sizeof *into);
    for (size_t b = 1; b < s->trials; b++)
        memcpy(into + b * n, into, n * sizeof *into);
}

/* The bounds of each trial from its samples' costs. */
static void keep_costs(const struct sampler *p, const struct worker *w, size_t at)
{
    const struct shard *s = w->decoder;

    s->be->download(s->be, w->costs, s->cost[0],
                    cost_terms_count(s->rows, s->trials) * sizeof *w->costs);
    for (size_t b = 0; b < s->trials; b++) {
        struct row_costs own = costs_of_trial(w->costs, s->rows, s->trials, b);
        struct batch_costs costs;

        costs_sum(&costs, s->model, &own, p->l2, &p->ramps);
        p->results.values[RESULT_COST][at + b] = costs.total;
        p->results.values[RESULT_NLL_VAE][at + b] = costs.nll_vae;
        p->results.values[RESULT_NLL_IWAE][at + b] = costs.nll_iwae;
        p->results.values[RESULT_STEP][at + b] = (double)p->run->checkpoint.step;
    }
}

/* What the decoded shard holds of its trials into place AT of the block. */
static void keep(const struct sampler *p, const struct worker *w, size_t at)
{
    const struct shard *s = w->decoder;
    const struct model *m = s->model;
    size_t rows = s->rows, k = s->samples, g = m->gen_units, f = m->factors, ic = m->ic_dim;

    shard_output(s, w->output);
    keep_costs(p, w, at);
    keep_row(p, w, RESULT_PRIOR_G0_MEAN, at, s->w.prior_mean);
    keep_row(p, w, RESULT_PRIOR_G0_LOGVAR, at, s->prior_logvar);
    keep_means(p, w, RESULT_POST_G0_MEAN, at, s->ic_mean, ic, 1);
    keep_means(p, w, RESULT_POST_G0_LOGVAR, at, s->ic_logvar, ic, 1);
    keep_means(p, w, RESULT_GEN_ICS, at, s->gen.h, g, k);
    keep_means(p, w, RESULT_GEN_STATES, at, s->gen.h + rows * g, g, k);
    keep_means(p, w, RESULT_FACTORS, at, s->factors + rows * f, f, k);
    keep_means(p, w, RESULT_OUTPUT, at, w->output, model_outputs(m, s->session), k);
    keep_means(p, w, RESULT_CONTROLLER, at, s->gen_in, model_generator_inputs(m), k);
}

static void begin(const struct sampler *p, struct shard *s, size_t trials, size_t samples)
{
    shard_begin(s, p->session, trials, samples, p->latents, false, p->parameters, NULL, NULL);
}

/* Counts trials that are done. Callbacks belong to the caller's thread, which is the first. */
static void report_trials(struct sampler *p, size_t count, size_t thread)
{
    size_t done = atomic_fetch_add(&p->done, count) + count;
    double seconds = clock_seconds() - p->began;
    struct lfads_progress progress = {.what = "trials",
                                      .share = (double)done / (double)p->trials,
                                      .trials_per_second = (double)done / seconds,
                                      .seconds = seconds};

    if (thread == 0 && progress_report(p->run->callbacks, &progress))
        atomic_store(&p->stopped, true);
}

/* The group in one shard. */
static void run_together(struct sampler *p, size_t at, size_t count, size_t thread)
{
    const struct worker *w = &p->workers[thread];
    struct shard *s = w->decoder;

    begin(p, s, count, p->samples);
    fill(p, s, at);
    draw_noise(p, s, p->first + at);
    shard_forward(s);
    keep(p, w, at);
    report_trials(p, count, thread);
}

/* Each trial of the encoded group in a shard of its own. */
static void run_apart(struct sampler *p, size_t at, size_t count, size_t thread)
{
    const struct worker *w = &p->workers[thread];

    begin(p, w->encoder, count, 1);
    fill(p, w->encoder, at);
    shard_encode(w->encoder);
    for (size_t b = 0; b < count && !atomic_load(&p->stopped); b++) {
        begin(p, w->decoder, 1, p->samples);
        shard_take(w->decoder, w->encoder, b);
        draw_noise(p, w->decoder, p->first + at + b);
        shard_decode(w->decoder);
        keep(p, w, at + b);
        report_trials(p, 1, thread);
    }
}

static void run_group(void *payload, size_t group, size_t thread)
{
    struct sampler *p = payload;
    size_t at = group * p->group, count = p->count - at < p->group ? p->count - at : p->group;

    if (atomic_load(&p->stopped))
        return;
    if (p->workers[thread].encoder)
        run_apart(p, at, count, thread);
    else
        run_together(p, at, count, thread);
}

/* The original's lines for each trial of the block. */
static void report_block(const struct sampler *p)
{
    for (size_t i = 0; p->latents == POSTERIOR_SAMPLE && i < p->count; i++) {
        run_line(p->run, "Running %zu of %zu.", p->first + i + 1, p->trials);
        run_line(p->run, "bound nll(vae): %.3f, bound nll(iwae): %.3f",
                 p->results.values[RESULT_NLL_VAE][i], p->results.values[RESULT_NLL_IWAE][i]);
    }
}

static enum lfads_status run_blocks(struct sampler *p, struct results_file *file)
{
    const struct backend *be = p->run->be;
    struct batches *blocks;
    enum lfads_status status = batches_in_order(&blocks, p->session, p->trials, p->block, p->err);

    if (status != LFADS_OK)
        return status;
    prefetcher_begin(p->prefetcher, p->set, blocks->batch, blocks->count);
    p->first = 0;
    for (size_t i = 0; i < blocks->count && status == LFADS_OK; i++, p->first += p->count) {
        p->count = blocks->batch[i].count;
        status = prefetcher_next(&p->prefetched, p->prefetcher, p->err);
        if (status != LFADS_OK)
            break;
        workers_run(p->threads, (p->count + p->group - 1) / p->group, run_group, p);
        status = be->finish(be, p->err);
        if (status == LFADS_OK && atomic_load(&p->stopped))
            status = lfads_fail(p->err, LFADS_INTERRUPTED, "stopped before %s was written",
                                file->file.path);
        if (status == LFADS_OK)
            status = results_file_write(file, &p->results, p->first, p->count, p->err);
        if (status == LFADS_OK)
            report_block(p);
    }
    prefetcher_end(p->prefetcher);
    batches_free(blocks);
    return status;
}

/* Trials that are sampled of a set. */
static size_t trials_of(const struct run *p, size_t session, int set)
{
    size_t trials = p->dataset->sessions[session]->set[set].count;
    int64_t most = p->config->ps_nexamples_to_process;

    return (int64_t)trials > most ? (size_t)most : trials;
}

/* One set of one session to its file. */
static enum lfads_status run_set(struct sampler *p, const char *kind)
{
    const struct lfads_config *config = p->run->config;
    const struct session *session = p->run->dataset->sessions[p->session];
    size_t block = p->block;
    char name[FILE_PATH], path[FILE_PATH];
    struct results_file file = {.file = {.id = 0}};
    enum lfads_status status;

    p->trials = trials_of(p->run, p->session, p->set);
    if (p->trials == 0)
        return LFADS_OK;
    snprintf(name, sizeof name, "%s%s_%s_%s",
             *config->output_filename_stem ? config->output_filename_stem : "model_runs_",
             session->name, session_set_name(p->set), kind);
    run_line(p->run, "Writing data for %s data and kind %s.", session->name,
             session_set_name(p->set));
    p->began = clock_seconds();
    atomic_store(&p->done, 0);
    status = file_join(path, config->lfads_save_dir, name, p->err);
    if (status == LFADS_OK)
        status = results_create(&p->results, p->run->model, p->session,
                                p->trials < block ? p->trials : block, p->err);
    if (status == LFADS_OK)
        status = results_file_create(&file, path, &p->results, p->trials, p->run->threads, p->err);
    if (status == LFADS_OK)
        status = run_blocks(p, &file);
    if (status == LFADS_OK)
        status = results_file_commit(&file, p->err);
    results_file_discard(&file);
    results_free(&p->results);
    if (status == LFADS_OK)
        run_line(p->run, "Done.");
    return status;
}

static enum lfads_status check_disk(const struct sampler *p)
{
    const struct run *run = p->run;
    size_t bytes = 0;

    for (size_t s = 0; s < run->dataset->count; s++)
        for (int set = 0; set < SESSION_SETS; set++)
            bytes += results_disk_bytes(run->model, s, trials_of(run, s, set));
    return limits_check_disk(bytes, run->config->lfads_save_dir, "sampling",
                             "lower --ps_nexamples_to_process", p->err);
}

static enum lfads_status run(const struct lfads_config *config,
                             const struct lfads_callbacks *callbacks, enum latents latents,
                             const char *kind, struct lfads_error *err)
{
    struct sampler p = {.latents = latents, .err = err};
    enum lfads_status status = run_open(&p.run, config, false, callbacks, err);

    if (status != LFADS_OK)
        return status;
    p.samples = latents == POSTERIOR_MEAN ? 1 : (size_t)p.run->config->batch_size;
    status = check_disk(&p);
    if (status == LFADS_OK)
        status = sampler_create(&p);
    if (status == LFADS_OK)
        status = run_parameters(&p.parameters, p.run, err);
    if (status == LFADS_OK)
        status = costs_l2_value(&p.l2, p.run->be, p.run->model, p.parameters, err);
    if (status == LFADS_OK) {
        p.ramps = costs_ramps(p.run->config, p.run->checkpoint.step);
        status = run_write_hyperparams(p.run, kind, err);
    }
    for (p.session = 0; p.session < p.run->dataset->count && status == LFADS_OK; p.session++)
        for (int set = 0; set < SESSION_SETS && status == LFADS_OK; set++) {
            p.set = (enum session_set)set;
            status = run_set(&p, kind);
        }
    sampler_release(&p);
    return status;
}

enum lfads_status lfads_posterior_sample(const struct lfads_config *config,
                                         const struct lfads_callbacks *callbacks,
                                         struct lfads_error *err)
{
    return run(config, callbacks, POSTERIOR_SAMPLE, "posterior_sample_and_average", err);
}

enum lfads_status lfads_posterior_mean(const struct lfads_config *config,
                                       const struct lfads_callbacks *callbacks,
                                       struct lfads_error *err)
{
    return run(config, callbacks, POSTERIOR_MEAN, "posterior_push_mean", err);
}
