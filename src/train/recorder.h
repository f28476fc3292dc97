/* recorder.h - writes and reports everything of a training: the save directory's lock, checkpoints,
 * the table of costs, hyperparameters, TensorBoard's file with pictures, and the caller's lines and
 * progress. Every function accepts NULL, which records nothing: for tests, callers that write
 * nothing, and all but one of several processes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_RECORDER_H
#define LFADS_TRAIN_RECORDER_H
#include "run/run.h"
#include "train/log_events.h"

struct recorder;

/* Makes the save directory of RUN, which must outlive the recorder, and locks it. Of a run in
 * memory it writes nothing, but keeps the parameters of lowest validation cost. On success *OUT is
 * freed by recorder_free, which releases the lock. */
enum lfads_status recorder_create(struct recorder **out, struct run *run, struct lfads_error *err);
void recorder_free(struct recorder *recorder);
/* Bytes of memory that pictures need. */
size_t recorder_bytes(const struct recorder *recorder);

/* Prepares the directory for a training that begins or continues at STEP of EPOCH: writes
 * hyperparameters, and moves aside the table's rows that will be written again. Fails if the disk
 * lacks space for the checkpoints. */
enum lfads_status recorder_prepare(struct recorder *recorder, int64_t epoch, int64_t step,
                                   struct lfads_error *err);
/* Creates TensorBoard's file; to be called before an epoch. Does nothing if there is the file. */
enum lfads_status recorder_begin(struct recorder *recorder, struct lfads_error *err);

/* Pass a line, or a warning, to the caller (printf form). */
void recorder_line(const struct recorder *recorder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void recorder_warn(const struct recorder *recorder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Reports progress to the caller; returns whether the caller wants training to stop. */
bool recorder_progress(const struct recorder *recorder, const struct lfads_progress *progress);
/* Reports that an epoch has ended. */
void recorder_ended(const struct recorder *recorder, const struct lfads_progress *progress);
/* Writes an epoch's line, row of the table, and numbers for TensorBoard. */
enum lfads_status recorder_epoch(struct recorder *recorder, const struct epoch_record *record,
                                 struct lfads_error *err);

/* The latest parameters, or those of lowest validation cost. */
enum checkpoint_kind { CHECKPOINT_LATEST, CHECKPOINT_LOWEST };
/* Writes CHECKPOINT, whose hyperparameters the recorder sets, with VECTORS, and removes the oldest
 * checkpoints of its kind beyond the number that the flags allow. */
enum lfads_status recorder_checkpoint(struct recorder *recorder, enum checkpoint_kind kind,
                                      struct checkpoint *checkpoint,
                                      const struct param_vectors *vectors, struct lfads_error *err);

/* Writes the table of costs, and the checkpoint that recorder_checkpoint would write, into another
 * DIRECTORY, which must have none. */
enum lfads_status recorder_export(struct recorder *recorder, const char *directory,
                                  enum checkpoint_kind kind, struct checkpoint *checkpoint,
                                  const struct param_vectors *vectors, struct lfads_error *err);
/* Returns the checkpoint of lowest validation cost that a recorder in memory keeps, without
 * hyperparameters, and sets *VECTORS to its parameters; NULL if there is none. */
const struct checkpoint *recorder_lowest(struct param_vectors *vectors,
                                         const struct recorder *recorder);

/* To be called when flags of the run have changed, while no picture is in progress. */
enum lfads_status recorder_refresh(struct recorder *recorder, struct lfads_error *err);

/* Appends a finished picture to TensorBoard's file; WAIT: waits for one in progress. */
enum lfads_status recorder_collect_picture(struct recorder *recorder, bool wait,
                                           struct lfads_error *err);
/* Whether to begin a picture at STEP: it is time for one, or STEP is the LAST of the run. */
bool recorder_wants_picture(const struct recorder *recorder, int64_t step, bool last);
/* Begins a picture from a copy of PARAMETERS. To be called only if one is wanted. */
void recorder_begin_picture(struct recorder *recorder, const real *parameters, int64_t step);
#endif
