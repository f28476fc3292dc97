/* training_private.h - struct training, shared by the files that create, feed, run and save it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_TRAINING_PRIVATE_H
#define LFADS_TRAIN_TRAINING_PRIVATE_H
#include "data/prefetch.h"
#include "learn/learner.h"
#include "learn/schedule.h"
#include "train/device_trials.h"
#include "train/null_model.h"
#include "train/training.h"

struct batch_feed;

struct training {
    const struct run *run;
    struct recorder *recorder; /* or NULL */
    struct learner *learner;
    struct batch_costs *costs; /* [max_pending] for learner_collect */
    struct batches *batches[SESSION_SETS];
    struct prefetcher *prefetcher;   /* of the batches' trials */
    struct batch_feed *feeds;        /* [parts of a batch] */
    struct device_trials *on_device; /* or NULL */
    struct schedule schedule;
    struct schedule_rules rules;
    int64_t step, epoch;     /* updates done; the epoch in progress */
    size_t done;             /* batches of this epoch that are done */
    struct epoch_costs sums; /* over these batches */
    double gradient_norm;    /* of the last batch */
    bool saved;              /* the save directory has a checkpoint */
    int64_t first_step;      /* updates done before this run */
    double first_cost;       /* of this run's first step, without its sign; 0: not known yet */
    double saved_cost;       /* the greater one of the epoch before the last checkpoint */
    bool is_useful;          /* the last epoch's model is worth a checkpoint */
    struct null_model null;  /* costs under mean rates; for counts with validation trials */
    bool has_null;
    struct fitlog_row last;    /* the last epoch's costs */
    struct lfads_epoch ended;  /* the same for the caller; step 0 before the first */
    double began, epoch_began; /* times of the clock, in seconds */
    size_t epoch_first;        /* batches done at epoch_began */
};

/* ---- batch_source.c ---- */

/* A session's part of a batch on its way to the learner: its trials, and the address of its noise.
 */
struct batch_feed {
    const struct training *training;
    struct prefetched prefetched;
    uint32_t step, position; /* the noise's step and position of the first trial */
    struct batch_source source;
};

/* Takes the next batch's parts from the prefetcher. Sets *SOURCE, in the training's memory, for the
 * learner; it is valid until the next call. */
enum lfads_status batch_feed_next(const struct batch_source **source, struct training *training,
                                  enum session_set set, uint32_t position, struct lfads_error *err);

/* ---- training.c ---- */

/* Creates what depends on flags: the learner, the trials on a device, rules of the schedule. */
struct learner_options training_learner_options(const struct run *run);
struct schedule_rules training_rules(const struct training *training);

/* ---- resume.c ---- */

/* Sets parameters, schedule and the position in the epoch from the run's checkpoint; without one,
 * to their initial values. */
enum lfads_status training_resume(struct training *training, struct lfads_error *err);
enum lfads_status training_save_as(struct training *training, enum checkpoint_kind kind,
                                   struct lfads_error *err);

/* ---- divergence.c ---- */

/* Fails if the costs or the gradient of step STEP are not finite, or if the total is so large that
 * only log rates or log variances at their limits explain it. The first call keeps the total. */
enum lfads_status training_check_step(struct training *training, const struct batch_costs *costs,
                                      int64_t step, struct lfads_error *err);
/* Whether a model of this total, of training or validation, is worth a checkpoint. */
bool training_is_useful(const struct training *training, double total);
/* Fails because the model of the last epoch is not useful. */
enum lfads_status training_refuse_epoch(const struct training *training, struct lfads_error *err);
/* Fails if a parameter or an optimizer's number of VECTORS is not finite. */
enum lfads_status training_check_numbers(const struct training *training,
                                         const struct param_vectors *vectors,
                                         struct lfads_error *err);

/* ---- memory_estimate.c, train_summary.c ---- */

/* Reports how much memory a training of OPTIONS needs; fails if it is not available. */
enum lfads_status training_check_memory(const struct training *training,
                                        const struct learner_options *options,
                                        struct lfads_error *err);
/* Reports sessions, trained variables and seed, before the first epoch. */
void training_summary(const struct training *training);
#endif
