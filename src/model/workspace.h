/* workspace.h - a shard: a few trials of one session, the activations of one pass over them, and
 * the arrays of the backward pass, in one allocation that never grows. Under AddressSanitizer a gap
 * that no code may touch follows each array (base/poison.h).
 *
 * Arrays are time-major. B trials, S samples of each, R = B*S rows (row b*S+s), T bins, K bins of
 * the ic encoder. In arrays of slots, slot 0 is before the first bin and slot t+1 after bin t. The
 * parts before the samples are drawn (data, encoders, posterior of g0, the controller's input) have
 * B rows, the parts after that have R. Training has S = 1.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_WORKSPACE_H
#define LFADS_MODEL_WORKSPACE_H
#include "backend/backend.h"
#include "model/cost_table.h"
#include "model/model.h"
#include "model/observation.h"
#include "model/params.h"

/* What g0 and u are in a pass. */
enum latents {
    POSTERIOR_SAMPLE, /* samples of the posteriors */
    POSTERIOR_MEAN,   /* means of the posteriors; the KL divergence of u is still a sample's */
    PRIOR_SAMPLE      /* samples of the priors; encoders and controller do not run */
};

/* The arrays of dropout. Without dropout masks are NULL, and an array after dropout is the array
 * before it. */
struct dropout_arrays {
    real *data_mask, *ext_mask, *ic_enc_mask, *gen_ic_mask, *con_mask, *gen_mask, *gen_out;
    real *cd_mask, *cd_pass, *gradient_weight;
};

enum { SCALE_ENTRIES, SCALE_SV, SCALES };

struct shard {
    const struct backend *be;
    const struct model *model;
    size_t session, trials, samples, rows; /* current; rows = trials*samples */
    enum latents latents;
    bool dropout, trained; /* the pass uses masks; the shard has arrays for the backward pass */
    bool measured; /* the pass computes the parts of the likelihood that are measured apart */
    struct dropout_arrays with_dropout;
    struct weights w, wt, dw; /* parameters, transposed copies, gradient (a sum) */

    /* Data [bins,B,width] as model_trial_bins and model_trial_width say. If the encoders read the
     * observed array, TRIAL_ENCODED is that array, or after shard_read_apart one of the same shape.
     */
    real *data[TRIAL_ARRAYS];
    /* The same in the host's memory, for the caller to fill: data itself if the backend computes
     * in the host's memory, else what shard_upload copies to data. */
    real *host_data[TRIAL_ARRAYS];
    real *apart, *host_apart; /* [T,B,N] for shard_read_apart, or NULL */
    const real *weight; /* [T,B,N]: weights of the entries' terms in the likelihood; NULL: ones */
    /* missing_weight [T,B,N]: 0 for missing data, elsewhere scales[SCALE_ENTRIES]; entry_weight
     * [T,B,N]: this times sv_mask [T_enc,B,N_in], scales[SCALE_SV] for what sample validation
     * keeps, else 0. NULL if the model or the pass has none; weight is entry_weight, unless a
     * caller sets it. */
    real *missing_weight, *entry_weight, *sv_mask;
    real *scales;         /* [SCALES] */
    float *scratch;       /* [T,N], in training */
    uint32_t *step_trial; /* [2]: the step and the first trial that address the noise */
    /* noise and masks; an entry of a mask is 0 or 1/keep_prob */
    real *ic_noise;    /* [R,ic] */
    real *co_noise;    /* [T,R,co] */
    real *co_kl_noise; /* [T,R,co], or NULL: co_noise */
    real *ic_kl_noise; /* [B,ic]: of ic_kl_sample; NULL if the divergence needs no sample */
    real *data_mask, *ext_mask; /* [T_enc,B,width of what it masks], [T,B,E] */
    real *cd_mask, *cd_pass;    /* coordinated dropout [model_cd_bins,B,model_cd_channels]: 0 or
                                   1/(1-cd_rate); 0 where the gradient is blocked; or NULL */
    real
        *gradient_weight; /* [T,B,N]: weights of the entries' terms in the gradient; NULL: weight */
    real *ic_enc_mask, *con_mask, *gen_mask; /* [B,2ic_enc], [T,B,·], [T,B,G] */
    real *gen_ic_mask; /* [B,G]: of the first state, for the factors that are fed back; or NULL */
    /* encoders */
    real *encoded;      /* [T_enc,B,N_in]: what the encoders read after dropout; may be data */
    real *encoded_copy; /* memory for it, or NULL */
    real *enc_in;       /* [T_enc,B,·]; may be encoded */
    struct gru_tape encoder[ENCODERS];
    real *ic_enc;              /* [B,2ic_enc] after dropout */
    real *ic_mean, *ic_logvar; /* [B,ic] */
    real *prior_logvar;        /* [ic] */
    real *ic_kl_sample;        /* [B,ic]: for the KL divergence, or NULL */
    /* controller */
    struct matrix ci_in;        /* [T,B,·]: lagged ci states after dropout, an operand */
    struct gru_tape con_shared; /* pre_ru, pre_c [T,B,·]: products of ci_in, if S > 1 */
    real *fed;                  /* [T,R,·]: factors or rates fed back to the controller */
    struct gru_tape con;
    real *co_mean, *co_logvar, *co_sample; /* [T,R,co] */
    real *co_kl_sample;                    /* [T,R,co]: for the KL divergence; may be co_sample */
    /* generator */
    real *row_mean, *row_logvar; /* [R,ic]: ic_mean, ic_logvar row by row */
    real *g0;                    /* [R,ic] */
    real *gen_in;                /* [T,R,·]: u, external input */
    struct gru_tape gen;
    real *gen_out;                 /* slots [T+1,R,G]: states after dropout; may be the states */
    real *gen_ext;                 /* [T,R,E]: external input row by row, if S > 1 */
    real *fac_w, *fac_wt;          /* [G,F] with normalised columns; [F,G], its transpose */
    real *factors;                 /* slots [T+1,R,F] */
    real *out_params[OUT_PARAMS];  /* slots [T+1,R,N] each: of the output distribution */
    real *dout_params[OUT_PARAMS]; /* the same memory: the backward pass overwrites them */
    acc *cost[COST_TERMS];         /* [R] or [B] each (cost_terms_place) */
    real *heldout, *heldout_weight, *heldout_params[OUT_PARAMS]; /* [T_enc,R,·]: of held-out
                                                                     channels */
    /* backward */
    real *dfactors;                     /* slots [T+1,R,F] */
    real *dgen_out, *dgen_h;            /* [T,R,G], with feedback [R,G] of a bin; [R,G] */
    real *du, *dco_mean, *dco_logvar;   /* [T,R,co] */
    real *dco_kl_sample;                /* [T,R,co]; may be du */
    real *dcon_h, *dci_in, *dfed;       /* [R,C], [T,B,·], [R,·] */
    real *dg0, *dic_mean, *dic_logvar;  /* [R,ic] */
    real *dprior_logvar, *dfac_w;       /* [ic], [G,F] */
    real *dic_enc;                      /* [B,2ic_enc] */
    real *dh[ENCODERS], *drh[ENCODERS]; /* [R,most units]; a backend without branches
                                           shares one among the encoders */
    real *dreadin;                      /* [T_enc,B,F] */

    size_t max_trials;
    void *memory, *host; /* of data …; of host_data, NULL if that is data */
};

/* Creates a shard for at most TRIALS trials of any session with SAMPLES samples each. TRAINED:
 * with arrays for the backward pass and for dropout; SAMPLES must then be 1. shard_free frees *OUT.
 */
enum lfads_status shard_create(struct shard **out, const struct backend *be,
                               const struct model *model, size_t trials, size_t samples,
                               bool trained, struct lfads_error *err);
void shard_free(struct shard *shard);
/* Returns the bytes of BE's memory that such a shard needs. */
size_t shard_bytes(const struct backend *be, const struct model *model, size_t trials,
                   size_t samples, bool trained);

/* Begins a pass over TRIALS trials of SESSION: arrays are undefined, and the views point into
 * PARAMETERS, TRANSPOSED and GRADIENT (the last two are NULL if no backward pass follows). SAMPLES
 * must be that of shard_create. DROPOUT: the pass uses masks. */
void shard_begin(struct shard *shard, size_t session, size_t trials, size_t samples,
                 enum latents latents, bool dropout, real *parameters, real *transposed,
                 real *gradient);

/* ---- shard_arrays.c, for workspace.c ---- */

struct shard_bytes {
    size_t memory, host;
};
/* Places all arrays of S, whose sizes are the greatest, in its memory; without memory, measures
 * them. Returns the bytes that they take. */
struct shard_bytes shard_place(struct shard *s);
/* Whether the encoders' input is the encoded array itself, with or without dropout. */
bool shard_input_is_encoded(const struct model *m);
#endif
