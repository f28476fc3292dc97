/* resume.c - where a training begins, afresh or from its checkpoint, and the checkpoints it leaves
 * (training.md, "Checkpoints").
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "base/sizes.h"
#include "config/hyperparams.h"
#include "save/index.h"
#include "train/trainer.h"

enum { PENDING = 256 }; /* steps that a device may be behind at most */

static enum lfads_status save(struct trainer *t, const char *kind, const char *index, size_t keep)
{
    const struct lfads_config *config = t->run->config;
    struct checkpoint checkpoint = {.step = t->step,
                                    .epoch = t->epoch,
                                    .batches = (int64_t)t->done,
                                    .seed = t->run->seed,
                                    .learning_rate = (double)t->schedule.learning_rate,
                                    .lowest_valid = t->schedule.lowest_valid,
                                    .costs = t->schedule.costs,
                                    .n_costs = t->schedule.n_costs,
                                    .recorded = t->schedule.recorded,
                                    .hyperparameters = t->hyperparameters};
    struct param_vectors vectors = learner_download(t->learner);
    char name[FILE_PATH], path[FILE_PATH];
    enum lfads_status status;

    status = t->run->be->finish(t->run->be, t->err); /* what was read is whole, or not */
    if (status != LFADS_OK)
        return status;
    epoch_costs_store(checkpoint.sums, &t->sums);
    snprintf(name, sizeof name, "%s%s.ckpt-%" PRId64, config->checkpoint_name, kind, t->step);
    status = file_join(path, config->lfads_save_dir, name, t->err);
    if (status == LFADS_OK && *t->csv) /* whose rows the checkpoint counts as written */
        status = file_flush(t->csv, t->err);
    if (status == LFADS_OK)
        status = checkpoint_write(path, t->run->model, &checkpoint, &vectors, t->err);
    if (status == LFADS_OK)
        status = index_add(config->lfads_save_dir, index, path, keep, t->err);
    return status;
}

enum lfads_status trainer_save_latest(struct trainer *trainer)
{
    return save(trainer, "", "checkpoint", (size_t)trainer->run->config->max_ckpt_to_keep);
}

enum lfads_status trainer_save_lowest(struct trainer *trainer)
{
    return save(trainer, "_lve", "checkpoint_lve",
                (size_t)trainer->run->config->max_ckpt_to_keep_lve);
}

/* Maps of sessions that the data no longer have are in no later checkpoint: that is said. */
static enum lfads_status warn_of_lost(const struct trainer *t)
{
    const struct run *p = t->run;
    struct hyperparams_data known;
    enum lfads_status status =
        hyperparams_read_data(&known, p->checkpoint.hyperparameters, p->checkpoint_path, t->err);

    if (status != LFADS_OK)
        return status;
    for (size_t i = 0; i < known.count; i++) {
        size_t at = 0;

        while (at < p->model->n_sessions &&
               strcmp(p->model->sessions[at].name, known.sessions[i].name) != 0)
            at++;
        if (at == p->model->n_sessions)
            run_warn(p,
                     "session %s of the checkpoint is not among the data: checkpoints from now "
                     "on are without its read-in and read-out",
                     known.sessions[i].name);
    }
    hyperparams_release_data(&known);
    return LFADS_OK;
}

/* All that the checkpoint has; maps of sessions that it does not know keep their first values. */
static enum lfads_status read_parameters(struct trainer *t, const struct param_vectors *vectors)
{
    const struct run *p = t->run;
    bool *fresh = calloc(p->model->n_sessions, sizeof *fresh);
    enum lfads_status status;

    if (!fresh)
        return lfads_fail(t->err, LFADS_NO_MEMORY, "no memory to read %s", p->checkpoint_path);
    status = checkpoint_read_parameters(vectors, p->checkpoint_path, p->model, fresh, t->err);
    for (size_t s = 0; s < p->model->n_sessions && status == LFADS_OK; s++)
        if (fresh[s])
            run_line(p,
                     "Session %s is new: its read-in and read-out begin afresh, all else "
                     "comes from the checkpoint.",
                     p->model->sessions[s].name);
    free(fresh);
    return status == LFADS_OK ? warn_of_lost(t) : status;
}

/* Continues from the checkpoint, or begins with fresh parameters. */
static enum lfads_status begin(struct trainer *t)
{
    const struct run *p = t->run;
    const struct checkpoint *c = &p->checkpoint;
    struct param_vectors vectors = learner_download(t->learner);
    enum lfads_status status = LFADS_OK;
    size_t skip;

    model_initialise(p->model, vectors.parameters, p->seed);
    if (*p->checkpoint_path)
        status = read_parameters(t, &vectors);
    if (status != LFADS_OK)
        return status;
    learner_upload(t->learner);
    if (!*p->checkpoint_path) {
        run_line(p, "Created model with fresh parameters.");
        return LFADS_OK;
    }
    t->step = c->step;
    t->epoch = c->epoch;
    t->done = (size_t)c->batches;
    t->sums = epoch_costs_load(c->sums);
    t->schedule.lowest_valid = c->lowest_valid;
    run_line(p, "Continuing from %s: epoch %" PRId64 ", step %" PRId64 ".", p->checkpoint_path,
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

enum lfads_status trainer_begin(struct trainer *trainer)
{
    struct trainer *t = trainer;
    const struct lfads_config *config = t->run->config;
    struct learner_options options = {.batch_size = (size_t)config->batch_size,
                                      .threads = t->run->threads,
                                      .most_pending = t->run->be->host_memory ? 1 : PENDING,
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
    status = trainer_check_memory(t, &options);
    if (status == LFADS_OK)
        status = learner_create(&t->learner, t->run->be, t->run->model, &options, t->err);
    if (status == LFADS_OK)
        t->on_device = device_trials_create(t->run, options.batch_size);
    t->costs = calloc(options.most_pending, sizeof *t->costs);
    if (status == LFADS_OK && !t->costs)
        status = lfads_fail(t->err, LFADS_NO_MEMORY, "no memory for costs");
    for (int set = 0; set < SESSION_SETS && status == LFADS_OK; set++)
        status = batches_create(&t->batches[set], t->run->dataset, (enum session_set)set,
                                options.batch_size, t->err);
    if (status == LFADS_OK)
        status = prefetcher_create(&t->prefetcher, t->run->dataset, options.batch_size, t->err);
    if (status == LFADS_OK)
        status = begin(t);
    return status;
}

/* Checkpoints that this run may add to the save directory at a time, one in the making among them.
 */
static size_t checkpoints_to_come(const struct trainer *t)
{
    const size_t unknown = 20; /* epochs of a run without an end that are thought of */
    const struct lfads_config *config = t->run->config;
    size_t every = (size_t)config->checkpoint_every;
    size_t epochs = config->max_epochs > t->epoch ? (size_t)(config->max_epochs - t->epoch) : 0;
    size_t there = file_count(config->lfads_save_dir, config->checkpoint_name), all;

    if (config->max_epochs <= 0)
        epochs = unknown * every;
    all = size_min((size_t)config->max_ckpt_to_keep, epochs / every + 1) +
          size_min((size_t)config->max_ckpt_to_keep_lve, size_min(epochs, unknown)) + 1;
    return all - size_min(there, all - 1); /* what is there makes way */
}

static enum lfads_status check_disk(const struct trainer *t)
{
    return limits_check_disk(checkpoints_to_come(t) * checkpoint_bytes(t->run->model),
                             t->run->config->lfads_save_dir, "training",
                             "lower --max_ckpt_to_keep or --max_ckpt_to_keep_lve", t->err);
}

/* Of training's files; those of sampling may be somebody's work in progress. */
static void clear_staged(const struct lfads_config *config)
{
    const char *const prefixes[] = {config->checkpoint_name, "checkpoint", config->csv_log,
                                    "hyperparameters"};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (*prefixes[i])
            file_clear_staged(config->lfads_save_dir, prefixes[i]);
}

enum lfads_status trainer_prepare_files(struct trainer *trainer)
{
    struct trainer *t = trainer;
    const struct lfads_config *config = t->run->config;
    char name[FILE_PATH];
    enum lfads_status status;

    clear_staged(config);
    status = check_disk(t);
    if (status == LFADS_OK)
        status = run_write_hyperparams(t->run, "train", t->err);
    if (status == LFADS_OK)
        status = run_hyperparams(&t->hyperparameters, t->run, t->err);
    if (status != LFADS_OK || !*config->csv_log)
        return status;
    snprintf(name, sizeof name, "%.1000s.csv", config->csv_log);
    status = file_join(t->csv, config->lfads_save_dir, name, t->err);
    if (status ==
        LFADS_OK) /* without a checkpoint too: a run may have been killed before its first */
        status = fitlog_trim(t->csv, t->epoch, t->step, t->err);
    return status;
}
