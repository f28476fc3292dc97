/* resume.c - starts a training afresh or from its checkpoint, and saves checkpoints (training.md,
 * "Checkpoints").
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model_create.h"
#include "train/fitlog.h"
#include "train/training_private.h"

_Static_assert((int)SCHEDULE_NUMBERS <= (int)CHECKPOINT_SCHEDULE,
               "a checkpoint has too few numbers");

/* Warns about sessions that the data no longer have: later checkpoints will lack their weights. */
static void warn_of_lost(const struct training *t)
{
    const struct run *p = t->run;

    for (size_t i = 0; i < p->known.count; i++) {
        size_t s = 0;

        while (s < p->model->n_sessions &&
               strcmp(p->model->sessions[s].name, p->known.sessions[i].name) != 0)
            s++;
        if (s == p->model->n_sessions)
            recorder_warn(
                t->recorder,
                "session %s of the checkpoint is not among the data: checkpoints from now "
                "on are without its read-in and read-out",
                p->known.sessions[i].name);
    }
}

/* Reads the checkpoint's parameters; weights of sessions that it lacks keep their initial values.
 */
static enum lfads_status read_parameters(struct training *t, const struct param_vectors *vectors,
                                         struct lfads_error *err)
{
    const struct run *p = t->run;
    bool *fresh = calloc(p->model->n_sessions, sizeof *fresh);
    enum lfads_status status;

    if (!fresh)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", p->checkpoint_path);
    status = checkpoint_read_parameters(vectors, p->checkpoint_path, p->model, fresh, err);
    for (size_t s = 0; s < p->model->n_sessions && status == LFADS_OK; s++)
        if (fresh[s])
            recorder_line(t->recorder,
                          "Session %s is new: its read-in and read-out begin afresh, all else "
                          "comes from the checkpoint.",
                          p->model->sessions[s].name);
    free(fresh);
    if (status == LFADS_OK)
        warn_of_lost(t);
    return status;
}

/* The original writes checkpoints at the ends of epochs only. */
static int64_t steps_an_epoch(const struct training *t)
{
    const struct batches *batches = t->batches[SESSION_TRAIN];

    return (int64_t)(batches->max_batches / batches->per_step);
}

/* The original's checkpoints do not hold the lowest validation cost, but its table of costs does.
 * If the lowest were forgotten, checkpoint_lve would soon name a worse model. */
static enum lfads_status find_lowest(struct training *t, struct lfads_error *err)
{
    const struct lfads_config *config = t->run->config;
    char name[FILE_PATH], path[FILE_PATH], *text, *rest;
    struct fitlog_valid row;
    enum lfads_status status = file_join(path, config->lfads_save_dir, "checkpoint_lve", err);

    if (status != LFADS_OK || !file_exists(path) || !*config->csv_log || t->rules.lowest_recon)
        return status;
    snprintf(name, sizeof name, "%.1000s.csv", config->csv_log);
    status = file_join(path, config->lfads_save_dir, name, err);
    if (status != LFADS_OK || !file_exists(path))
        return status;
    status = file_read_text(&text, path, err);
    if (status != LFADS_OK)
        return status;
    rest = text;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (fitlog_read_valid(&row, line) && row.step <= t->step)
            schedule_is_lowest(&t->schedule, &t->rules, row.epoch, row.total, row.kl_weight,
                               row.l2_weight);
    free(text);
    return LFADS_OK;
}

/* Sets learning rate and recorded costs; if --learning_rate_n_to_compare is smaller than before,
 * keeps the latest costs. */
static void continue_rate(struct training *t, const struct checkpoint *c)
{
    size_t skip = c->n_costs > t->rules.n_to_compare ? c->n_costs - t->rules.n_to_compare : 0;

    t->schedule.learning_rate = (float)c->learning_rate;
    t->schedule.recorded = c->recorded;
    t->schedule.n_costs = c->n_costs - skip;
    if (c->n_costs)
        memcpy(t->schedule.costs, c->costs + skip, t->schedule.n_costs * sizeof *c->costs);
}

/* Of a new model, the parts that are not trained stay as they were drawn. */
static void warn_of_parts(const struct training *t)
{
    const struct lfads_config *config = t->run->config;

    if (config->do_train_io_only || config->do_train_encoder_only)
        recorder_warn(t->recorder,
                      "--%s leaves the rest of the model as it is, and this one is new: its "
                      "dynamics stay random. Name a trained model with --lfads_save_dir",
                      config->do_train_io_only ? "do_train_io_only" : "do_train_encoder_only");
}

enum lfads_status training_resume(struct training *training, struct lfads_error *err)
{
    struct training *t = training;
    const struct run *p = t->run;
    const struct checkpoint *c = &p->checkpoint;
    struct param_vectors vectors = learner_download(t->learner);
    enum lfads_status status = LFADS_OK;

    t->is_useful = true;
    t->first_step = *p->checkpoint_path ? c->step : 0;
    model_initialise(p->model, vectors.parameters, p->seed);
    if (*p->checkpoint_path)
        status = read_parameters(t, &vectors, err);
    if (status != LFADS_OK)
        return status;
    learner_upload(t->learner);
    if (!*p->checkpoint_path) {
        recorder_line(t->recorder, "Created model with fresh parameters.");
        warn_of_parts(t);
        return LFADS_OK;
    }
    t->saved = true;
    t->step = c->step;
    t->epoch = c->tensorflow ? c->step / steps_an_epoch(t) : c->epoch;
    t->done = (size_t)c->batches;
    t->sums = epoch_costs_load(c->sums);
    t->schedule.lowest_valid = c->lowest_valid;
    if (c->has_schedule)
        memcpy(&t->schedule.memory, c->schedule, sizeof t->schedule.memory);
    recorder_line(t->recorder, "Continuing from %s%s: epoch %" PRId64 ", step %" PRId64 ".",
                  c->tensorflow ? "the TensorFlow checkpoint " : "", p->checkpoint_path, t->epoch,
                  t->step);
    if (!p->config->do_reset_learning_rate)
        continue_rate(t, c);
    return c->tensorflow ? find_lowest(t, err) : LFADS_OK;
}

/* The training's state, whose costs belong to the training. */
static struct checkpoint state_of(const struct training *t)
{
    struct checkpoint checkpoint = {.step = t->step,
                                    .epoch = t->epoch,
                                    .batches = (int64_t)t->done,
                                    .seed = t->run->seed,
                                    .learning_rate = (double)t->schedule.learning_rate,
                                    .lowest_valid = t->schedule.lowest_valid,
                                    .has_schedule = true,
                                    .costs = t->schedule.costs,
                                    .n_costs = t->schedule.n_costs,
                                    .recorded = t->schedule.recorded};

    epoch_costs_store(checkpoint.sums, &t->sums);
    memcpy(checkpoint.schedule, &t->schedule.memory, sizeof t->schedule.memory);
    return checkpoint;
}

enum lfads_status training_collect(struct checkpoint *state, struct param_vectors *vectors,
                                   const struct training *training, struct lfads_error *err)
{
    enum lfads_status status = training_vectors(vectors, training, err);

    *state = state_of(training);
    return status == LFADS_OK ? training_check_numbers(training, vectors, err) : status;
}

enum lfads_status training_save_as(struct training *training, enum checkpoint_kind kind,
                                   struct lfads_error *err)
{
    const struct training *t = training;
    struct checkpoint checkpoint;
    struct param_vectors vectors;
    enum lfads_status status;

    if (!t->recorder && t->run->ranks->count == 1)
        return LFADS_OK;
    status = training_collect(&checkpoint, &vectors, t, err);
    if (status != LFADS_OK)
        return status;
    training->saved = true;
    training->saved_cost = fmax(fabs(t->last.train.total), fabs(t->last.valid.total));
    return recorder_checkpoint(t->recorder, kind, &checkpoint, &vectors, err);
}

enum lfads_status training_export(const struct training *training, const char *directory,
                                  struct lfads_error *err)
{
    const struct training *t = training;
    struct checkpoint checkpoint, lowest;
    struct param_vectors vectors, kept;
    const struct checkpoint *has = recorder_lowest(&kept, t->recorder);
    enum lfads_status status = training_collect(&checkpoint, &vectors, t, err);

    if (status == LFADS_OK)
        status =
            recorder_export(t->recorder, directory, CHECKPOINT_LATEST, &checkpoint, &vectors, err);
    if (status != LFADS_OK)
        return status;
    lowest = has ? *has : checkpoint;
    return recorder_export(t->recorder, directory, CHECKPOINT_LOWEST, &lowest,
                           has ? &kept : &vectors, err);
}
