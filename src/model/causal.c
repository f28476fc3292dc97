/* causal.c - runs the model bin by bin.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/causal.h"

#include <string.h>

#include "model/parts.h"

bool causal_is_possible(const struct model *model) { return model->causal || !model->co_dim; }

size_t causal_first_bins(const struct model *model) { return model->ic_dim ? model->ic_bins : 1; }

void causal_begin(struct shard *shard)
{
    struct shard *s = shard;

    assert(s->be->host_memory);
    assert(s->trials == 1 && s->samples == 1 && s->latents == POSTERIOR_MEAN);
    for (enum trial_array array = 0; array < TRIAL_ARRAYS; array++)
        if (s->host_data[array])
            memset(s->host_data[array], 0,
                   model_trial_bins(s->model, array) *
                       model_trial_width(s->model, s->session, array) *
                       sizeof *s->host_data[array]);
    ci_encoder_begin_forward(s);
}

/* The first state of the generator. */
static void begin_decoder(struct shard *s)
{
    ic_encoders_forward(s);
    ic_posterior_forward(s);
    ic_sample_forward(s);
}

void causal_bin(struct shard *shard, size_t t, size_t *ready)
{
    struct shard *s = shard;
    const struct model *m = s->model;
    size_t first = causal_first_bins(m);

    weights_forward(s);
    readin_forward(s);
    ci_encoder_step_forward(s, t);
    *ready = 0;
    if (t + 1 < first)
        return;
    if (t + 1 == first)
        begin_decoder(s);
    if (m->co_dim)
        controller_inputs_forward(s);
    generator_begin_forward(s);
    for (size_t bin = t + 1 == first ? 0 : t; bin <= t; bin++)
        decoder_step_forward(s, bin);
    decoder_end_steps(s);
    if (decoder_feedback(s) != FEED_RATES)
        readout_forward(s, 1, m->bins);
    *ready = t + 1;
}
