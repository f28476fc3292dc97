/* resume.c - where a training begins, afresh or from its checkpoint, and the checkpoints it leaves
 * (training.md, "Checkpoints").
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config/hyperparams.h"
#include "train/trainer.h"

enum { PENDING = 256 }; /* steps that a device may be behind at most */

static enum lfads_status save(struct trainer *t, enum checkpoint_kind kind)
{
    struct checkpoint checkpoint = {.step = t->step,
                                    .epoch = t->epoch,
                                    .batches = (int64_t)t->done,
                                    .seed = t->run->seed,
                                    .learning_rate = (double)t->schedule.learning_rate,
                                    .lowest_valid = t->schedule.lowest_valid,
                                    .costs = t->schedule.costs,
                                    .n_costs = t->schedule.n_costs,
                                    .recorded = t->schedule.recorded};
    struct param_vectors vectors;
    enum lfads_status status;

    if (!t->recorder)
        return LFADS_OK;
    vectors = learner_download(t->learner);
    status = t->run->be->finish(t->run->be, t->err); /* fails where the download has */
    if (status != LFADS_OK)
        return status;
    epoch_costs_store(checkpoint.sums, &t->sums);
    return recorder_checkpoint(t->recorder, kind, &checkpoint, &vectors, t->err);
}

enum lfads_status trainer_save_latest(struct trainer *trainer)
{
    return save(trainer, CHECKPOINT_LATEST);
}

enum lfads_status trainer_save_lowest(struct trainer *trainer)
{
    return save(trainer, CHECKPOINT_LOWEST);
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
            recorder_warn(
                t->recorder,
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
            recorder_line(t->recorder,
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
        recorder_line(t->recorder, "Created model with fresh parameters.");
        return LFADS_OK;
    }
    t->step = c->step;
    t->epoch = c->epoch;
    t->done = (size_t)c->batches;
    t->sums = epoch_costs_load(c->sums);
    t->schedule.lowest_valid = c->lowest_valid;
    recorder_line(t->recorder, "Continuing from %s: epoch %" PRId64 ", step %" PRId64 ".",
                  p->checkpoint_path, t->epoch, t->step);
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
