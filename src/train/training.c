/* training.c - creates a training, frees it, and returns its state.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "config/preset.h"
#include "train/training_private.h"

enum { PENDING = 256 }; /* limit of steps that the host may be ahead of a device */

static enum learning_rate_rule rule_of(const struct lfads_config *config)
{
    static const char *const names[] = {[RULE_WINDOW] = "window",
                                        [RULE_PLATEAU] = "plateau",
                                        [RULE_AUTOLFADS] = "autolfads",
                                        [RULE_CONSTANT] = "constant"};
    int rule = RULE_CONSTANT;

    while (rule > 0 && strcmp(config->learning_rate_rule, names[rule]) != 0)
        rule--;
    return (enum learning_rate_rule)rule;
}

/* Whether mean rates are needed: for bits per spike, or for the verdict at the end. They take a
 * pass over all trials. */
static bool compares_with_means(const struct training *t)
{
    const struct model *m = t->run->model;
    bool parts = m->encoded_bins < m->bins;

    for (size_t s = 0; s < m->n_sessions; s++)
        parts = parts || model_heldout(m, s) > 0;
    return m->output->data == DATA_COUNTS && t->batches[SESSION_VALID]->max_batches > 0 &&
           (parts || !preset_is_original(t->run->config));
}

struct learner_options training_learner_options(const struct run *run)
{
    const struct lfads_config *config = run->config;
    bool together = strcmp(config->batch_sessions, "together") == 0;

    return (struct learner_options){.batch_size = (size_t)config->batch_size,
                                    .threads = run->threads,
                                    .max_pending = run->be->host_memory ? 1 : PENDING,
                                    .trained = true,
                                    .parts = together ? run->dataset->count : 1,
                                    .optimizer = optimizer_of(config),
                                    .ranks = run->ranks};
}

struct schedule_rules training_rules(const struct training *training)
{
    const struct lfads_config *config = training->run->config;

    return (struct schedule_rules){
        .rule = rule_of(config),
        .lowest_recon = strcmp(config->lve_metric, "recon_smoothed") == 0,
        .patience = config->early_stop_patience,
        .n_to_compare = (size_t)config->learning_rate_n_to_compare,
        .decay = config->learning_rate_decay_factor,
        .stop = config->learning_rate_stop,
        .l2_wanted = config->l2_gen_scale > 0 || config->l2_con_scale > 0 ||
                     config->l2_ic_enc_scale > 0 || config->l2_ci_enc_scale > 0,
    };
}

/* Creates learner, lists of batches and schedule. */
static enum lfads_status begin(struct training *t, struct lfads_error *err)
{
    const struct lfads_config *config = t->run->config;
    struct learner_options options = training_learner_options(t->run);
    const struct batch_rules rules = {
        .batch_size = (size_t)config->batch_size,
        .drop = strcmp(config->batch_remainder, "drop") == 0,
        .together = strcmp(config->batch_sessions, "together") == 0,
    };
    double *costs = calloc((size_t)config->learning_rate_n_to_compare, sizeof *costs);
    enum lfads_status status;

    if (options.parts > options.batch_size) { /* at least a trial of each session */
        free(costs);
        return lfads_fail(err, LFADS_USAGE,
                          "--batch_sessions=together needs a --batch_size of at least the %zu "
                          "sessions, and it is %zu",
                          options.parts, options.batch_size);
    }
    if (!costs)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for --learning_rate_n_to_compare=%lld",
                          (long long)config->learning_rate_n_to_compare);
    schedule_begin(&t->schedule, costs, config->learning_rate_init);
    t->rules = training_rules(t);
    status = training_check_memory(t, &options, err);
    if (status == LFADS_OK)
        status = learner_create(&t->learner, t->run->be, t->run->model, &options, err);
    if (status == LFADS_OK)
        t->on_device = device_trials_create(t->run, options.batch_size);
    t->costs = calloc(options.max_pending, sizeof *t->costs);
    t->feeds = calloc(options.parts, sizeof *t->feeds);
    if (status == LFADS_OK && (!t->costs || !t->feeds))
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for costs");
    for (int set = 0; set < SESSION_SETS && status == LFADS_OK; set++)
        status =
            batches_create(&t->batches[set], t->run->dataset, (enum session_set)set, &rules, err);
    if (status == LFADS_OK)
        status = prefetcher_create(&t->prefetcher, t->run->dataset, options.batch_size,
                                   options.parts, err);
    t->has_null = status == LFADS_OK && compares_with_means(t);
    if (t->has_null)
        status = null_model_measure(&t->null, t->run->dataset, t->run->model, err);
    if (status == LFADS_OK)
        status = training_resume(t, err);
    return status;
}

enum lfads_status training_create(struct training **out, const struct run *run,
                                  struct recorder *recorder, struct lfads_error *err)
{
    struct training *t = calloc(1, sizeof *t);
    enum lfads_status status;

    *out = NULL;
    if (!t)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a training");
    t->run = run;
    t->recorder = recorder;
    t->began = clock_seconds();
    training_summary(t);
    status = begin(t, err);
    if (status != LFADS_OK) {
        training_free(t);
        return status;
    }
    *out = t;
    return LFADS_OK;
}

void training_free(struct training *training)
{
    struct training *t = training;

    if (!t)
        return;
    prefetcher_free(t->prefetcher);
    for (int set = 0; set < SESSION_SETS; set++)
        batches_free(t->batches[set]);
    device_trials_free(t->on_device);
    learner_free(t->learner);
    free(t->costs);
    free(t->feeds);
    free(t->schedule.costs);
    free(t);
}

struct lfads_ranks *training_ranks(const struct training *training) { return training->run->ranks; }

struct training_state training_get_state(const struct training *training)
{
    const struct training *t = training;
    bool over = schedule_is_over(&t->schedule, &t->rules);
    bool early = t->schedule.memory.stopped != 0;
    int64_t max_epochs = t->run->config->max_epochs;

    return (struct training_state){.epoch = t->epoch,
                                   .step = t->step,
                                   .learning_rate = (double)t->schedule.learning_rate,
                                   .is_over = over || (max_epochs > 0 && t->epoch >= max_epochs),
                                   .is_learning_rate_low = over && !early,
                                   .is_stopped_early = early};
}

const struct fitlog_row *training_costs(const struct training *training) { return &training->last; }

const struct lfads_epoch *training_ended(const struct training *training)
{
    return training->ended.step ? &training->ended : NULL;
}

enum lfads_status training_vectors(struct param_vectors *vectors, const struct training *training,
                                   struct lfads_error *err)
{
    const struct backend *be = training->run->be;

    *vectors = learner_download(training->learner);
    return be->finish(be, err); /* reports a failed download */
}

enum lfads_status training_save(struct training *training, struct lfads_error *err)
{
    const struct training *t = training;
    bool kept = isfinite(t->schedule.lowest_valid) || preset_is_original(t->run->config);
    enum lfads_status status;

    if (!t->is_useful)
        return training_refuse_epoch(t, err);
    status = training_save_as(training, CHECKPOINT_LATEST, err);

    if (status == LFADS_OK && !kept)
        status = training_save_as(training, CHECKPOINT_LOWEST, err);
    return status;
}

void training_vectors_changed(struct training *training) { learner_upload(training->learner); }

bool training_is_within_epoch(const struct training *training) { return training->done > 0; }
