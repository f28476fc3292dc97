/* train.c - the loop over epochs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/train.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/batches.h"
#include "save/index.h"
#include "save/lock.h"
#include "train/fitlog.h"
#include "train/schedule.h"

/* A run in progress. */
struct trainer {
    struct project *project;
    struct lock lock; /* of the save directory */
    struct learner *learner;
    struct batches *batches[SESSION_SETS];
    struct schedule schedule;
    struct schedule_rules rules;
    char *hyperparameters;
    char csv[FILE_PATH];       /* "": no table */
    int64_t step, epoch;       /* updates done; the epoch in progress */
    size_t done;               /* batches of it that are done */
    struct epoch_costs sums;   /* of them; l2 and the weights: of the last one */
    double gradient_norm;      /* of the last batch */
    double began, epoch_began; /* seconds of the clock */
    size_t epoch_first;        /* batches done when the clock was read */
    struct lfads_error *err;
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- batches into shards ---- */

struct feed {
    struct trainer *trainer;
    const struct batch *batch;
    enum session_set set;
    uint32_t step, place; /* of the batch's noise: its step and its first trial's place */
};

static void jitter(const struct feed *feed, struct shard *s, size_t trial, size_t first)
{
    const struct project *p = feed->trainer->project;
    size_t n = model_channels(s->model, s->session);

    jitter_trial(s->x + trial * n, s->trials * n, s->scratch, s->model->bins, n,
                 (size_t)p->config->temporal_spike_jitter_width, p->seed, feed->step,
                 (uint32_t)s->session, feed->place + (uint32_t)(first + trial));
}

static void fill(void *payload, struct shard *s, size_t first)
{
    const struct feed *feed = payload;
    const struct project *p = feed->trainer->project;
    const struct session *session = p->dataset->sessions[s->session];
    size_t n = session->channels, e = session->ext_inputs;
    /* training and validation may meet at one step: the sample tells their noise apart */
    struct philox_address from = {.seed = p->seed,
                                  .step = feed->step,
                                  .trial = feed->place + (uint32_t)first,
                                  .sample = feed->set == SESSION_VALID};

    for (size_t b = 0; b < s->trials; b++) {
        size_t trial = feed->batch->trials[first + b];

        session_copy_trial(s->x + b * n, s->trials * n, session, feed->set, trial);
        if (e)
            session_copy_ext(s->ext + b * e, s->trials * e, session, feed->set, trial);
        if (feed->set == SESSION_TRAIN && p->config->temporal_spike_jitter_width > 0)
            jitter(feed, s, b, first);
    }
    shard_draw_noise(s, &from);
}

static struct batch_source source_of(const struct feed *feed)
{
    bool dropout = feed->set == SESSION_TRAIN && feed->trainer->project->model->keep_prob < 1;

    return (struct batch_source){.session = feed->batch->session,
                                 .trials = feed->trainer->batches[feed->set]->batch_size,
                                 .dropout = dropout,
                                 .fill = fill,
                                 .payload = (void *)feed};
}

static void add_costs(struct epoch_costs *sums, const struct batch_costs *costs,
                      const struct cost_ramps *ramps)
{
    sums->total += costs->total;
    sums->recon += costs->recon;
    sums->kl += costs->kl;
    sums->corr += costs->corr;
    sums->l2 = costs->l2;
    sums->kl_weight = ramps->kl;
    sums->l2_weight = ramps->l2;
}

static struct epoch_costs means(struct epoch_costs sums, size_t count)
{
    sums.total /= (double)count;
    sums.recon /= (double)count;
    sums.kl /= (double)count;
    sums.corr /= (double)count;
    return sums;
}

/* ---- checkpoints ---- */

static enum lfads_status save(struct trainer *t, const char *kind, const char *index, size_t keep)
{
    const struct lfads_config *config = t->project->config;
    struct checkpoint checkpoint = {.step = t->step,
                                    .epoch = t->epoch,
                                    .batches = (int64_t)t->done,
                                    .seed = t->project->seed,
                                    .learning_rate = (double)t->schedule.learning_rate,
                                    .lowest_valid = t->schedule.lowest_valid,
                                    .costs = t->schedule.costs,
                                    .n_costs = t->schedule.n_costs,
                                    .recorded = t->schedule.recorded,
                                    .hyperparameters = t->hyperparameters};
    char name[FILE_PATH], path[FILE_PATH];
    enum lfads_status status;

    memcpy(checkpoint.sums, &t->sums, sizeof t->sums);
    snprintf(name, sizeof name, "%s%s.ckpt-%" PRId64, config->checkpoint_name, kind, t->step);
    status = file_join(path, config->lfads_save_dir, name, t->err);
    if (status == LFADS_OK)
        status = checkpoint_write(path, t->project->model, &checkpoint, t->learner->parameters,
                                  t->learner->m, t->learner->v, t->err);
    if (status == LFADS_OK)
        status = index_add(config->lfads_save_dir, index, path, keep, t->err);
    return status;
}

static enum lfads_status save_latest(struct trainer *t)
{
    return save(t, "", "checkpoint", (size_t)t->project->config->max_ckpt_to_keep);
}

static enum lfads_status save_lowest(struct trainer *t)
{
    return save(t, "_lve", "checkpoint_lve", (size_t)t->project->config->max_ckpt_to_keep_lve);
}

/* ---- epochs ---- */

static void report_progress(const struct trainer *t)
{
    const struct lfads_callbacks *callbacks = t->project->callbacks;
    const struct batches *batches = t->batches[SESSION_TRAIN];
    double seconds = now();
    struct lfads_progress progress = {
        .what = "epoch",
        .share = (double)t->done / (double)batches->count,
        .epoch = t->epoch,
        .step = t->step,
        .trials_per_second =
            (double)((t->done - t->epoch_first) * batches->batch_size) / (seconds - t->epoch_began),
        .learning_rate = (double)t->schedule.learning_rate,
        .seconds = seconds - t->began,
    };

    if (callbacks && callbacks->progress)
        callbacks->progress(callbacks->payload, &progress);
}

static enum lfads_status refuse_infinite(const struct trainer *t, const struct batch_costs *costs)
{
    const char *which = !isfinite(costs->recon)   ? "reconstruction cost"
                        : !isfinite(costs->kl)    ? "KL cost"
                        : !isfinite(costs->l2)    ? "L2 cost"
                        : !isfinite(costs->total) ? "total cost"
                                                  : "gradient";

    return lfads_fail(t->err, LFADS_NUMERIC,
                      "the %s is not finite at step %" PRId64 " (epoch %" PRId64 "): the last "
                      "checkpoint is kept; lower --learning_rate_init or --cell_clip_value",
                      which, t->step, t->epoch);
}

static enum lfads_status train_batch(struct trainer *t)
{
    const struct batch *batch = &t->batches[SESSION_TRAIN]->batch[t->done];
    struct feed feed = {
        .trainer = t, .batch = batch, .set = SESSION_TRAIN, .step = (uint32_t)t->step};
    struct batch_source source = source_of(&feed);
    struct cost_ramps ramps = costs_ramps(t->project->config, t->step);
    struct batch_costs costs;

    learner_differentiate(t->learner, &costs, &source, &ramps);
    costs.gradient_norm = learner_norm(t->learner);
    if (!isfinite(costs.total) || !isfinite(costs.gradient_norm))
        return refuse_infinite(t, &costs);
    t->step++;
    learner_update(t->learner, costs.gradient_norm, (double)t->schedule.learning_rate, t->step);
    add_costs(&t->sums, &costs, &ramps);
    t->gradient_norm = costs.gradient_norm;
    t->done++;
    report_progress(t);
    return LFADS_OK;
}

/* All batches of the epoch that are not done. A request to stop saves the place within it. */
static enum lfads_status train_epoch(struct trainer *t)
{
    enum lfads_status status = LFADS_OK;

    batches_deal(t->batches[SESSION_TRAIN], t->project->dataset, SESSION_TRAIN, t->project->seed,
                 (uint32_t)t->epoch);
    t->epoch_began = now();
    t->epoch_first = t->done;
    while (status == LFADS_OK && t->done < t->batches[SESSION_TRAIN]->count) {
        status = train_batch(t);
        if (status == LFADS_OK && project_stopped(t->project)) {
            status = save_latest(t);
            if (status == LFADS_OK)
                return lfads_fail(t->err, LFADS_INTERRUPTED,
                                  "stopped at step %" PRId64 "; the same command continues",
                                  t->step);
        }
    }
    return status;
}

/* Sets the epoch's validation costs; false where there is no validation data. */
static bool validate(struct trainer *t, struct epoch_costs *valid)
{
    struct batches *batches = t->batches[SESSION_VALID];
    struct cost_ramps ramps = costs_ramps(t->project->config, t->step);
    struct batch_costs costs;

    *valid = (struct epoch_costs){0};
    batches_deal(batches, t->project->dataset, SESSION_VALID, t->project->seed, (uint32_t)t->epoch);
    for (size_t i = 0; i < batches->count; i++) {
        struct feed feed = {.trainer = t,
                            .batch = &batches->batch[i],
                            .set = SESSION_VALID,
                            .step = (uint32_t)t->step,
                            .place = (uint32_t)(i * batches->batch_size)};
        struct batch_source source = source_of(&feed);

        learner_evaluate(t->learner, &costs, &source, &ramps);
        add_costs(valid, &costs, &ramps);
    }
    if (batches->count)
        *valid = means(*valid, batches->count);
    return batches->count > 0;
}

static void report_details(const struct trainer *t)
{
    const struct batches *batches = t->batches[SESSION_TRAIN];
    double seconds = now() - t->epoch_began;
    double trials = (double)((t->done - t->epoch_first) * batches->batch_size);

    project_line(t->project,
                 "     %.1f s with validation, %.0f training trials/s, learning rate %g, "
                 "gradient norm %g",
                 seconds, trials / seconds, (double)t->schedule.learning_rate, t->gradient_norm);
}

static enum lfads_status report_epoch(const struct trainer *t, const struct fitlog_row *row)
{
    char text[600];

    fitlog_line(text, sizeof text, row);
    project_line(t->project, "%s", text);
    if (t->project->config->verbose)
        report_details(t);
    if (!*t->csv)
        return LFADS_OK;
    fitlog_csv(text, sizeof text, row);
    return file_append(t->csv, text, t->err);
}

/* After the epoch's last batch: validation, log, learning rate, checkpoints. */
static enum lfads_status finish_epoch(struct trainer *t)
{
    const struct lfads_config *config = t->project->config;
    struct fitlog_row row = {.epoch = t->epoch, .step = t->step};
    enum lfads_status status;
    bool lowest;

    row.train = means(t->sums, t->done);
    row.has_valid = validate(t, &row.valid);
    status = report_epoch(t, &row);
    if (schedule_epoch(&t->schedule, &t->rules, row.train.total))
        project_line(t->project, "     Decreasing learning rate to %f.",
                     (double)t->schedule.learning_rate);
    lowest = row.has_valid && schedule_is_lowest(&t->schedule, &t->rules, t->epoch, row.valid.total,
                                                 row.train.kl_weight, row.train.l2_weight);
    t->epoch++;
    t->done = 0;
    t->sums = (struct epoch_costs){0};
    if (status == LFADS_OK && lowest)
        status = save_lowest(t);
    if (status == LFADS_OK && (t->epoch - 1) % config->checkpoint_every == 0)
        status = save_latest(t);
    return status;
}

static bool is_finished(const struct trainer *t)
{
    int64_t most = t->project->config->max_epochs;

    return schedule_is_over(&t->schedule, &t->rules) || (most > 0 && t->epoch >= most);
}

static enum lfads_status run(struct trainer *t)
{
    enum lfads_status status = LFADS_OK;
    int64_t began = t->step;

    if (is_finished(t)) {
        project_line(t->project, "This run is finished: %" PRId64 " epochs, learning rate %g.",
                     t->epoch, (double)t->schedule.learning_rate);
        return LFADS_OK;
    }
    while (status == LFADS_OK && !is_finished(t)) {
        status = train_epoch(t);
        if (status == LFADS_OK)
            status = finish_epoch(t);
    }
    if (status != LFADS_OK)
        return status;
    if (schedule_is_over(&t->schedule, &t->rules))
        project_line(t->project, "Stopping optimization based on learning rate criteria.");
    return t->step > began ? save_latest(t) : LFADS_OK;
}

/* ---- beginning ---- */

/* All that the checkpoint has; maps of sessions that it does not know keep their first values. */
static enum lfads_status read_parameters(struct trainer *t)
{
    const struct project *p = t->project;
    bool *fresh = calloc(p->model->n_sessions, sizeof *fresh);
    enum lfads_status status;

    if (!fresh)
        return lfads_fail(t->err, LFADS_NO_MEMORY, "no memory to read %s", p->checkpoint_path);
    status = checkpoint_read_parameters(t->learner->parameters, t->learner->m, t->learner->v,
                                        p->checkpoint_path, p->model, fresh, t->err);
    for (size_t s = 0; s < p->model->n_sessions && status == LFADS_OK; s++)
        if (fresh[s])
            project_line(p,
                         "Session %s is new: its read-in and read-out begin afresh, all else "
                         "comes from the checkpoint.",
                         p->model->sessions[s].name);
    free(fresh);
    return status;
}

/* Continues from the checkpoint, or begins with fresh parameters. */
static enum lfads_status begin(struct trainer *t)
{
    const struct project *p = t->project;
    const struct checkpoint *c = &p->checkpoint;
    enum lfads_status status;
    size_t skip;

    model_initialise(p->model, t->learner->parameters, p->seed);
    if (!*p->checkpoint_path) {
        project_line(p, "Created model with fresh parameters.");
        return LFADS_OK;
    }
    status = read_parameters(t);
    if (status != LFADS_OK)
        return status;
    t->step = c->step;
    t->epoch = c->epoch;
    t->done = (size_t)c->batches;
    memcpy(&t->sums, c->sums, sizeof t->sums);
    t->schedule.lowest_valid = c->lowest_valid;
    project_line(p, "Continuing from %s: epoch %" PRId64 ", step %" PRId64 ".", p->checkpoint_path,
                 t->epoch, t->step);
    if (p->config->do_reset_learning_rate)
        return LFADS_OK;
    t->schedule.learning_rate = (float)c->learning_rate;
    t->schedule.recorded = c->recorded;
    /* with fewer to compare than before, the latest count */
    skip = c->n_costs > t->rules.n_to_compare ? c->n_costs - t->rules.n_to_compare : 0;
    t->schedule.n_costs = c->n_costs - skip;
    memcpy(t->schedule.costs, c->costs + skip, t->schedule.n_costs * sizeof *c->costs);
    return LFADS_OK;
}

static enum lfads_status create(struct trainer *t)
{
    const struct lfads_config *config = t->project->config;
    struct learner_options options = {.batch_size = (size_t)config->batch_size,
                                      .threads = t->project->threads,
                                      .trained = true,
                                      .max_grad_norm = config->max_grad_norm};
    double *costs = calloc((size_t)config->learning_rate_n_to_compare, sizeof *costs);
    enum lfads_status status;

    if (!costs)
        return lfads_fail(t->err, LFADS_NO_MEMORY,
                          "no memory for --learning_rate_n_to_compare=%lld",
                          (long long)config->learning_rate_n_to_compare);
    schedule_begin(&t->schedule, costs, config->learning_rate_init);
    t->rules = (struct schedule_rules){
        .n_to_compare = (size_t)config->learning_rate_n_to_compare,
        .decay = config->learning_rate_decay_factor,
        .stop = config->learning_rate_stop,
        .l2_wanted = config->l2_gen_scale > 0 || config->l2_con_scale > 0,
    };
    status = learner_create(&t->learner, t->project->be, t->project->model, &options, t->err);
    for (int set = 0; set < SESSION_SETS && status == LFADS_OK; set++)
        status = batches_create(&t->batches[set], t->project->dataset, (enum session_set)set,
                                options.batch_size, t->err);
    if (status == LFADS_OK)
        status = begin(t);
    if (status == LFADS_OK)
        learner_refresh(t->learner);
    return status;
}

/* The save directory's files that do not wait for an epoch's end. */
static enum lfads_status prepare_files(struct trainer *t)
{
    const struct lfads_config *config = t->project->config;
    char name[FILE_PATH];
    enum lfads_status status = project_write_hyperparams(t->project, "train", t->err);

    if (status == LFADS_OK)
        status = project_hyperparams(&t->hyperparameters, t->project, t->err);
    if (status != LFADS_OK || !*config->csv_log)
        return status;
    snprintf(name, sizeof name, "%.1000s.csv", config->csv_log);
    status = file_join(t->csv, config->lfads_save_dir, name, t->err);
    if (status == LFADS_OK && *t->project->checkpoint_path)
        status = fitlog_trim(t->csv, t->step, t->err);
    return status;
}

static void release(struct trainer *t)
{
    for (int set = 0; set < SESSION_SETS; set++)
        batches_free(t->batches[set]);
    learner_free(t->learner);
    free(t->schedule.costs);
    free(t->hyperparameters);
    lock_release(&t->lock);
    project_close(t->project);
}

enum lfads_status lfads_train(const struct lfads_config *config,
                              const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct trainer t = {.err = err};
    enum lfads_status status = project_open(&t.project, config, true, callbacks, err);

    if (status != LFADS_OK)
        return status;
    t.began = now();
    t.lock.file = -1;
    status = file_make_directory(t.project->config->lfads_save_dir, err);
    if (status == LFADS_OK)
        status = lock_take(&t.lock, t.project->config->lfads_save_dir, err);
    if (status == LFADS_OK) {
        train_announce(t.project);
        status = create(&t);
    }
    if (status == LFADS_OK)
        status = prepare_files(&t);
    if (status == LFADS_OK)
        status = run(&t);
    release(&t);
    return status;
}
