/* shard.c - the model as a page of its parts, and the page upside down.
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

/* Whether the factors of a bin are needed before the next bin can be computed. */
static bool is_fed_back(const struct shard *s)
{
    return s->model->co_dim && s->model->feed_back && s->draw != DRAW_PRIOR;
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

void shard_generate(struct shard *shard)
{
    size_t bins = shard->model->bins;
    bool fed_back = is_fed_back(shard), controlled = shard->model->co_dim > 0;

    ic_sample_forward(shard);
    generator_begin_forward(shard);
    if (controlled && shard->draw == DRAW_PRIOR)
        draw_inputs(shard);
    if (fed_back)
        feed_forward(shard, 0);
    if (generator_runs_alone(shard))
        generator_run_forward(shard);
    for (size_t t = 0; t < bins && !generator_runs_alone(shard); t++) {
        if (controlled && shard->draw != DRAW_PRIOR)
            controller_step_forward(shard, t);
        generator_step_forward(shard, t);
        if (fed_back)
            feed_forward(shard, t + 1);
    }
    if (!fed_back)
        factors_forward(shard, 1, bins);
    if (!fed_back || !shard->model->feed_rates)
        readout_forward(shard, 1, bins);
}

void shard_decode(struct shard *shard)
{
    shard_generate(shard);
    if (shard->draw == DRAW_PRIOR)
        return;
    likelihood_forward(shard);
    divergences_forward(shard);
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

/* The time loop of shard_decode backward, from the gradients of eta to that of the first state. */
static void dynamics_backward(struct shard *s)
{
    const struct model *m = s->model;
    bool fed_back = is_fed_back(s), late_readout = fed_back && m->feed_rates;

    if (fed_back)
        clear_first_slot(s);
    if (!late_readout)
        readout_backward(s, 1, m->bins);
    if (!fed_back)
        factors_backward(s, 0, m->bins);
    s->be->clear(s->be, s->dgen_h, s->rows * m->gen_units);
    if (generator_runs_alone(s))
        generator_run_backward(s);
    for (size_t t = generator_runs_alone(s) ? 0 : m->bins; t-- > 0;) {
        if (late_readout)
            readout_backward(s, t + 1, 1);
        if (fed_back)
            factors_backward(s, t, 1);
        generator_step_backward(s, t);
        if (m->co_dim)
            controller_step_backward(s, t);
    }
    if (late_readout)
        readout_backward(s, 0, 1);
    if (fed_back) /* the first slot's factors passed no dropout */
        s->be->product(s->be, s->dgen_h, m->gen_units, s->dfactors, m->factors, false, s->fac_wt,
                       m->gen_units, false, s->rows, m->gen_units, m->factors, true);
}

void shard_backward(struct shard *shard, const struct shard_weights *weights)
{
    size_t first = is_fed_back(shard) ? 0 : 1;
    size_t first_read = first == 0 && shard->model->feed_rates ? 0 : 1;

    assert(shard->trained && shard->samples == 1 && shard->draw == DRAW_SAMPLE);
    shard->be->transpose(shard->be, shard->fac_wt, shard->fac_w, shard->model->gen_units,
                         shard->model->factors);
    likelihood_backward(shard, weights->recon);
    if (shard->model->co_dim)
        controller_costs_backward(shard, weights);
    dynamics_backward(shard);
    readout_weights_backward(shard, first_read);
    factors_weights_backward(shard, first);
    generator_weights_backward(shard);
    if (shard->model->co_dim) {
        controller_weights_backward(shard);
        controller_inputs_backward(shard);
    }
    ic_sample_backward(shard, weights->kl_ic);
    ic_posterior_backward(shard);
    encoders_backward(shard);
    readin_backward(shard);
}

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
