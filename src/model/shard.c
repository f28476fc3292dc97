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
    if (decoder_first_read(shard) > 0)
        readout_forward(shard, 1, shard->model->bins);
}

void shard_decode(struct shard *shard)
{
    shard_generate(shard);
    if (shard->latents == PRIOR_SAMPLE)
        return;
    likelihood_forward(shard);
    divergences_forward(shard);
}

void shard_forward(struct shard *shard)
{
    shard_encode(shard);
    shard_decode(shard);
}

_Static_assert((int)ENCODERS < (int)MAX_BRANCHES,
               "the encoders and the decoder's weights take a branch each");

/* No other gradient depends on these, so they take a branch beside the encoders, which join all
 * branches. */
static void decoder_weights_backward(struct shard *s)
{
    if (s->be->fork)
        s->be->fork(s->be, ENCODERS);
    readout_weights_backward(s, decoder_first_read(s));
    factors_weights_backward(s, decoder_first_slot(s));
    generator_weights_backward(s);
    if (s->model->co_dim)
        controller_weights_backward(s);
}

void shard_backward(struct shard *shard, const struct shard_weights *weights)
{
    assert(shard->trained && shard->samples == 1 && shard->latents == POSTERIOR_SAMPLE);
    shard->be->transpose(shard->be, shard->fac_wt, shard->fac_w, shard->model->gen_units,
                         shard->model->factors);
    likelihood_backward(shard, weights->fixed[TERM_LOGLIK]);
    if (shard->model->co_dim)
        controller_costs_backward(shard, weights);
    decoder_backward(shard);
    if (shard->model->co_dim)
        controller_inputs_backward(shard);
    ic_sample_backward(shard, weights->ramped[TERM_KL_IC]);
    ic_posterior_backward(shard);
    decoder_weights_backward(shard);
    encoders_backward(shard);
    readin_backward(shard);
}

/* model.md (6.7). */
void shard_output(const struct shard *shard, real *out)
{
    const struct model *m = shard->model;
    size_t n = model_channels(m, shard->session), rows = m->bins * shard->rows,
           skip = shard->rows * n;

    if (!m->gaussian) { /* one row: vectors then reach over rows */
        shard->be->exponential(shard->be, out, rows * n, shard->eta + skip, rows * n, 1, rows * n);
        return;
    }
    shard->be->copy_masked(shard->be, out, 2 * n, shard->eta + skip, n, NULL, 0, rows, n);
    shard->be->exponential(shard->be, out + n, 2 * n, shard->eta_logvar + skip, n, rows, n);
}
