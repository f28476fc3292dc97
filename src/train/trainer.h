/* trainer.h - a training in progress, shared by the files that begin, feed and save it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_TRAINER_H
#define LFADS_TRAIN_TRAINER_H
#include "data/prefetch.h"
#include "learn/learner.h"
#include "learn/schedule.h"
#include "run/run.h"
#include "train/device_trials.h"
#include "train/recorder.h"

struct trainer {
    struct run *run;
    struct recorder *recorder;
    struct learner *learner;
    struct batch_costs *costs; /* room for those of passes that wait to be collected */
    struct batches *batches[SESSION_SETS];
    struct prefetcher *prefetcher;   /* their trials */
    struct device_trials *on_device; /* trials on the device, or NULL */
    struct schedule schedule;
    struct schedule_rules rules;
    int64_t step, epoch;       /* updates done; the epoch in progress */
    size_t done;               /* batches of it that are done */
    struct epoch_costs sums;   /* of them */
    double gradient_norm;      /* of the last batch */
    double began, epoch_began; /* seconds of the clock */
    size_t epoch_first;        /* batches done when the clock was read */
    struct lfads_error *err;
};

/* ---- batch_source.c: batches into shards ---- */

/* A batch on its way: where its trials come from and how its noise is addressed. */
struct batch_feed {
    const struct trainer *trainer;
    struct prefetched prefetched;
    uint32_t step,
        position; /* of the noise: its step and the first trial's position in the batch */
};

/* FEED must live as long as the source. */
struct batch_source batch_feed_source(const struct batch_feed *feed);

/* ---- resume.c: what a training begins with and leaves behind ---- */

/* Learner, lists of batches and schedule, from the checkpoint or afresh. */
enum lfads_status trainer_begin(struct trainer *trainer);
/* Writes a checkpoint: the latest, or the one of lowest validation cost. */
enum lfads_status trainer_save_latest(struct trainer *trainer);
enum lfads_status trainer_save_lowest(struct trainer *trainer);
/* Fails where there is not the memory for a training of OPTIONS, and says how much it will take
 * (memory_estimate.c). */
enum lfads_status trainer_check_memory(const struct trainer *trainer,
                                       const struct learner_options *options);
/* What training says before its first epoch: sessions, trained variables, seed (train_summary.c).
 */
void trainer_summary(const struct trainer *trainer);
#endif
