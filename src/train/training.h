/* training.h - a training as an object. Several may exist at once, in one thread, each with its own
 * run; runs may share data and device (run_open_beside).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_TRAINING_H
#define LFADS_TRAIN_TRAINING_H
#include "train/recorder.h"

struct training;

struct training_state {
    int64_t epoch, step; /* epochs and updates done */
    double learning_rate;
    bool is_over;              /* no epochs remain */
    bool is_learning_rate_low; /* below --learning_rate_stop, which ends training */
    bool is_stopped_early;     /* by --early_stop_patience */
};

/* Creates a training of RUN, which continues from RUN's checkpoint if it has one. RUN and RECORDER
 * (may be NULL) must outlive it. On success *OUT is freed by training_free. Fails if memory does
 * not suffice or the checkpoint cannot be read. */
enum lfads_status training_create(struct training **out, const struct run *run,
                                  struct recorder *recorder, struct lfads_error *err);
void training_free(struct training *training); /* accepts NULL */

/* Runs the rest of the epoch in progress: batches, validation, learning rate, and records. If the
 * recorder's caller wants training to stop, writes a checkpoint and fails with LFADS_INTERRUPTED.
 * After any other failure the training can only be freed. */
enum lfads_status training_epoch(struct training *training, struct lfads_error *err);
/* Has the recorder write a checkpoint at the end of the training, and one of lowest validation cost
 * if the run has none so far and is not the original's. Fails if the last epoch's costs are not
 * finite or have grown beyond use. Not to be called within training_epoch. */
enum lfads_status training_save(struct training *training, struct lfads_error *err);
/* Writes into DIRECTORY, which exists and has none, the checkpoints that the training would have
 * written into its save directory: of the latest parameters, and of those of lowest validation cost
 * that a recorder in memory keeps (without them, the latest). */
enum lfads_status training_export(const struct training *training, const char *directory,
                                  struct lfads_error *err);
/* Warns of what makes the result doubtful; nothing under the original's preset. */
void training_judge(const struct training *training);

/* To be called between epochs after flags of the run, or what its model holds beside sizes, have
 * changed: the training goes on with them. RATE: --learning_rate_init sets the learning rate. On
 * failure the training goes on as before. */
enum lfads_status training_take_flags(struct training *training, bool rate,
                                      struct lfads_error *err);

/* Creates recorder and training of RUN, and prepares the save directory; both are set, or NULL, for
 * the caller to free, after a failure too. */
enum lfads_status training_begin(struct training **training, struct recorder **recorder,
                                 struct run *run, struct lfads_error *err);
/* Runs the remaining epochs, and writes a checkpoint at the end if more than SAVED steps are done.
 */
enum lfads_status training_run_epochs(struct training *training, struct recorder *recorder,
                                      int64_t saved, struct lfads_error *err);
/* Runs the training of RUN to its end, with all that it writes: what lfads_train does once a run is
 * open. */
enum lfads_status training_run(struct run *run, struct lfads_error *err);
/* Bytes of the host's memory that a training of RUN on THREADS threads will allocate. */
size_t training_bytes(const struct run *run, size_t threads);
/* Opens the run of CONFIG, which is for one seed, and does the same: lfads_train without --seeds.
 */
enum lfads_status training_run_alone(const struct lfads_config *config,
                                     const struct lfads_callbacks *callbacks,
                                     struct lfads_error *err);

struct training_state training_get_state(const struct training *training);
/* Returns the processes that train together. */
struct lfads_ranks *training_ranks(const struct training *training);
/* Returns the last epoch that this training has ended; NULL before. Likewise. */
const struct lfads_epoch *training_ended(const struct training *training);
/* Returns the costs of the last epoch, which belong to the training; all zero before the first. */
const struct fitlog_row *training_costs(const struct training *training);
/* Sets *VECTORS to parameters and optimizer slots. They belong to the training and are valid until
 * its next epoch. */
enum lfads_status training_vectors(struct param_vectors *vectors, const struct training *training,
                                   struct lfads_error *err);
/* To be called after the caller has written to these parameters. */
void training_vectors_changed(struct training *training);
/* Sets *VECTORS likewise and *STATE to what a checkpoint says; it has no hyperparameters, and its
 * costs are the training's. Fails if a parameter is not finite. */
enum lfads_status training_collect(struct checkpoint *state, struct param_vectors *vectors,
                                   const struct training *training, struct lfads_error *err);
/* Whether batches of an epoch are done, and it is not. */
bool training_is_within_epoch(const struct training *training);
#endif
