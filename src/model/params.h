/* params.h - views into a vector laid out by the model's table of parameters: of the parameters,
 * of their transposed copies, or of their gradient.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_PARAMS_H
#define LFADS_MODEL_PARAMS_H
#include "backend/backend.h"
#include "model/gru.h"
#include "model/linear.h"
#include "model/model.h"
#include "model/priors.h"

/* Everything one session's trials use. A member is NULL where the model has no such parameter. */
struct weights {
    struct linear readin;
    struct linear readout[OUT_PARAMS]; /* one a parameter of the output distribution */
    struct gru encoder[ENCODERS];
    real *encoder_start[ENCODERS]; /* learned initial states */
    union {                        /* of g0's prior: [ic_dim] */
        real *ic_prior[PRIOR_PARAMS];
        struct {
            real *prior_mean, *prior_logvar;
        };
    };
    struct linear ic_mean, ic_logvar;
    union { /* of u's: [co_dim] */
        real *co_prior[PRIOR_PARAMS];
        struct {
            real *ar_logevar, *ar_logatau;
        };
    };
    real *con_start; /* [C] */
    struct linear gen_ic;
    real *gen_start; /* [G], when ic_dim is 0 */
    real *factors;   /* [G,F], before its columns are normalised */
    struct gru con, gen;
    struct linear co_mean, co_logvar;
};

/* Lays out the model's table and views: sets params, n_params, size and layouts, which model_free
 * frees. For model_create; start values that come from a session's alignment are taken from
 * SESSIONS. */
enum lfads_status params_create(struct model *model, const struct lfads_config *config,
                                const struct model_session *sessions, struct lfads_error *err);

/* Points WEIGHTS into VECTOR for trials of session SESSION; with VECTOR NULL all pointers are NULL.
 */
void params_view(struct weights *weights, const struct model *model, real *vector, size_t session);

/* A part of the vector. */
struct span {
    size_t at, numbers;
};
/* Sets SPANS [n_params] to those of trained parameters, and returns how many they are: one a
 * parameter or, JOINED, one for all that lie side by side, with the padding between them. */
size_t params_trained(struct span *spans, const struct model *model, bool joined);

/* Sets DST to VECTOR with every matrix transposed, at the same offset (each half of a stacked one
 * by itself), for products with the transpose in the backward pass. */
void params_transpose(const struct backend *be, real *dst, const struct model *model,
                      const real *vector);
/* Tells the backend that the matrices of VECTOR, parameters or their transposed copy, have changed.
 */
void params_pack(const struct backend *be, const struct model *model, const real *vector,
                 bool transposed);
#endif
