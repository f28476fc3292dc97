/* posterior.c - the trained model on each trial: samples of its posterior, averaged, or the
 * posterior's means (training.md, "Kinds"). The entries are lfads_posterior_sample and
 * lfads_posterior_mean of the public header.
 *
 * Trials are encoded a group at a time, once, however many samples there are. Threads take groups;
 * there samples are decoded trial by trial, which stays near the processor. A device takes a group
 * and all its samples at once. A trial's noise is addressed by its number, so results do not depend
 * on groups or threads. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/host_memory.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/progress.h"
#include "base/workers.h"
#include "data/portion.h"
#include "infer/results.h"
#include "model/costs.h"
#include "save/project.h"

enum {
    GROUP = 16,                         /* trials encoded at once by a thread */
    DEVICE_ROWS = 1 << 14,              /* trials times samples of a device's group, if they fit */
    BLOCK_GROUPS = 4,                   /* groups a thread between two writes */
    VALID_TRIALS = PHILOX_MAX_TRIAL / 2 /* where validation trials' numbers begin */
};

/* What one thread works with. */
struct worker {
    struct shard *encoder; /* of a group, where it is decoded trial by trial; else NULL */
    struct shard *decoder;
    real *output; /* the backend's: output distribution of the decoder's rows */
    acc *means; /* the backend's: room for any result of the decoder's trials; NULL with host_memory
                 */
    acc *costs; /* the host's: as the decoder's shard has them */
};

/* A run over the trials of a project. */
struct sampler {
    struct project *project;
    real *parameters;        /* the backend's */
    struct cost_ramps ramps; /* at the checkpoint's step */
    double l2;
    enum shard_draw draw;
    size_t samples; /* of each trial; 1 for means */
    size_t group;   /* trials encoded at once */
    size_t threads;
    struct worker *workers; /* one a thread */
    /* the set in progress */
    size_t session, trials, first, count; /* first, count: the block */
    enum session_set set;
    struct portions *portions; /* the blocks' trials */
    struct portion portion;    /* the block's */
    struct results results;
    double began;
    atomic_size_t done;  /* of the set's trials */
    atomic_bool stopped; /* the caller wants no more */
    struct lfads_error *err;
};

/* The block's trials from FIRST on. */
static void fill(const struct sampler *p, struct shard *s, size_t first)
{
    portion_copy(s->host_x, s->host_ext, &p->portion, first, s->trials);
    shard_upload(s);
}

static void draw_noise(const struct sampler *p, struct shard *s, size_t trial)
{
    struct philox_address from = {.seed = p->project->seed};

    shard_place_noise(s, (uint32_t)p->project->checkpoint.step,
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
    size_t k = s->samples, rows = s->rows;

    s->be->download(s->be, w->costs, s->loglik, shard_costs(rows, s->trials) * sizeof *w->costs);
    for (size_t b = 0; b < s->trials; b++) {
        struct row_costs own = {.loglik = w->costs + b * k,
                                .kl_co = w->costs + rows + b * k,
                                .corr = w->costs + 2 * rows + b * k,
                                .kl_ic = w->costs + 3 * rows + b,
                                .rows = k,
                                .samples = k};
        struct batch_costs costs;

        costs_sum(&costs, s->model, &own, p->l2, &p->ramps);
        p->results.values[RESULT_COST][at + b] = costs.total;
        p->results.values[RESULT_NLL_VAE][at + b] = costs.nll_vae;
        p->results.values[RESULT_NLL_IWAE][at + b] = costs.nll_iwae;
        p->results.values[RESULT_STEP][at + b] = (double)p->project->checkpoint.step;
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
    shard_begin(s, p->session, trials, samples, p->draw, false, p->parameters, NULL, NULL);
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

    if (thread == 0 && progress_report(p->project->callbacks, &progress))
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
    for (size_t i = 0; p->draw == DRAW_SAMPLE && i < p->count; i++) {
        project_line(p->project, "Running %zu of %zu.", p->first + i + 1, p->trials);
        project_line(p->project, "bound nll(vae): %.3f, bound nll(iwae): %.3f",
                     p->results.values[RESULT_NLL_VAE][i], p->results.values[RESULT_NLL_IWAE][i]);
    }
}

/* Trials of a block. */
static size_t block_of(const struct sampler *p) { return p->threads * BLOCK_GROUPS * p->group; }

static enum lfads_status run_blocks(struct sampler *p, struct results_file *file)
{
    const struct backend *be = p->project->be;
    struct batches *blocks;
    enum lfads_status status =
        batches_in_order(&blocks, p->session, p->trials, block_of(p), p->err);

    if (status != LFADS_OK)
        return status;
    portions_begin(p->portions, p->set, blocks->batch, blocks->count);
    p->first = 0;
    for (size_t i = 0; i < blocks->count && status == LFADS_OK; i++, p->first += p->count) {
        p->count = blocks->batch[i].count;
        status = portions_next(&p->portion, p->portions, p->err);
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
    portions_end(p->portions);
    batches_free(blocks);
    return status;
}

/* Trials that are sampled of a set. */
static size_t trials_of(const struct project *p, size_t session, int set)
{
    size_t trials = p->dataset->sessions[session]->set[set].count;
    int64_t most = p->config->ps_nexamples_to_process;

    return (int64_t)trials > most ? (size_t)most : trials;
}

/* One set of one session to its file. */
static enum lfads_status run_set(struct sampler *p, const char *kind)
{
    const struct lfads_config *config = p->project->config;
    const struct session *session = p->project->dataset->sessions[p->session];
    size_t block = block_of(p);
    char name[FILE_PATH], path[FILE_PATH];
    struct results_file file = {.file = {.id = 0}};
    enum lfads_status status;

    p->trials = trials_of(p->project, p->session, p->set);
    if (p->trials == 0)
        return LFADS_OK;
    snprintf(name, sizeof name, "%s%s_%s_%s",
             *config->output_filename_stem ? config->output_filename_stem : "model_runs_",
             session->name, session_set_name(p->set), kind);
    project_line(p->project, "Writing data for %s data and kind %s.", session->name,
                 session_set_name(p->set));
    p->began = clock_seconds();
    atomic_store(&p->done, 0);
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

/* Numbers of the widest session's output, and of the widest result of a trial. */
static void find_widest(const struct model *m, size_t *output, size_t *result)
{
    *output = 0;
    for (size_t s = 0; s < m->n_sessions; s++) {
        size_t width = m->bins * model_outputs(m, s);

        *output = width > *output ? width : *output;
    }
    *result = *output;
    *result = m->bins * m->gen_units > *result ? m->bins * m->gen_units : *result;
    *result = m->bins * m->factors > *result ? m->bins * m->factors : *result;
    *result = m->bins * m->co_dim > *result ? m->bins * m->co_dim : *result;
    *result = m->ic_dim > *result ? m->ic_dim : *result;
}

/* Whether threads decode an encoded group's trials one by one. */
static bool is_apart(const struct sampler *p)
{
    return p->draw == DRAW_SAMPLE && p->project->be->host_memory;
}

/* Bytes of the backend's memory for one worker. */
static size_t worker_bytes(const struct sampler *p)
{
    const struct backend *be = p->project->be;
    const struct model *m = p->project->model;
    size_t trials = is_apart(p) ? 1 : p->group, output, result;

    find_widest(m, &output, &result);
    return shard_bytes(be, m, trials, p->samples, false) +
           (is_apart(p) ? shard_bytes(be, m, p->group, 1, false) : 0) +
           trials * p->samples * output * sizeof(real) +
           (be->host_memory ? 0 : trials * result * sizeof(acc));
}

/* Threads and the trials of a group: on a device as many as fit into what is free of its memory. */
static enum lfads_status choose_sizes(struct sampler *p)
{
    const struct backend *be = p->project->be;
    size_t parameters = p->project->model->size * sizeof(real);

    p->threads = be->host_memory ? p->project->threads : 1;
    p->group = GROUP;
    if (!be->host_memory) {
        p->group = DEVICE_ROWS / p->samples > 0 ? DEVICE_ROWS / p->samples : 1;
        while (p->group > 1 && parameters + worker_bytes(p) > be->memory_available(be) / 10 * 9)
            p->group /= 2;
    }
    return backend_check_memory(be, parameters + p->threads * worker_bytes(p), "sampling",
                                be->host_memory ? "--batch_size or --threads" : "--batch_size",
                                p->err);
}

static enum lfads_status create_worker(struct worker *w, const struct sampler *p)
{
    const struct backend *be = p->project->be;
    const struct model *m = p->project->model;
    size_t trials = is_apart(p) ? 1 : p->group, rows = trials * p->samples, output, result;
    enum lfads_status status = shard_create(&w->decoder, be, m, trials, p->samples, false, p->err);

    if (status == LFADS_OK && is_apart(p))
        status = shard_create(&w->encoder, be, m, p->group, 1, false, p->err);
    if (status != LFADS_OK)
        return status;
    find_widest(m, &output, &result);
    w->output = be->memory_create(be, rows * output * sizeof *w->output);
    w->means = be->host_memory ? NULL : be->memory_create(be, trials * result * sizeof *w->means);
    w->costs = be->host_create(be, shard_costs(rows, trials) * sizeof *w->costs);
    return w->output && w->costs && (w->means || be->host_memory)
               ? LFADS_OK
               : lfads_fail(p->err, LFADS_NO_MEMORY,
                            "no memory for %zu rows of output: lower --batch_size or --threads",
                            rows);
}

static enum lfads_status create(struct sampler *p)
{
    enum lfads_status status = choose_sizes(p);

    if (status == LFADS_OK)
        status = portions_create(&p->portions, p->project->dataset, block_of(p), p->err);
    if (status != LFADS_OK)
        return status;
    p->workers = calloc(p->threads, sizeof *p->workers);
    if (!p->workers)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory to sample");
    for (size_t i = 0; i < p->threads && status == LFADS_OK; i++)
        status = create_worker(&p->workers[i], p);
    return status;
}

static void release(struct sampler *p)
{
    const struct backend *be = p->project->be;

    for (size_t i = 0; p->workers && i < p->threads; i++) {
        shard_free(p->workers[i].encoder);
        shard_free(p->workers[i].decoder);
        be->memory_free(be, p->workers[i].output);
        be->memory_free(be, p->workers[i].means);
        be->host_free(be, p->workers[i].costs);
    }
    free(p->workers);
    be->memory_free(be, p->parameters);
    portions_free(p->portions);
    project_close(p->project);
}

static enum lfads_status check_disk(const struct sampler *p)
{
    const struct project *project = p->project;
    size_t bytes = 0;

    for (size_t s = 0; s < project->dataset->count; s++)
        for (int set = 0; set < SESSION_SETS; set++)
            bytes += results_bytes(project->model, s, trials_of(project, s, set));
    return limits_check_disk(bytes, project->config->lfads_save_dir, "sampling",
                             "lower --ps_nexamples_to_process", p->err);
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
    status = check_disk(&p);
    if (status == LFADS_OK)
        status = create(&p);
    if (status == LFADS_OK)
        status = project_parameters(&p.parameters, p.project, err);
    if (status == LFADS_OK)
        status = costs_l2_alone(&p.l2, p.project->be, p.project->model, p.parameters, err);
    if (status == LFADS_OK) {
        p.ramps = costs_ramps(p.project->config, p.project->checkpoint.step);
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
