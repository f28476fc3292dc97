/* shard.c - the forward pass as a list of parts; the backward pass calls them in reverse.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/shard.h"

#include "model/parts.h"

void shard_encode(struct shard *shard)
{
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
    correlation_forward(shard);
    co_kl_forward(shard);
}

void shard_forward(struct shard *shard)
{
    shard_encode(shard);
    shard_decode(shard);
}

/* Row TRIAL of every bin: src [T,B,n] to dst [T,n]. */
static void take_rows(const struct shard *s, real *dst, const real *src, size_t bins, size_t trials,
                      size_t trial, size_t n)
{
    if (n)
        s->be->copy_masked(s->be, dst, n, src + trial * n, trials * n, NULL, 0, bins, n);
}

void shard_take(struct shard *shard, const struct shard *encoded, size_t trial)
{
    const struct model *m = shard->model;
    struct gru_tape *con = shard->samples > 1 ? &shard->con_shared : &shard->con;
    size_t b = encoded->trials;

    assert(shard->trials == 1 && encoded->samples == 1);
    take_rows(shard, shard->x, encoded->x, m->bins, b, trial, model_channels(m, shard->session));
    take_rows(shard, shard->ext, encoded->ext, m->bins, b, trial, m->ext_inputs);
    take_rows(shard, shard->ic_mean, encoded->ic_mean, 1, b, trial, m->ic_dim);
    take_rows(shard, shard->ic_logvar, encoded->ic_logvar, 1, b, trial, m->ic_dim);
    if (!m->co_dim)
        return;
    take_rows(shard, con->ru, encoded->con.ru, m->bins, b, trial, 2 * m->con_units);
    take_rows(shard, con->c, encoded->con.c, m->bins, b, trial, m->con_units);
}

_Static_assert((int)ENCODERS < (int)MOST_BRANCHES, "the decoder's weights have a branch, too");

/* No later part reads these: on a backend with branches they run beside the encoders' backward
 * pass, which joins them. */
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
    co_kl_backward(shard, weights->kl_co);
    correlation_backward(shard, weights->corr);
    likelihood_backward(shard, weights->recon);
    decoder_backward(shard);
    if (shard->model->co_dim)
        controller_inputs_backward(shard);
    ic_sample_backward(shard);
    ic_kl_backward(shard, weights->kl_ic);
    ic_posterior_backward(shard);
    decoder_weights_backward(shard);
    encoders_backward(shard);
    readin_backward(shard);
}

void shard_output(const struct shard *shard, real *out)
{
    const struct model *m = shard->model;
    const struct observation *observation = m->observation;
    size_t n = model_channels(m, shard->session), width = m->output->written * n;
    size_t rows = m->bins * shard->rows;
    real *params[OUT_PARAMS];

    shard_out_params(params, shard->out_params, shard, 1);
    observation->mean(shard->be, out, width, params, rows, n);
    if (observation->rest)
        observation->rest(shard->be, out + n, width, params, rows, n);
}
