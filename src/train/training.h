/* training.h - a training as an object: several may live at once, in one thread, each on a run of
 * its own; runs may share data and device (run_open_beside).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_TRAINING_H
#define LFADS_TRAIN_TRAINING_H
#include "train/recorder.h"

struct training;

struct training_state {
    int64_t epoch, step; /* epochs and updates done */
    double learning_rate;
    bool is_over;              /* no epoch is left, */
    bool is_learning_rate_low; /* because the learning rate is below --learning_rate_stop */
};

/* A training of RUN, from its checkpoint or afresh. RUN and RECORDER, which may be NULL, must
 * outlive it. On success *OUT is freed by training_free. Fails where memory does not suffice. */
enum lfads_status training_create(struct training **out, const struct run *run,
                                  struct recorder *recorder, struct lfads_error *err);
void training_free(struct training *training); /* takes NULL */

/* What is left of the epoch in progress: its batches, validation, the learning rate, and what the
 * recorder wants of it. Fails with LFADS_INTERRUPTED, and a checkpoint, where the recorder's caller
 * wants training to stop; after any other failure the training can only be freed. */
enum lfads_status training_epoch(struct training *training, struct lfads_error *err);
/* Has the recorder write a checkpoint; not within training_epoch. */
enum lfads_status training_save(struct training *training, struct lfads_error *err);

struct training_state training_get_state(const struct training *training);
/* The costs of the last epoch, the training's; all zero before the first. */
const struct fitlog_row *training_costs(const struct training *training);
/* Sets *VECTORS to parameters and optimizer's state, the training's, valid until its next epoch. */
enum lfads_status training_vectors(struct param_vectors *vectors, const struct training *training,
                                   struct lfads_error *err);
#endif
