/* decoder.c - generator, controller and what is fed back between them, through all bins.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

/* Whether the factors of a bin are needed before the next bin can be computed. */
static bool is_fed_back(const struct shard *s)
{
    return s->model->co_dim && s->model->feed_back && s->draw != DRAW_PRIOR;
}

size_t decoder_first_slot(const struct shard *s) { return is_fed_back(s) ? 0 : 1; }
size_t decoder_first_read(const struct shard *s)
{
    return is_fed_back(s) && s->model->feed_rates ? 0 : 1;
}

/* Factors (and rates) of slot t, where the controller waits for them. */
static void feed_forward(struct shard *s, size_t slot)
{
    factors_forward(s, slot, 1);
    if (s->model->feed_rates)
        readout_forward(s, slot, 1);
}

/* Inferred inputs drawn from their prior, in the controller's place. */
static void draw_inputs(struct shard *s)
{
    const struct model *m = s->model;
    size_t n = m->co_dim, in = model_generator_inputs(m);

    s->be->ar1_draw(s->be, s->co_sample, s->co_noise, s->w.ar_logatau, s->w.ar_logevar, m->bins,
                    s->rows, n);
    s->be->copy_masked(s->be, s->gen_in, in, s->co_sample, n, NULL, 0, m->bins * s->rows, n);
}

static void step_forward(struct shard *s)
{
    bool fed_back = is_fed_back(s);

    if (fed_back)
        feed_forward(s, 0);
    for (size_t t = 0; t < s->model->bins; t++) {
        if (s->model->co_dim && s->draw != DRAW_PRIOR)
            controller_step_forward(s, t);
        generator_step_forward(s, t);
        if (fed_back)
            feed_forward(s, t + 1);
    }
    if (!fed_back)
        factors_forward(s, 1, s->model->bins);
}

void decoder_forward(struct shard *s)
{
    bool controlled = s->model->co_dim > 0;

    if (controlled && s->draw == DRAW_PRIOR)
        draw_inputs(s);
    else if (controlled)
        controller_begin_forward(s);
    if (generator_runs_alone(s)) {
        generator_run_forward(s);
        factors_forward(s, 1, s->model->bins);
    } else
        step_forward(s);
}

/* The slot of what was fed back before the first bin: no data is there, only the controller. */
static void clear_first_slot(struct shard *s)
{
    size_t n = s->rows * model_channels(s->model, s->session);

    s->be->clear(s->be, s->dfactors, s->rows * s->model->factors);
    if (!s->model->feed_rates)
        return;
    s->be->clear(s->be, s->eta, n);
    if (s->model->gaussian)
        s->be->clear(s->be, s->eta_logvar, n);
}

static void step_backward(struct shard *s)
{
    bool fed_back = is_fed_back(s), late_readout = fed_back && s->model->feed_rates;

    if (!fed_back)
        factors_backward(s, 0, s->model->bins);
    for (size_t t = s->model->bins; t-- > 0;) {
        if (late_readout)
            readout_backward(s, t + 1, 1);
        if (fed_back)
            factors_backward(s, t, 1);
        generator_step_backward(s, t);
        if (s->model->co_dim)
            controller_step_backward(s, t);
    }
    if (late_readout)
        readout_backward(s, 0, 1);
}

void decoder_backward(struct shard *s)
{
    const struct model *m = s->model;
    bool fed_back = is_fed_back(s);

    if (fed_back)
        clear_first_slot(s);
    if (decoder_first_read(s) > 0)
        readout_backward(s, 1, m->bins);
    s->be->clear(s->be, s->dgen_h, s->rows * m->gen_units);
    if (generator_runs_alone(s)) {
        factors_backward(s, 0, m->bins);
        generator_run_backward(s);
    } else
        step_backward(s);
    if (fed_back) /* the first slot's factors passed no dropout */
        s->be->product(s->be, s->dgen_h, m->gen_units, s->dfactors, m->factors, false, s->fac_wt,
                       m->gen_units, false, s->rows, m->gen_units, m->factors, true);
}
