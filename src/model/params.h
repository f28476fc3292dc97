/* params.h - views into a vector that is laid out by the model's table of parameters: the
 * parameters, their transposed copies, or their gradient. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_PARAMS_H
#define LFADS_MODEL_PARAMS_H
#include "backend/backend.h"
#include "model/gru.h"
#include "model/latent_prior.h"
#include "model/linear.h"
#include "model/model.h"

/* The parameters that a session's trials use; NULL if the model has no such parameter. */
struct weights {
    struct linear readin;
    struct linear readout[OUT_PARAMS]; /* one per parameter of the output distribution */
    real *gamma_scale;                 /* [2,N]: of zig's alphas, of its betas */
    struct gru encoder[ENCODERS];
    real *encoder_start[ENCODERS]; /* learned initial states */
    union {                        /* prior of g0, [ic_dim] */
        real *ic_prior[PRIOR_PARAMS];
        struct {
            real *prior_mean, *prior_logvar;
        };
    };
    struct linear ic_mean, ic_logvar;
    union { /* prior of u, [co_dim] */
        real *co_prior[PRIOR_PARAMS];
        struct {
            real *ar_logevar, *ar_logatau;
        };
    };
    real *con_start; /* [C] */
    struct linear gen_ic;
    real *gen_start; /* [G], if ic_dim is 0 */
    real *factors;   /* [G,F], columns not normalised */
    struct gru con, gen;
    struct linear co_mean, co_logvar;
};

/* Creates the table and the layouts of views: sets params, n_params, size and layouts, which
 * model_free frees. For model_create only. */
enum lfads_status params_create(struct model *model, const struct lfads_config *config,
                                struct lfads_error *err);

/* Points WEIGHTS into VECTOR for trials of SESSION. VECTOR NULL: all pointers are NULL. */
void params_view(struct weights *weights, const struct model *model, real *vector, size_t session);

/* A part of the vector. */
struct span {
    size_t offset, count;
};
/* Sets SPANS [n_params] to the trained parts of the vector and returns their number: one per
 * trained parameter; JOINED: neighbours, with the padding between them, make one span. */
size_t params_trained(struct span *spans, const struct model *model, bool joined);

/* Sets DST to VECTOR with every map transposed, at the same offset (each of two stacked maps by
 * itself), for the backward pass. */
void params_transpose(const struct backend *be, real *dst, const struct model *model,
                      const real *vector);
/* Has the backend pack the maps of VECTOR, which are parameters or their transposed copy and have
 * changed. */
void params_pack(const struct backend *be, const struct model *model, const real *vector,
                 bool transposed);
#endif
