/* checkpoint.h - everything that a run needs to go on as if it had not been interrupted, in one
 * HDF5 file whose data sets are all checksummed (training.md, "Checkpoints").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_CHECKPOINT_H
#define LFADS_SAVE_CHECKPOINT_H
#include "model/param_vectors.h"

enum { CHECKPOINT_SUMS = 16 };

struct checkpoint {
    int64_t step;    /* updates done */
    int64_t epoch;   /* the one that is next, or in progress */
    int64_t batches; /* of it that are done */
    uint64_t seed;
    double learning_rate, lowest_valid;
    double sums[CHECKPOINT_SUMS]; /* of the epoch in progress: train/epoch_costs.h */
    double *costs;                /* recorded for the learning rate, the checkpoint's */
    size_t n_costs;
    int64_t recorded;      /* costs ever recorded */
    char *hyperparameters; /* JSON text, the checkpoint's */
};

/* Bytes that a checkpoint of MODEL takes on the disk, rounded up. */
size_t checkpoint_bytes(const struct model *model);
/* Writes PATH whole or not at all. VECTORS has all slots. */
enum lfads_status checkpoint_write(const char *path, const struct model *model,
                                   const struct checkpoint *checkpoint,
                                   const struct param_vectors *vectors, struct lfads_error *err);
/* Reads all but the parameters; checkpoint_release frees what it holds, after a failure too. */
enum lfads_status checkpoint_read(struct checkpoint *checkpoint, const char *path,
                                  struct lfads_error *err);
/* Reads the parameters of MODEL and those slots that are not NULL; fails where one is missing or of
 * another shape. With FRESH [n_sessions], a session's maps may be missing: its entry is set, and
 * what the vectors hold for it is left. */
enum lfads_status checkpoint_read_parameters(const struct param_vectors *vectors, const char *path,
                                             const struct model *model, bool *fresh,
                                             struct lfads_error *err);
/* Sets *HAS to whether it holds parameter NAME. */
enum lfads_status checkpoint_has(bool *has, const char *path, const char *name,
                                 struct lfads_error *err);
void checkpoint_release(struct checkpoint *checkpoint);
/* A parameter's name as a data set's: "/" becomes "_". */
void checkpoint_flat_name(char *flat, size_t size, const char *name);
#endif
