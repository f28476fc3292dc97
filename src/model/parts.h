/* parts.h - the parts of the model on a shard, each with its backward function, in the order of the
 * equations. They read and write the shard's arrays (workspace.h). A backward function adds to the
 * shard's gradient; those of all later parts must have run before it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_PARTS_H
#define LFADS_MODEL_PARTS_H
#include "model/workspace.h"

/* weights.c: data -> missing_weight, sv_mask, entry_weight, gradient_weight; missing data become 0.
 */
void weights_forward(struct shard *s);

/* readin.c (model.md 1): data -> encoded, enc_in. */
void readin_forward(struct shard *s);
/* enc_in, as products read it. */
struct operand encoders_input(const struct shard *s);
/* dreadin [T_enc,B,F] -> gradient of the read-in. Does nothing if the read-in is the identity. */
void readin_backward(struct shard *s);

/* encoder.c (model.md 3): enc_in -> states of the ic and ci encoders, ic_enc. */
void encoders_forward(struct shard *s);
/* The same in steps, for bins that come one after the other: the ic encoders over their bins; the
 * state of the forward ci encoder before the first bin; after bin T, which it may not read. */
void ic_encoders_forward(struct shard *s);
void ci_encoder_begin_forward(struct shard *s);
void ci_encoder_step_forward(struct shard *s, size_t t);
/* dic_enc, dci_in -> gradients of the encoders; sets dreadin. Waits for all branches. */
void encoders_backward(struct shard *s);

/* initial_condition.c (model.md 4): ic_enc -> posterior and prior of g0. */
void ic_posterior_forward(struct shard *s);
/* dic_mean, dic_logvar -> dic_enc. */
void ic_posterior_backward(struct shard *s);
/* Posterior (or prior) -> g0 and the generator's state in slot 0. */
void ic_sample_forward(struct shard *s);
/* dgen_h -> sets dic_mean, dic_logvar. */
void ic_sample_backward(struct shard *s);

/* controller.c (model.md 5): states of the ci encoders -> ci_in. */
void controller_inputs_forward(struct shard *s);
/* Gradients in the controller's tape -> dci_in. */
void controller_inputs_backward(struct shard *s);
/* The gradients of the states of ci encoder E: parts of dci_in. */
struct state_gradients ci_state_gradients(const struct shard *s, enum encoder e);
/* Sets the controller's state before the first bin; ci_in -> its products in all bins, if several
 * samples share them or a device computes. */
void controller_begin_forward(struct shard *s);
/* ci_in -> else its products in bin T's group (gru.h), before the steps of these bins. */
void controller_group_inputs(struct shard *s, size_t t);
/* One bin: fed-back factors -> controller's state, posterior and sample of u, gen_in. */
void controller_step_forward(struct shard *s, size_t t);
/* du of the bin -> dcon_h; adds the gradient of what was fed back to dfactors (or dout_params) of
 * slot t. */
void controller_step_backward(struct shard *s, size_t t);
/* Gradients of the controller's maps, all bins at once. */
void controller_weights_backward(struct shard *s);

/* generator.c (model.md 6). Whether the generator's inputs do not depend on its earlier states:
 * then it runs through all bins at once, else bin by bin. */
bool generator_runs_alone(const struct shard *s);
/* External inputs -> gen_in, normalised columns; before the first bin. */
void generator_begin_forward(struct shard *s);
/* One bin: gen_in -> state of slot t+1 and its dropped-out copy. */
void generator_step_forward(struct shard *s, size_t t);
/* Adds dgen_out of the bin to dgen_h, then turns it into the gradient of slot t; adds to du. */
void generator_step_backward(struct shard *s, size_t t);
/* The steps of all bins at once. */
void generator_run_forward(struct shard *s);
/* The step of one bin of it. */
void generator_lone_step_forward(struct shard *s, size_t t);
void generator_run_backward(struct shard *s);
/* Gradients of the generator's maps, all bins at once. */
void generator_weights_backward(struct shard *s);
/* gen_out -> factors of slots FIRST to FIRST+COUNT-1. */
void factors_forward(struct shard *s, size_t first, size_t count);
/* dfactors -> dgen_out of bins FIRST to FIRST+COUNT-1. */
void factors_backward(struct shard *s, size_t first, size_t count);
/* Gradient of the map to the factors, over slot FIRST and all later ones. */
void factors_weights_backward(struct shard *s, size_t first);

/* decoder.c: runs controller, generator and factors (and rates, if these are fed back) through all
 * bins; for samples of the priors, u and the generator. The first slots of states must be set. */
void decoder_forward(struct shard *s);
/* The same in steps, without dropout: one bin; then what is computed of all bins at once. */
void decoder_step_forward(struct shard *s, size_t t);
void decoder_end_steps(struct shard *s);
/* dout_params and the gradient of u's costs -> gradients in the tapes of controller and generator,
 * dfactors, fac_wt, and dgen_h of the generator's first state. */
void decoder_backward(struct shard *s);
/* What the pass feeds back to the controller. */
enum feedback decoder_feedback(const struct shard *s);

/* readout.c (model.md 6, 7). Sets AT to slot SLOT of PARAMS, which is out_params or dout_params. */
void shard_out_params(real *at[OUT_PARAMS], real *const params[OUT_PARAMS], const struct shard *s,
                      size_t slot);
/* What the session's output distributions have in common. */
struct observation_constants shard_constants(const struct shard *s);
/* factors -> out_params of slots FIRST to FIRST+COUNT-1. */
void readout_forward(struct shard *s, size_t first, size_t count);
/* dout_params -> dfactors of slots FIRST to FIRST+COUNT-1. */
void readout_backward(struct shard *s, size_t first, size_t count);
/* Gradient of the read-out, over slot FIRST and all later ones. */
void readout_weights_backward(struct shard *s, size_t first);
/* out_params, observed data -> loglik. */
void likelihood_forward(struct shard *s);
/* The parts of loglik that costs_sum measures apart -> cost[TERM_HELDOUT], cost[TERM_FORWARD],
 * cost[TERM_UNMASKED]; zeros unless the shard is measured. */
void measures_forward(struct shard *s);
/* Overwrites out_params with dout_params, in all slots but slot 0. */
void likelihood_backward(struct shard *s, real weight);

/* priors.c (model.md 7): the KL divergences of g0 and u, without weights. Posterior of g0 ->
 * cost[TERM_KL_IC]. */
void ic_kl_forward(struct shard *s);
/* Adds to dic_mean, dic_logvar. */
void ic_kl_backward(struct shard *s, const real *weight);
/* co_sample, posterior of u -> cost[TERM_KL_CO]. */
void co_kl_forward(struct shard *s);
/* Sets du, dco_mean, dco_logvar. */
void co_kl_backward(struct shard *s, const real *weight);
/* co_mean -> cost[TERM_CORR]. */
void correlation_forward(struct shard *s);
/* Adds to dco_mean. */
void correlation_backward(struct shard *s, real weight);
#endif
