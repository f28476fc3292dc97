/* recorder.h - all that a training writes and says: the lock of its save directory, checkpoints,
 * the table of costs, hyperparameters, TensorBoard's file with its pictures, the caller's lines and
 * progress. Every function takes NULL, which records nothing: tests, callers that keep results to
 * themselves, and all but one of several processes have no recorder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_RECORDER_H
#define LFADS_TRAIN_RECORDER_H
#include "run/run.h"
#include "train/fitlog.h"

struct recorder;

/* What is recorded of an epoch. */
struct epoch_record {
    struct fitlog_row row;
    double learning_rate, gradient_norm; /* of its last batch */
    double seconds;                      /* with validation */
    double trials;                       /* trained on in that time */
    const real *parameters;              /* the host's; NULL: the priors are not recorded */
};

/* Makes the save directory of RUN, which must outlive the recorder, and takes its lock. On success
 * *OUT is freed by recorder_free, which gives the lock back. */
enum lfads_status recorder_create(struct recorder **out, struct run *run, struct lfads_error *err);
void recorder_free(struct recorder *recorder);
/* Bytes of memory that pictures take. */
size_t recorder_bytes(const struct recorder *recorder);

/* Readies the directory for a training that goes on at STEP of EPOCH: hyperparameters are written,
 * rows of the table that come again are moved aside. Fails where the disk has no room for what is
 * to come. */
enum lfads_status recorder_prepare(struct recorder *recorder, int64_t epoch, int64_t step,
                                   struct lfads_error *err);
/* Begins TensorBoard's file; to be called once, before the first epoch. */
enum lfads_status recorder_begin(struct recorder *recorder, struct lfads_error *err);

/* A line, or a warning, for the caller (printf form). */
void recorder_line(const struct recorder *recorder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void recorder_warn(const struct recorder *recorder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* True where the caller wants training to stop. */
bool recorder_progress(const struct recorder *recorder, const struct lfads_progress *progress);
/* An epoch's line, row and numbers for TensorBoard. */
enum lfads_status recorder_epoch(struct recorder *recorder, const struct epoch_record *record,
                                 struct lfads_error *err);

/* The latest, or the one of lowest validation cost. */
enum checkpoint_kind { CHECKPOINT_LATEST, CHECKPOINT_LOWEST };
/* Writes CHECKPOINT, whose hyperparameters the recorder sets, with VECTORS, and keeps as many of
 * its kind as the flags say. */
enum lfads_status recorder_checkpoint(struct recorder *recorder, enum checkpoint_kind kind,
                                      struct checkpoint *checkpoint,
                                      const struct param_vectors *vectors, struct lfads_error *err);

/* Adds a finished picture to TensorBoard's file; WAIT: waits for the one in progress. */
enum lfads_status recorder_collect_picture(struct recorder *recorder, bool wait,
                                           struct lfads_error *err);
/* Whether it is time for a picture at STEP, or it is the LAST of the run. */
bool recorder_wants_picture(const struct recorder *recorder, int64_t step, bool last);
/* Begins a picture of PARAMETERS, which are copied. Not to be called unless one is wanted. */
void recorder_begin_picture(struct recorder *recorder, const real *parameters, int64_t step);
#endif
