/* checkpoint_state.h - what a checkpoint holds besides parameters, and why one can't be used.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_CHECKPOINT_STATE_H
#define LFADS_SAVE_CHECKPOINT_STATE_H
#include "base/error.h"
#include "model/param_vectors.h"

enum { CHECKPOINT_SUMS = 16, CHECKPOINT_SCHEDULE = 16 };

struct checkpoint {
    bool tensorflow; /* the original wrote it: it has neither epoch nor seed, batches or costs */
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

void checkpoint_release(struct checkpoint *checkpoint);

/* Whether a checkpoint can have this number of updates, epochs or batches. */
bool checkpoint_is_counter(int64_t number);
/* Fails: the checkpoint PATH has not the parameters of session SESSION. */
enum lfads_status checkpoint_lacks_session(const char *path, const struct model *model, int session,
                                           struct lfads_error *err);
/* Fails: the checkpoint PATH has PARAM in another shape. */
enum lfads_status checkpoint_has_other_shape(const char *path, const struct param *param,
                                             struct lfads_error *err);
#endif
