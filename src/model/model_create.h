/* model_create.h - makes a model for a configuration and its sessions.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_MODEL_CREATE_H
#define LFADS_MODEL_MODEL_CREATE_H
#include "base/error.h"
#include "model/model.h"

struct lfads_config;

/* Whether the encoders read a map of the channels or the channels themselves. By alignment: a lone
 * session without an alignment matrix needs no map. A model that was trained is as it was trained.
 */
enum readin_use { READIN_BY_ALIGNMENT, READIN_MAP, READIN_CHANNELS };

/* What a model needs to know about a session. model_create copies the arrays. */
struct model_session {
    struct session_shape shape;
    bool has_encoded;    /* the encoders read an array of their own */
    size_t encoded_bins; /* that the encoders read, the same in all sessions; 0: as the flag says */
    const double *alignment_matrix; /* [N_in,F], with rows for held-out channels [N,F]; or NULL */
    const double *alignment_bias;   /* [N] or NULL */
    enum readin_use readin;         /* of the first session, for all */
    bool has_readout; /* of the first session: it has a read-out even if it is alone and has as many
                         channels as there are factors */
};

/* Creates the model of CONFIG for trials of BINS bins. On success model_free frees *OUT; on failure
 * it is NULL. Fails if sizes are larger than random numbers can address, or if rates are fed back
 * with several sessions. */
enum lfads_status model_create(struct model **out, const struct lfads_config *config, size_t bins,
                               const struct model_session *sessions, size_t n_sessions,
                               struct lfads_error *err);
void model_free(struct model *model);

/* Sets VECTOR [size] to the initial values of the parameters, drawn with SEED. */
void model_initialise(const struct model *model, real *vector, uint64_t seed);
#endif
