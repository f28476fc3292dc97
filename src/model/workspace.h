/* workspace.h - a shard: a few trials of one session, the activations of one pass over them and
 * what the backward pass needs, all in one allocation sized once. Under AddressSanitizer a gap that
 * nobody may touch follows each array (base/poison.h).
 *
 * Arrays are time-major. B trials, S samples of each, R = B*S rows (row b*S+s), T bins, K bins of
 * the ic encoder. Where a slot is said, slot 0 is before the first bin and slot t+1 after bin t.
 * The parts before the samples are drawn (data, encoders, posterior of g0, the controller's input)
 * have B rows, those after have R. Training has S = 1.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_WORKSPACE_H
#define LFADS_MODEL_WORKSPACE_H
#include "backend/backend.h"
#include "model/cost_table.h"
#include "model/model.h"
#include "model/observation.h"
#include "model/params.h"

/* What is drawn from the posterior in the generator's place. */
enum latents {
    POSTERIOR_SAMPLE, /* samples of g0 and u */
    POSTERIOR_MEAN,   /* their means; the divergence of u is still that of a sample */
    PRIOR_SAMPLE      /* samples of the priors: no encoders, no controller */
};

/* Arrays that only a pass with dropout has: without it masks are NULL, and what a mask changes is
 * the array before it. */
struct dropout_arrays {
    real *data_mask, *ext_mask, *ic_enc_mask, *con_mask, *gen_mask, *data_seen, *gen_out;
};

struct shard {
    const struct backend *be;
    const struct model *model;
    size_t session, trials, samples, rows; /* current; rows = trials*samples */
    enum latents latents;
    bool dropout, trained; /* masks are in use; there are arrays for the backward pass */
    struct dropout_arrays with_dropout;
    struct weights w, wt, dw; /* parameters, transposed copies, gradient (adds to) */

    /* data */
    real *x;            /* [T,B,N] */
    real *ext;          /* [T,B,E] */
    const real *weight; /* [T,B,N]: of the entries' terms in the likelihood; NULL: ones */
    /* the host's, for who fills the shard: x and ext themselves where the backend's memory is the
     * host's, else what shard_upload copies there */
    real *host_x, *host_ext;
    float *scratch; /* [T,N], in training */
    uint32_t *when; /* [2]: step and first trial of the noise's addresses */
    /* noise and masks; masks are divided by keep_prob */
    real *ic_noise;                          /* [R,ic] */
    real *co_noise;                          /* [T,R,co] */
    real *data_mask, *ext_mask;              /* [T,B,N], [T,B,E] */
    real *ic_enc_mask, *con_mask, *gen_mask; /* [B,2ic_enc], [T,B,·], [T,B,G] */
    /* encoders */
    real *data_seen; /* [T,B,N]: x after dropout; may be x */
    real *enc_in;    /* [T,B,·]; may be data_seen */
    struct gru_tape encoder[ENCODERS];
    real *ic_enc;              /* [B,2ic_enc] after dropout */
    real *ic_mean, *ic_logvar; /* [B,ic] */
    real *prior_logvar;        /* [ic] */
    /* controller */
    real *ci_in;                /* [T,B,·]: lagged ci states after dropout */
    struct gru_tape con_shared; /* ru, c [T,B,·]: their products, if S > 1 */
    real *fed;                  /* [T,R,·]: fed-back factors or rates */
    struct gru_tape con;
    real *co_mean, *co_logvar, *co_sample; /* [T,R,co] */
    /* generator */
    real *row_mean, *row_logvar; /* [R,ic]: ic_mean, ic_logvar row by row */
    real *g0;                    /* [R,ic] */
    real *gen_in;                /* [T,R,·]: u, external input */
    struct gru_tape gen;
    real *gen_out;                 /* slots [T+1,R,G] after dropout; may be states */
    real *gen_ext;                 /* [T,R,E]: external input row by row, if S > 1 */
    real *fac_w, *fac_wt;          /* [G,F]: normalised columns; [F,G] */
    real *factors;                 /* slots [T+1,R,F] */
    real *out_params[OUT_PARAMS];  /* slots [T+1,R,N] each: of the output distribution */
    real *dout_params[OUT_PARAMS]; /* the same memory: backward turns them into their gradients */
    acc *cost[COST_TERMS];         /* [R] or [B] each, laid out as cost_terms_place says */
    /* backward */
    real *dfactors;                     /* slots [T+1,R,F] */
    real *dgen_out, *dgen_h;            /* [T,R,G], [R,G] */
    real *du, *dco_mean, *dco_logvar;   /* [T,R,co] */
    real *dcon_h, *dci_in, *dfed;       /* [R,C], [T,B,·], [R,·] */
    real *dg0, *dic_mean, *dic_logvar;  /* [R,ic] */
    real *dprior_logvar, *dfac_w;       /* [ic], [G,F] */
    real *dic_enc;                      /* [B,2ic_enc] */
    real *dstates[ENCODERS];            /* [T,B,ci_enc] of the states after each bin; ic: NULL */
    real *dh[ENCODERS], *drh[ENCODERS]; /* [R,widest units]: one where the backend has no
                                           branches */
    real *dreadin;                      /* [T,B,F] */

    size_t max_trials;
    void *memory, *host; /* the arrays; the host's, or NULL where they are among them */
};

/* Makes a shard for up to TRIALS trials of any session with SAMPLES samples each. TRAINED: with
 * arrays for the backward pass (then SAMPLES is 1) and for dropout. *OUT is freed by shard_free. */
enum lfads_status shard_create(struct shard **out, const struct backend *be,
                               const struct model *model, size_t trials, size_t samples,
                               bool trained, struct lfads_error *err);
void shard_free(struct shard *shard);
/* Bytes of BE's memory that such a shard takes. */
size_t shard_bytes(const struct backend *be, const struct model *model, size_t trials,
                   size_t samples, bool trained);

/* Begins a pass over TRIALS trials of SESSION, arrays undefined, and points the shard's views into
 * PARAMETERS, TRANSPOSED and GRADIENT (the latter two NULL without backward pass). SAMPLES: as
 * many as the shard was made for. DROPOUT: the masks are in use. */
void shard_begin(struct shard *shard, size_t session, size_t trials, size_t samples,
                 enum latents latents, bool dropout, real *parameters, real *transposed,
                 real *gradient);

#endif
