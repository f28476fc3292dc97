/* trained.h - a trained model in memory, which a run begins with in place of a checkpoint's file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_TRAINED_H
#define LFADS_RUN_TRAINED_H
#include "model/model.h"
#include "save/checkpoint_state.h"

/* A view; it owns nothing. */
struct trained {
    const struct checkpoint *checkpoint; /* with hyperparameters; its costs do not matter */
    const struct model *model;
    const real *parameters; /* [model->size], in the host's memory */
};

/* Sets COPY to the checkpoint without its costs; checkpoint_release frees it, after a failure too.
 */
enum lfads_status trained_copy_checkpoint(struct checkpoint *copy, const struct trained *trained,
                                          struct lfads_error *err);
bool trained_has(const struct trained *trained, const char *name);
/* Copies the parameters of MODEL, by their names, to VECTOR. Fails if one is missing or has another
 * shape. */
enum lfads_status trained_read(real *vector, const struct model *model,
                               const struct trained *trained, struct lfads_error *err);
#endif
