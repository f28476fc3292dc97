/* parts.h - the parts of the model on a shard, forward beside backward, in the order of the
 * equations. Each reads and writes the shard's arrays (workspace.h); every backward adds to the
 * shard's gradient and expects what the backward of the parts after it has left.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_PARTS_H
#define LFADS_MODEL_PARTS_H
#include "model/shard.h"

/* readin.c (model.md 1): x, ext -> data_seen, enc_in. */
void readin_forward(struct shard *s);
/* dreadin [T,B,F] -> gradient of the read-in; nothing where that is the identity. */
void readin_backward(struct shard *s);

/* encoder.c (model.md 3): enc_in -> states of the ic and ci encoders, ic_enc. */
void encoders_forward(struct shard *s);
/* dic_enc, dstates -> gradients of the encoders; sets dreadin. Joins all branches. */
void encoders_backward(struct shard *s);

/* initial_condition.c (model.md 4): ic_enc -> posterior and prior of g0. */
void ic_posterior_forward(struct shard *s);
/* dic_mean, dic_logvar -> dic_enc. */
void ic_posterior_backward(struct shard *s);
/* Posterior (or prior) -> g0 and the generator's state in slot 0. */
void ic_sample_forward(struct shard *s);
/* dgen_h -> sets dic_mean, dic_logvar. */
void ic_sample_backward(struct shard *s);

/* controller.c (model.md 5): ci states -> products of the encoders' part of the input. */
void controller_inputs_forward(struct shard *s);
/* Gradients in the controller's tape -> dstates of the ci encoders. */
void controller_inputs_backward(struct shard *s);
/* The learned start of the controller's state; before the first bin. */
void controller_begin_forward(struct shard *s);
/* One bin: fed-back factors, controller's state, posterior and sample of u, into gen_in. */
void controller_step_forward(struct shard *s, size_t t);
/* du of the bin -> dcon_h, and what is fed back into dfactors (or dout_params) of slot t. */
void controller_step_backward(struct shard *s, size_t t);
/* Gradients of the controller's maps, all bins at once. */
void controller_weights_backward(struct shard *s);

/* generator.c (model.md 6). Whether nothing but its own states drives the generator from bin to
 * bin: then all bins are run at once, else one by one. */
bool generator_runs_alone(const struct shard *s);
/* ext -> gen_in, normalised columns; before the first bin. */
void generator_begin_forward(struct shard *s);
/* One bin: gen_in -> state of slot t+1 and its dropped-out copy. */
void generator_step_forward(struct shard *s, size_t t);
/* dgen_out of the bin joins dgen_h, which becomes the gradient of slot t; du gets its part. */
void generator_step_backward(struct shard *s, size_t t);
/* The steps of all bins at once. */
void generator_run_forward(struct shard *s);
void generator_run_backward(struct shard *s);
/* Gradients of the generator's maps, all bins at once. */
void generator_weights_backward(struct shard *s);
/* gen_out -> factors, COUNT slots from slot FIRST on. */
void factors_forward(struct shard *s, size_t first, size_t count);
/* dfactors -> dgen_out of COUNT bins from bin FIRST on. */
void factors_backward(struct shard *s, size_t first, size_t count);
/* Gradient of the map to the factors, all slots from slot FIRST on. */
void factors_weights_backward(struct shard *s, size_t first);

/* decoder.c: controller, generator and factors through all bins (and rates, where those are fed
 * back), or in the prior's case u and the generator; the first slots of states are there. */
void decoder_forward(struct shard *s);
/* From dout_params (and the gradient of u's costs): the tapes of both become gradients, dfactors
 * and fac_wt are set, dgen_h is the first state's. */
void decoder_backward(struct shard *s);
/* What the time loop feeds back: factors of slots from 0 on, or rates of these too. */
enum feedback decoder_feedback(const struct shard *s);

/* readout.c (model.md 6, 7). Sets AT to PARAMS, out_params or dout_params, from slot SLOT on. */
void shard_out_params(real *at[OUT_PARAMS], real *const params[OUT_PARAMS], const struct shard *s,
                      size_t slot);
/* factors -> out_params, COUNT slots from slot FIRST on. */
void readout_forward(struct shard *s, size_t first, size_t count);
/* dout_params -> sets dfactors of COUNT slots from slot FIRST on. */
void readout_backward(struct shard *s, size_t first, size_t count);
/* Gradient of the read-out, all slots from slot FIRST on. */
void readout_weights_backward(struct shard *s, size_t first);
/* out_params, x -> loglik. */
void likelihood_forward(struct shard *s);
/* Sets dout_params of the slots from 1 on; out_params of these are lost. */
void likelihood_backward(struct shard *s, real weight);

/* priors.c (model.md 7): the divergences of g0 and u from their priors, row by row, without the
 * weights that the batch gives them. Posterior -> kl_ic. */
void ic_kl_forward(struct shard *s);
/* Adds to dic_mean, dic_logvar. */
void ic_kl_backward(struct shard *s, const real *weight);
/* co_sample, posterior -> kl_co. */
void co_kl_forward(struct shard *s);
/* Sets du, dco_mean, dco_logvar. */
void co_kl_backward(struct shard *s, const real *weight);
/* co_mean -> corr. */
void correlation_forward(struct shard *s);
/* Adds to dco_mean. */
void correlation_backward(struct shard *s, real weight);
#endif
