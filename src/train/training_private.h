/* training_private.h - a training, shared by the files that begin, feed, run and save it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_TRAINING_PRIVATE_H
#define LFADS_TRAIN_TRAINING_PRIVATE_H
#include "data/prefetch.h"
#include "learn/learner.h"
#include "learn/schedule.h"
#include "train/device_trials.h"
#include "train/training.h"

struct training {
    const struct run *run;
    struct recorder *recorder; /* or NULL */
    struct learner *learner;
    struct batch_costs *costs; /* capacity for those of passes that wait to be collected */
    struct batches *batches[SESSION_SETS];
    struct prefetcher *prefetcher;   /* their trials */
    struct device_trials *on_device; /* trials on the device, or NULL */
    struct schedule schedule;
    struct schedule_rules rules;
    int64_t step, epoch;       /* updates done; the epoch in progress */
    size_t done;               /* batches of it that are done */
    struct epoch_costs sums;   /* of them */
    double gradient_norm;      /* of the last batch */
    struct fitlog_row last;    /* the last epoch's costs */
    double began, epoch_began; /* seconds of the clock */
    size_t epoch_first;        /* batches done when the clock was read */
};

/* ---- batch_source.c: batches into shards ---- */

/* A batch on its way: where its trials come from and how its noise is addressed. */
struct batch_feed {
    const struct training *training;
    struct prefetched prefetched;
    uint32_t step,
        position; /* of the noise: its step and the first trial's position in the batch */
};

/* FEED must live as long as the source. */
struct batch_source batch_feed_source(const struct batch_feed *feed);

/* ---- resume.c ---- */

/* Sets parameters, schedule and the place in the epoch from the run's checkpoint, or to what a
 * fresh training begins with. */
enum lfads_status training_resume(struct training *training, struct lfads_error *err);
enum lfads_status training_save_as(struct training *training, enum checkpoint_kind kind,
                                   struct lfads_error *err);

/* ---- memory_estimate.c, train_summary.c ---- */

/* Fails where there is not the memory for a training of OPTIONS, and says how much it will take. */
enum lfads_status training_check_memory(const struct training *training,
                                        const struct learner_options *options,
                                        struct lfads_error *err);
/* What a training says before its first epoch: sessions, trained variables, seed. */
void training_summary(const struct training *training);
#endif
