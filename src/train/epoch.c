/* epoch.c - one epoch of a training: batches, validation, learning rate, checkpoints.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "train/training_private.h"

/* Returns whether the caller wants training to stop. */
static bool report_progress(const struct training *t)
{
    const struct batches *batches = t->batches[SESSION_TRAIN];
    double seconds = clock_seconds();
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

    if (t->recorder)
        return recorder_progress(t->recorder, &progress);
    return t->run->ranks->number > 0 && progress_report(t->run->callbacks, &progress);
}

/* Takes the next batch from the prefetcher. Several processes go on only if all have theirs. */
static enum lfads_status next_batch(const struct batch_source **source, struct training *t,
                                    enum session_set set, uint32_t position,
                                    struct lfads_error *err)
{
    enum lfads_status status = batch_feed_next(source, t, set, position, err);

    return ranks_agree(t->run->ranks, status, NULL, err);
}

/* Adds the costs of uncollected steps to the epoch's. Fails at the first step that has diverged.
 * After a cost or a gradient that is not finite, that step and later ones have changed no
 * parameter. */
static enum lfads_status collect_steps(struct training *t, struct lfads_error *err)
{
    size_t count = t->learner->n_pending;
    enum lfads_status status = learner_collect(t->learner, t->costs, err);

    for (size_t i = 0; i < count && status == LFADS_OK; i++) {
        const struct batch_costs *costs = &t->costs[i];
        int64_t step = t->step - (int64_t)(count - i);
        struct cost_ramps ramps = costs_ramps(t->run->config, step, t->epoch);

        status = training_check_step(t, costs, step, err);
        if (status != LFADS_OK)
            return status;
        epoch_costs_add(&t->sums, costs, &ramps);
        t->gradient_norm = costs->gradient_norm;
    }
    return status;
}

/* Begins a step; collects costs if as many steps as allowed are uncollected. Sets *STOPPED if the
 * caller wants training to stop. */
static enum lfads_status train_batch(struct training *t, bool *stopped, struct lfads_error *err)
{
    struct cost_ramps ramps = costs_ramps(t->run->config, t->step, t->epoch);
    const struct batch_source *source;
    enum lfads_status status = next_batch(&source, t, SESSION_TRAIN, 0, err);

    if (status != LFADS_OK)
        return status;
    t->step++;
    t->done += t->batches[SESSION_TRAIN]->per_step;
    learner_step(t->learner, source, &ramps, (double)t->schedule.learning_rate, t->step);
    if (t->learner->n_pending == t->learner->options.max_pending)
        status = collect_steps(t, err);
    if (status != LFADS_OK)
        return status;
    *stopped = report_progress(t);
    status = recorder_collect_picture(t->recorder, false, err);
    return ranks_agree(t->run->ranks, status, stopped, err);
}

/* Writes a checkpoint within the epoch, unless the training has diverged, and fails with
 * LFADS_INTERRUPTED. */
static enum lfads_status save_stopped(struct training *t, struct lfads_error *err)
{
    const size_t batches = t->done / t->batches[SESSION_TRAIN]->per_step;
    bool useful = t->is_useful && training_is_useful(t, t->sums.total / (double)batches);
    enum lfads_status status = useful ? training_save_as(t, CHECKPOINT_LATEST, err) : LFADS_OK;

    if (status != LFADS_OK)
        return status;
    return lfads_fail(err, LFADS_INTERRUPTED, "stopped at step %" PRId64 "; the same command %s",
                      t->step,
                      useful     ? "continues"
                      : t->saved ? "continues from the checkpoint before, for the costs have grown "
                                   "beyond use"
                                 : "begins anew, for the costs have grown beyond use");
}

/* Runs the remaining batches of the epoch. A request to stop writes a checkpoint within it. */
static enum lfads_status train_epoch(struct training *t, struct lfads_error *err)
{
    struct batches *batches = t->batches[SESSION_TRAIN];
    enum lfads_status status = LFADS_OK;
    bool stopped = false;

    batches_shuffle(batches, t->run->dataset, SESSION_TRAIN, t->run->seed, (uint32_t)t->epoch);
    prefetcher_begin(t->prefetcher, SESSION_TRAIN, batches->batch + t->done,
                     batches->count - t->done);
    t->epoch_began = clock_seconds();
    t->epoch_first = t->done;
    while (status == LFADS_OK && t->done < batches->count) {
        status = train_batch(t, &stopped, err);
        if (status == LFADS_OK && stopped) {
            status = collect_steps(t, err);
            if (status == LFADS_OK)
                status = save_stopped(t, err);
        }
    }
    return status == LFADS_OK ? collect_steps(t, err) : status;
}

/* Adds the costs of uncollected batches to VALID. */
static enum lfads_status collect_valid(struct training *t, struct epoch_costs *valid,
                                       struct lfads_error *err)
{
    struct cost_ramps ramps = costs_ramps(t->run->config, t->step, t->epoch);
    size_t count = t->learner->n_pending;
    enum lfads_status status = learner_collect(t->learner, t->costs, err);

    for (size_t i = 0; i < count && status == LFADS_OK; i++)
        epoch_costs_add(valid, &t->costs[i], &ramps);
    return status;
}

/* Sets the epoch's validation costs; zero without validation data. */
static enum lfads_status validate(struct training *t, struct epoch_costs *valid,
                                  struct lfads_error *err)
{
    struct batches *batches = t->batches[SESSION_VALID];
    struct cost_ramps ramps = costs_ramps(t->run->config, t->step, t->epoch);
    enum lfads_status status = LFADS_OK;

    *valid = (struct epoch_costs){0};
    batches_shuffle(batches, t->run->dataset, SESSION_VALID, t->run->seed, (uint32_t)t->epoch);
    prefetcher_begin(t->prefetcher, SESSION_VALID, batches->batch, batches->count);
    for (size_t i = 0; i < batches->count && status == LFADS_OK; i += batches->per_step) {
        const struct batch_source *source;

        status = next_batch(&source, t, SESSION_VALID, (uint32_t)(i * batches->batch_size), err);
        if (status != LFADS_OK)
            return status;
        learner_evaluate(t->learner, source, &ramps);
        if (t->learner->n_pending == t->learner->options.max_pending ||
            i + batches->per_step == batches->count)
            status = collect_valid(t, valid, err);
    }
    if (batches->count)
        *valid = epoch_costs_means(valid, batches->count / batches->per_step);
    return status;
}

static enum lfads_status record_epoch(const struct training *t, const struct fitlog_row *row,
                                      struct lfads_error *err)
{
    struct epoch_record record = {
        .row = *row,
        .learning_rate = (double)t->schedule.learning_rate,
        .gradient_norm = t->gradient_norm,
        .seconds = clock_seconds() - t->epoch_began,
        .trials = (double)((t->done - t->epoch_first) * t->batches[SESSION_TRAIN]->batch_size),
    };

    if (t->recorder && t->run->model->co_dim)
        record.parameters = learner_download(t->learner).parameters;
    return recorder_epoch(t->recorder, &record, err);
}

/* Begins the epoch's picture for TensorBoard; waits for the last one of the run. */
static enum lfads_status picture_epoch(struct training *t, struct lfads_error *err)
{
    bool last = training_get_state(t).is_over, each = t->run->config->example_every_s == 0;
    enum lfads_status status = recorder_collect_picture(t->recorder, last || each, err);

    if (recorder_wants_picture(t->recorder, t->step, last))
        recorder_begin_picture(t->recorder, learner_download(t->learner).parameters, t->step);
    if (status == LFADS_OK && last)
        status = recorder_collect_picture(t->recorder, true, err);
    return status;
}

/* The scores of what the encoders do not read. */
static void put_scores(struct fitlog_row *row, const struct training *t)
{
    const struct model *m = t->run->model;
    const double *cost = row->valid.measure;
    size_t count = 0;

    if (!row->has_valid)
        return;
    if (m->sv_rate > 0)
        row->scores[count++] = (struct fitlog_score){"recon_sv", cost[MEASURE_SV]};
    if (!t->has_null)
        return;
    if (isfinite(t->null.spikes[MEASURE_HELDOUT]))
        row->scores[count++] = (struct fitlog_score){
            "co_bps", null_model_bits(&t->null, MEASURE_HELDOUT, cost[MEASURE_HELDOUT])};
    if (isfinite(t->null.spikes[MEASURE_FORWARD]))
        row->scores[count++] = (struct fitlog_score){
            "fp_bps", null_model_bits(&t->null, MEASURE_FORWARD, cost[MEASURE_FORWARD])};
}

static struct lfads_costs costs_for_caller(const struct epoch_costs *costs, bool has)
{
    double nothing = (double)NAN;

    return has ? (struct lfads_costs){.total = costs->total,
                                      .recon = costs->of[COST_RECON],
                                      .kl = costs->of[COST_KL],
                                      .l2 = costs->of[COST_L2],
                                      .corr = costs->of[COST_CORR]}
               : (struct lfads_costs){nothing, nothing, nothing, nothing, nothing};
}

static double score_of(const struct fitlog_row *row, const char *name)
{
    for (size_t i = 0; i < FITLOG_SCORES && row->scores[i].name; i++)
        if (strcmp(row->scores[i].name, name) == 0)
            return row->scores[i].value;
    return (double)NAN;
}

/* Tells the caller of the epoch that has ended. */
static void report_epoch(struct training *t, const struct fitlog_row *row, double learning_rate)
{
    double seconds = clock_seconds();
    struct lfads_progress progress = {
        .what = "epoch",
        .share = 1,
        .epoch = row->epoch,
        .step = row->step,
        .trials_per_second =
            (double)((t->done - t->epoch_first) * t->batches[SESSION_TRAIN]->batch_size) /
            (seconds - t->epoch_began),
        .learning_rate = learning_rate,
        .seconds = seconds - t->began,
        .ended = &t->ended,
    };

    t->ended = (struct lfads_epoch){.epoch = row->epoch,
                                    .step = row->step,
                                    .learning_rate = learning_rate,
                                    .gradient_norm = t->gradient_norm,
                                    .seconds = seconds - t->epoch_began,
                                    .kl_weight = row->train.ramps.kl,
                                    .l2_weight = row->train.ramps.l2,
                                    .train = costs_for_caller(&row->train, true),
                                    .has_valid = row->has_valid,
                                    .valid = costs_for_caller(&row->valid, row->has_valid),
                                    .recon_sv = score_of(row, "recon_sv"),
                                    .co_bps = score_of(row, "co_bps"),
                                    .fp_bps = score_of(row, "fp_bps")};
    recorder_ended(t->recorder, &progress);
}

static struct schedule_verdict end_schedule(struct training *t, const struct fitlog_row *row)
{
    struct schedule_epoch epoch = {
        .epoch = t->epoch,
        .train_total = row->train.total,
        .has_valid = row->has_valid,
        .valid_total = row->valid.total,
        .valid_recon = row->valid.measure[MEASURE_READ],
        .valid_heldout = row->valid.measure[MEASURE_HELDOUT],
        .valid_sv = t->run->model->sv_rate > 0 ? row->valid.measure[MEASURE_SV] : (double)NAN,
        .kl_weight = row->train.ramps.kl,
        .l2_weight = row->train.ramps.l2,
    };

    return schedule_end_epoch(&t->schedule, &t->rules, &epoch);
}

/* Runs after the epoch's last batch: validation, log, learning rate, checkpoints. */
static enum lfads_status finish_epoch(struct training *t, struct lfads_error *err)
{
    const struct lfads_config *config = t->run->config;
    struct fitlog_row row = {.epoch = t->epoch, .step = t->step};
    enum lfads_status status;
    struct schedule_verdict verdict;

    row.train = epoch_costs_means(&t->sums, t->done / t->batches[SESSION_TRAIN]->per_step);
    status = validate(t, &row.valid, err);
    row.has_valid = t->batches[SESSION_VALID]->count > 0;
    row.are_means = t->run->model->mean_recon;
    put_scores(&row, t);
    if (status == LFADS_OK)
        status = record_epoch(t, &row, err);
    if (status == LFADS_OK)
        report_epoch(t, &row, (double)t->schedule.learning_rate);
    verdict = end_schedule(t, &row);
    if (verdict.lowered)
        recorder_line(t->recorder, "     Decreasing learning rate to %f.",
                      (double)t->schedule.learning_rate);
    t->last = row;
    t->is_useful = training_is_useful(t, row.train.total) && training_is_useful(t, row.valid.total);
    t->epoch++;
    t->done = 0;
    t->sums = (struct epoch_costs){0};
    if (status == LFADS_OK && !t->is_useful && !t->saved)
        return training_refuse_epoch(t, err);
    if (status == LFADS_OK && verdict.lowest && t->is_useful)
        status = training_save_as(t, CHECKPOINT_LOWEST, err);
    if (status == LFADS_OK && (t->epoch - 1) % config->checkpoint_every == 0 && t->is_useful)
        status = training_save_as(t, CHECKPOINT_LATEST, err);
    return status == LFADS_OK ? picture_epoch(t, err) : status;
}

enum lfads_status training_epoch(struct training *training, struct lfads_error *err)
{
    enum lfads_status status = train_epoch(training, err);

    if (status == LFADS_OK)
        status = finish_epoch(training, err);
    return ranks_agree(training->run->ranks, status, NULL, err);
}
