/* decoder.c - runs controller and generator, with feedback, through all bins: in one operation if
 * the backend has one, else bin by bin.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

enum feedback decoder_feedback(const struct shard *s)
{
    return s->latents == PRIOR_SAMPLE ? FEED_NOTHING : s->model->feedback;
}

/* ---- in one operation ---- */

static struct gru_sequence cell_of(const struct shard *s, const struct gru_tape *tape,
                                   const struct gru *gru, real *dh)
{
    struct gru_bins range = {.bins = s->model->bins, .rows = s->rows, .clip = s->model->clip};
    struct gru_sequence cell = gru_whole(tape, gru, &range);

    cell.dh = dh;
    return cell;
}

/* The arguments of the forward operation. */
static struct decoder_sequence forward_arguments(const struct shard *s)
{
    const struct model *m = s->model;
    size_t first = model_ci_width(m), fed = model_fed_width(m, s->session);

    return (struct decoder_sequence){
        .con = cell_of(s, &s->con, &s->w.con, NULL),
        .gen = cell_of(s, &s->gen, &s->w.gen, NULL),
        .samples = s->samples,
        .con_ru = s->samples > 1 ? s->con_shared.pre_ru : s->con.pre_ru,
        .con_c = s->samples > 1 ? s->con_shared.pre_c : s->con.pre_c,
        .fed_ru = fed ? s->w.con.x_ru + first * 2 * m->con_units : NULL,
        .fed_c = fed ? s->w.con.x_c + first * m->con_units : NULL,
        .fed_mask = fed && s->con_mask ? s->con_mask + first : NULL,
        .fed = s->fed,
        .n_factors = m->factors,
        .ldm = first + fed,
        .inferred = m->co_dim,
        .inputs = model_generator_inputs(m),
        .mean_drives = s->latents == POSTERIOR_MEAN,
        .mean_w = s->w.co_mean.w,
        .logvar_w = s->w.co_logvar.w,
        .mean_b = s->w.co_mean.b,
        .logvar_b = s->w.co_logvar.b,
        .noise = s->co_noise,
        .mean = s->co_mean,
        .logvar = s->co_logvar,
        .sample = s->co_sample,
        .in = s->gen_in,
        .in_ru = s->w.gen.x_ru,
        .in_c = s->w.gen.x_c,
        .out_mask = s->gen_mask,
        .out = s->gen_out,
        .fac_w = s->fac_w,
        .factors = s->factors,
    };
}

/* The arguments of the backward operation, with transposed maps and gradients. */
static struct decoder_sequence backward_arguments(const struct shard *s)
{
    struct decoder_sequence d = forward_arguments(s);
    size_t first = model_ci_width(s->model);

    d.con = cell_of(s, &s->con, &s->wt.con, s->dcon_h);
    d.gen = cell_of(s, &s->gen, &s->wt.gen, s->dgen_h);
    d.fed_ru = d.fed_ru ? s->wt.con.x_ru + first : NULL;
    d.fed_c = d.fed_c ? s->wt.con.x_c + first : NULL;
    d.ldfed = s->wt.con.inputs;
    d.mean_w = s->wt.co_mean.w;
    d.logvar_w = s->wt.co_logvar.w;
    d.in_ru = s->wt.gen.x_ru;
    d.in_c = s->wt.gen.x_c;
    d.fac_w = s->fac_wt;
    d.dfactors = s->dfactors;
    d.dmean = s->dco_mean;
    d.dlogvar = s->dco_logvar;
    d.du = s->du;
    return d;
}

static bool is_one_operation(const struct shard *s)
{
    return s->model->co_dim && s->latents != PRIOR_SAMPLE && decoder_feedback(s) != FEED_RATES;
}

static bool run_forward(struct shard *s)
{
    struct decoder_sequence d;

    if (!s->be->decoder_sequence || !is_one_operation(s))
        return false;
    d = forward_arguments(s);
    return s->be->decoder_sequence(s->be, &d);
}

static bool run_backward(struct shard *s)
{
    struct decoder_sequence d;

    if (!s->be->decoder_sequence_backward || !is_one_operation(s))
        return false;
    d = backward_arguments(s);
    return s->be->decoder_sequence_backward(s->be, &d);
}

/* ---- bin by bin ---- */

/* Computes factors (and rates) of slot SLOT if the controller reads them in the next bin. */
static void feed_forward(struct shard *s, size_t slot)
{
    enum feedback feedback = decoder_feedback(s);

    if (feedback != FEED_NOTHING)
        factors_forward(s, slot, 1);
    if (feedback == FEED_RATES)
        readout_forward(s, slot, 1);
}

/* Draws inferred inputs from their prior, without the controller: model.md (5.5), (5.6). */
static void draw_inputs(struct shard *s)
{
    const struct model *m = s->model;
    size_t n = m->co_dim, in = model_generator_inputs(m);

    m->co_prior->draw(s);
    s->be->copy_masked(s->be, s->gen_in, in, s->co_sample, n, NULL, 0, m->bins * s->rows, n);
}

static void step_forward(struct shard *s)
{
    feed_forward(s, 0);
    for (size_t t = 0; t < s->model->bins; t++) {
        if (s->model->co_dim && s->latents != PRIOR_SAMPLE) {
            if (gru_group_of(s->be, t, s->model->bins, s->trials).first == t)
                controller_group_inputs(s, t);
            controller_step_forward(s, t);
        }
        generator_step_forward(s, t);
        feed_forward(s, t + 1);
    }
    if (decoder_feedback(s) == FEED_NOTHING)
        factors_forward(s, 1, s->model->bins);
}

void decoder_step_forward(struct shard *s, size_t t)
{
    bool controlled = s->model->co_dim > 0;

    if (t == 0 && controlled)
        controller_begin_forward(s);
    if (generator_runs_alone(s)) {
        generator_lone_step_forward(s, t);
        return;
    }
    if (t == 0)
        feed_forward(s, 0);
    if (controlled) {
        controller_group_inputs(s, t);
        controller_step_forward(s, t);
    }
    generator_step_forward(s, t);
    feed_forward(s, t + 1);
}

void decoder_end_steps(struct shard *s)
{
    if (generator_runs_alone(s) || decoder_feedback(s) == FEED_NOTHING)
        factors_forward(s, 1, s->model->bins);
}

void decoder_forward(struct shard *s)
{
    bool controlled = s->model->co_dim > 0;

    if (controlled && s->latents == PRIOR_SAMPLE)
        draw_inputs(s);
    else if (controlled)
        controller_begin_forward(s);
    if (generator_runs_alone(s)) {
        generator_run_forward(s);
        factors_forward(s, 1, s->model->bins);
    } else if (!run_forward(s))
        step_forward(s);
}

/* Clears the gradient of slot 0, from which the controller reads but no likelihood is computed. */
static void clear_first_slot(struct shard *s)
{
    size_t n = s->rows * model_channels(s->model, s->session);

    s->be->clear(s->be, s->dfactors, s->rows * s->model->factors);
    for (size_t i = 0; i < s->model->output->n_params && s->model->feedback == FEED_RATES; i++)
        s->be->clear(s->be, s->dout_params[i], n);
}

static void step_backward(struct shard *s)
{
    enum feedback feedback = decoder_feedback(s);

    if (feedback == FEED_NOTHING)
        factors_backward(s, 0, s->model->bins);
    for (size_t t = s->model->bins; t-- > 0;) {
        if (feedback == FEED_RATES)
            readout_backward(s, t + 1, 1);
        if (feedback != FEED_NOTHING)
            factors_backward(s, t, 1);
        generator_step_backward(s, t);
        if (s->model->co_dim)
            controller_step_backward(s, t);
    }
    if (feedback == FEED_RATES)
        readout_backward(s, 0, 1);
}

/* dfactors of slot 0 -> dgen_h. */
static void first_factors_backward(struct shard *s)
{
    const struct model *m = s->model;
    bool masked = s->gen_ic_mask != NULL;
    real *dout = masked ? s->dgen_out : s->dgen_h; /* dgen_out is no longer needed */

    s->be->product(s->be, matrix_of(dout, m->gen_units), operand_of(s->dfactors, m->factors),
                   operand_of(s->fac_wt, m->gen_units), s->rows, m->gen_units, m->factors, !masked);
    if (masked)
        s->be->add_masked(s->be, s->dgen_h, m->gen_units, dout, m->gen_units, s->gen_ic_mask,
                          m->gen_units, s->rows, m->gen_units);
}

void decoder_backward(struct shard *s)
{
    const struct model *m = s->model;
    enum feedback feedback = decoder_feedback(s);

    s->be->transpose(s->be, s->fac_wt, s->fac_w, m->gen_units, m->factors);
    if (feedback != FEED_NOTHING)
        clear_first_slot(s);
    if (feedback != FEED_RATES)
        readout_backward(s, 1, m->bins);
    s->be->clear(s->be, s->dgen_h, s->rows * m->gen_units);
    if (m->co_dim)
        s->be->clear(s->be, s->dcon_h, s->rows * m->con_units);
    if (generator_runs_alone(s)) {
        factors_backward(s, 0, m->bins);
        generator_run_backward(s);
    } else if (!run_backward(s))
        step_backward(s);
    if (feedback != FEED_NOTHING)
        first_factors_backward(s);
}
