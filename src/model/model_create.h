/* model_create.h - makes a model for a configuration and its sessions.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_MODEL_CREATE_H
#define LFADS_MODEL_MODEL_CREATE_H
#include "base/error.h"
#include "model/model.h"

struct lfads_config;

/* A session as the model needs it. Pointers belong to the caller of model_create, which copies. */
struct model_session {
    struct session_shape shape;
    const double *alignment_matrix; /* [N,F] or NULL */
    const double *alignment_bias;   /* [N] or NULL */
};

/* Builds the model of CONFIG for data of BINS bins. On success *OUT is the caller's, to be freed
 * by model_free; on failure it is NULL. Fails for an alignment that does not fit, for sizes beyond
 * what the random numbers can address, for rates fed back with several sessions. */
enum lfads_status model_create(struct model **out, const struct lfads_config *config, size_t bins,
                               const struct model_session *sessions, size_t n_sessions,
                               struct lfads_error *err);
void model_free(struct model *model);

/* Sets the parameters in VECTOR [size] to the initial values drawn with SEED. */
void model_initialise(const struct model *model, real *vector, uint64_t seed);
#endif
