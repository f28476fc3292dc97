/* shard.c - the forward pass as a list of parts; the backward pass calls them in reverse.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/shard.h"

#include "model/parts.h"

void shard_encode(struct shard *shard)
{
    weights_forward(shard);
    readin_forward(shard);
    encoders_forward(shard);
    ic_posterior_forward(shard);
    if (shard->model->co_dim)
        controller_inputs_forward(shard);
}

void shard_generate(struct shard *shard)
{
    ic_sample_forward(shard);
    generator_begin_forward(shard);
    decoder_forward(shard);
    if (decoder_feedback(shard) != FEED_RATES)
        readout_forward(shard, 1, shard->model->bins);
}

void shard_decode(struct shard *shard)
{
    bool has_costs = shard->latents != PRIOR_SAMPLE;

    if (has_costs)
        ic_kl_forward(shard);
    shard_generate(shard);
    if (!has_costs)
        return;
    likelihood_forward(shard);
    measures_forward(shard);
    correlation_forward(shard);
    co_kl_forward(shard);
}

void shard_forward(struct shard *shard)
{
    shard_encode(shard);
    shard_decode(shard);
}

_Static_assert((int)ENCODERS < (int)MAX_BRANCHES,
               "the encoders and the decoder's weights need a branch each");

/* No other gradient depends on these: they run in a branch, at the same time as the encoders.
 * encoders_backward waits for all branches. */
static void decoder_weights_backward(struct shard *s)
{
    if (s->be->fork)
        s->be->fork(s->be, ENCODERS);
    readout_weights_backward(s, decoder_feedback(s) == FEED_RATES ? 0 : 1);
    factors_weights_backward(s, decoder_feedback(s) == FEED_NOTHING ? 1 : 0);
    generator_weights_backward(s);
    if (s->model->co_dim)
        controller_weights_backward(s);
}

void shard_backward(struct shard *shard, const struct shard_weights *weights)
{
    assert(shard->trained && shard->samples == 1 && shard->latents == POSTERIOR_SAMPLE);
    co_kl_backward(shard, weights->ramped[TERM_KL_CO]);
    correlation_backward(shard, weights->fixed[TERM_CORR]);
    likelihood_backward(shard, weights->fixed[TERM_LOGLIK]);
    decoder_backward(shard);
    if (shard->model->co_dim)
        controller_inputs_backward(shard);
    ic_sample_backward(shard);
    ic_kl_backward(shard, weights->ramped[TERM_KL_IC]);
    ic_posterior_backward(shard);
    decoder_weights_backward(shard);
    encoders_backward(shard);
    readin_backward(shard);
}

/* model.md (6.7). */
void shard_output(const struct shard *shard, real *out)
{
    const struct model *m = shard->model;
    const struct observation *observation = m->observation;
    size_t n = model_channels(m, shard->session), width = m->output->written * n;
    size_t rows = m->bins * shard->rows;
    const struct observation_constants constants = shard_constants(shard);
    real *params[OUT_PARAMS];

    shard_out_params(params, shard->out_params, shard, 1);
    observation->mean(shard->be, out, width, params, &constants, rows, n);
    if (observation->rest)
        observation->rest(shard->be, out + n, width, params, &constants, rows, n);
}
