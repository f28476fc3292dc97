/* checkpoint.h - the state of a training in one HDF5 file, so that a continued run gives the same
 * results as an uninterrupted one. Every data set has a checksum (training.md, "Checkpoints").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_CHECKPOINT_H
#define LFADS_SAVE_CHECKPOINT_H
#include "base/error.h"
#include "model/param_vectors.h"

enum { CHECKPOINT_SUMS = 16, CHECKPOINT_SCHEDULE = 16 };

struct checkpoint {
    int64_t step;    /* updates done */
    int64_t epoch;   /* the next epoch, or the one in progress */
    int64_t batches; /* batches of that epoch done */
    uint64_t seed;
    double learning_rate, lowest_valid;
    double sums[CHECKPOINT_SUMS];         /* sums of the epoch in progress: train/epoch_costs.h */
    double schedule[CHECKPOINT_SCHEDULE]; /* learn/schedule.h: struct schedule_memory */
    bool has_schedule;                    /* false in the checkpoints of earlier programs */
    double *costs; /* costs recorded for the learning rate; owned by the checkpoint */
    size_t n_costs;
    int64_t recorded;      /* number of costs ever recorded */
    char *hyperparameters; /* JSON text; owned by the checkpoint */
};

/* Bytes that a checkpoint of MODEL takes on the disk, an upper bound. */
size_t checkpoint_bytes(const struct model *model);
/* Writes PATH completely or not at all. VECTORS must have all slots. */
enum lfads_status checkpoint_write(const char *path, const struct model *model,
                                   const struct checkpoint *checkpoint,
                                   const struct param_vectors *vectors, struct lfads_error *err);
/* Reads everything except the parameters. checkpoint_release frees what CHECKPOINT holds, after a
 * failure too. */
enum lfads_status checkpoint_read(struct checkpoint *checkpoint, const char *path,
                                  struct lfads_error *err);
/* Reads the parameters of MODEL and the slots that are not NULL. Fails if one is missing or has
 * another shape. If FRESH [n_sessions] is not NULL, the maps of a session may be missing: its entry
 * is set to true and its part of the vectors stays unchanged. */
enum lfads_status checkpoint_read_parameters(const struct param_vectors *vectors, const char *path,
                                             const struct model *model, bool *fresh,
                                             struct lfads_error *err);
/* Sets *HAS to whether the file holds parameter NAME. */
enum lfads_status checkpoint_has(bool *has, const char *path, const char *name,
                                 struct lfads_error *err);
void checkpoint_release(struct checkpoint *checkpoint);
/* Writes the data set's name of parameter NAME: "/" becomes "_". */
void checkpoint_flat_name(char *flat, size_t size, const char *name);
#endif
