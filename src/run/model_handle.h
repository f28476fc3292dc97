/* model_handle.h - a trained model in memory: lfads_model of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_MODEL_HANDLE_H
#define LFADS_RUN_MODEL_HANDLE_H
#include "run/run.h"

struct lfads_model {
    struct lfads_config *given; /* flags of the run: device, threads, seed */
    struct run *run;            /* of the model of all its sessions, without data */
    real *parameters;           /* [run->model->size], in the host's memory */
    struct trained self;        /* of both, from which runs take parameters */
};

/* Creates the model of TRAINED or, if that is NULL, of the save directory of CONFIG, which is
 * copied. On success lfads_model_free frees *OUT; on failure it is NULL. */
enum lfads_status model_handle_create(struct lfads_model **out, const struct lfads_config *config,
                                      const struct trained *trained,
                                      const struct lfads_callbacks *callbacks,
                                      struct lfads_error *err);
/* Sets *INDEX to that of session NAME; NULL: the first. */
enum lfads_status model_handle_find(size_t *index, const struct lfads_model *model,
                                    const char *name, const char *call, struct lfads_error *err);
#endif
