/* controller.c - the controller (model.md 5): its input from lagged encoder states and fed-back
 * factors or rates, its state, and the posterior and sample of the inferred input u.
 *
 * The encoders' part of its input does not depend on samples, so its products are computed for
 * groups of bins or all at once, and once for all samples of a trial.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/sizes.h"
#include "model/parts.h"

static size_t con_width(const struct shard *s)
{
    return model_ci_width(s->model) + model_fed_width(s->model, s->session);
}

/* Where the states of a ci encoder lie in ci_in, in rows of bins and trials: COUNT rows from FROM
 * of the encoder are those from INTO of ci_in, from column FIRST on. Bin t of ci_in is the state
 * after bin t-L (forward encoder) or t+L (backward encoder), zeros where the ci encoders do not
 * read that bin or t itself. */
struct lagged {
    size_t from, into, count, first;
};

static struct lagged lagged_states(const struct shard *s, enum encoder e)
{
    const struct model *m = s->model;
    bool reverse = e == CI_BACKWARD;
    size_t bins = m->encoded_bins - m->segment, lag = size_min(m->lag, bins);

    return (struct lagged){.from = (reverse ? lag : 0) * s->trials,
                           .into = (m->segment - m->first + (reverse ? 0 : lag)) * s->trials,
                           .count = (bins - lag) * s->trials,
                           .first = reverse ? m->ci_enc : 0};
}

/* The dropout mask of these states in ci_in, with row stride con_width; or NULL. */
static const real *lagged_mask(const struct shard *s, struct lagged l)
{
    return s->con_mask ? s->con_mask + l.into * con_width(s) + l.first : NULL;
}

static void copy_states(struct shard *s, enum encoder e, struct lagged l)
{
    const struct model *m = s->model;
    size_t units = m->ci_enc;
    /* the state after bin t is in slot t+1 of the forward encoder, slot t of the backward one */
    const real *states = s->encoder[e].h + (e == CI_BACKWARD ? 0 : s->trials * units);

    s->be->copy_operand(s->be, matrix_from(s->ci_in, l.into), l.first, states + l.from * units,
                        units, lagged_mask(s, l), con_width(s), l.count, units);
}

struct state_gradients ci_state_gradients(const struct shard *s, enum encoder e)
{
    struct lagged l = lagged_states(s, e);
    size_t width = model_ci_width(s->model);

    return (struct state_gradients){.x = s->dci_in + l.into * width + l.first,
                                    .mask = lagged_mask(s, l),
                                    .ldx = width,
                                    .ldm = con_width(s),
                                    .first = l.from / s->trials,
                                    .count = l.count / s->trials};
}

/* The encoders' part of model.md (5.1). */
void controller_inputs_forward(struct shard *s)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    size_t rows = m->bins * s->trials;
    struct lagged forward = lagged_states(s, CI_FORWARD),
                  backward = m->causal ? forward : lagged_states(s, CI_BACKWARD);
    /* the rows that both encoders fill */
    size_t begin = size_max(forward.into, backward.into);
    size_t end = size_min(forward.into + forward.count, backward.into + backward.count);

    be->clear(be, s->ci_in.data, begin * s->ci_in.ld);
    be->clear(be, matrix_from(s->ci_in, end).data, (rows - end) * s->ci_in.ld);
    copy_states(s, CI_FORWARD, forward);
    if (!m->causal)
        copy_states(s, CI_BACKWARD, backward);
}

/* Whether all bins are multiplied at once: samples share the products, or a device computes. */
static bool multiplies_all(const struct shard *s) { return s->samples > 1 || !s->be->host_memory; }

void controller_group_inputs(struct shard *s, size_t t)
{
    if (!multiplies_all(s))
        gru_group_inputs(s->be, &s->con, &s->w.con, operand_in(s->be, s->ci_in),
                         model_ci_width(s->model),
                         gru_group_of(s->be, t, s->model->bins, s->trials), s->trials);
}

/* Copies a trial's products to the rows of all its samples. */
static void share_inputs(struct shard *s, const struct gru_tape *bin, size_t t)
{
    size_t at = t * s->trials * s->model->con_units, units = s->model->con_units;

    s->be->repeat_rows(s->be, bin->pre_ru, s->con_shared.pre_ru + 2 * at, s->samples, 1, s->trials,
                       2 * units);
    s->be->repeat_rows(s->be, bin->pre_c, s->con_shared.pre_c + at, s->samples, 1, s->trials,
                       units);
}

void controller_inputs_backward(struct shard *s)
{
    size_t width = model_ci_width(s->model), rows = s->model->bins * s->trials;

    gru_dinputs(s->be, s->dci_in, width, &s->wt.con, &s->con, 0, width, rows, false);
}

/* What is fed back to bin T and the bins after it, if it is factors: an operand. The backward pass
 * reads rates again. */
static struct matrix fed_factors(const struct shard *s, size_t t)
{
    return matrix_from(operand_array(s->be, s->fed, s->model->factors), t * s->rows);
}

/* The same, as products read it. */
static struct operand fed_from(const struct shard *s, size_t t)
{
    size_t width = model_fed_width(s->model, s->session);

    return s->model->feedback == FEED_RATES ? operand_of(s->fed + t * s->rows * width, width)
                                            : operand_in(s->be, fed_factors(s, t));
}

/* The parts of the arrays that belong to one bin. */
struct step {
    struct gru_tape tape;
    size_t fed_width, ldm;
    real *fed;                        /* [R,fed_width] */
    const real *mask;                 /* of fed, or NULL */
    real *mean, *logvar, *sample, *u; /* [R,co]; u with the generator inputs' stride */
    const real *noise;
    size_t ldu;
};

static struct step step_at(const struct shard *s, size_t t)
{
    const struct model *m = s->model;
    size_t rows = s->rows, at = t * rows * m->co_dim, ldu = model_generator_inputs(m);
    size_t fed_width = model_fed_width(m, s->session), ldm = con_width(s);

    return (struct step){
        .tape = gru_tape_at(&s->con, &s->w.con, t, rows),
        .fed_width = fed_width,
        .ldm = ldm,
        .fed = fed_width ? s->fed + t * rows * fed_width : NULL,
        .mask = s->con_mask ? s->con_mask + t * rows * ldm + model_ci_width(m) : NULL,
        .mean = s->co_mean + at,
        .logvar = s->co_logvar + at,
        .sample = s->co_sample + at,
        .noise = s->co_noise + at,
        .u = s->gen_in + t * rows * ldu,
        .ldu = ldu,
    };
}

/* The previous bin's factors, or the means of its output, after dropout: the fed-back part of
 * model.md (5.1). */
static void feed_back(struct shard *s, const struct step *step, size_t t)
{
    size_t n = step->fed_width;
    const struct observation_constants constants = shard_constants(s);
    real *params[OUT_PARAMS];

    if (s->model->feedback == FEED_RATES) {
        shard_out_params(params, s->out_params, s, t);
        s->model->observation->mean(s->be, step->fed, n, params, &constants, s->rows, n);
        s->be->copy_masked(s->be, step->fed, n, step->fed, n, step->mask, step->ldm, s->rows, n);
    } else {
        s->be->copy_operand(s->be, fed_factors(s, t), 0, s->factors + t * s->rows * n, n,
                            step->mask, step->ldm, s->rows, n);
    }
}

void controller_begin_forward(struct shard *s)
{
    size_t units = s->model->con_units;

    s->be->set_rows(s->be, s->con.h, units, s->w.con_start, s->rows, units);
    if (multiplies_all(s))
        gru_inputs(s->be, s->samples > 1 ? &s->con_shared : &s->con, &s->w.con,
                   operand_in(s->be, s->ci_in), 0, model_ci_width(s->model),
                   s->model->bins * s->trials, false);
}

/* model.md (5.2) to (5.4), (6.8). */
void controller_step_forward(struct shard *s, size_t t)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    struct step step = step_at(s, t);
    size_t rows = s->rows, units = m->con_units, n = m->co_dim;
    real *h = step.tape.h, *h_new = h + rows * units;

    if (s->samples > 1)
        share_inputs(s, &step.tape, t);
    if (step.fed_width) {
        feed_back(s, &step, t);
        gru_inputs(be, &step.tape, &s->w.con, fed_from(s, t), model_ci_width(m), step.fed_width,
                   rows, true);
    }
    gru_step(be, h_new, &step.tape, &s->w.con, h, m->clip, rows, true);
    linear_forward(be, step.mean, n, &s->w.co_mean, h_new, rows);
    linear_forward(be, step.logvar, n, &s->w.co_logvar, h_new, rows);
    be->saturate(be, step.logvar, rows * n);
    be->sample(be, step.sample, n, step.mean, step.logvar, step.noise, rows, n);
    be->copy_masked(be, step.u, step.ldu, s->latents == POSTERIOR_MEAN ? step.mean : step.sample, n,
                    NULL, 0, rows, n);
}

/* Adds the gradient of what was fed back to that of slot t. */
static void feed_back_backward(struct shard *s, const struct step *step, size_t t)
{
    size_t n = step->fed_width;
    struct mean_gradient from = {
        .dmean = s->dfed, .mean = step->fed, .mask = step->mask, .ldm = step->ldm};
    real *dparams[OUT_PARAMS];

    gru_dinputs(s->be, s->dfed, n, &s->wt.con, &step->tape, model_ci_width(s->model), n, s->rows,
                false);
    if (s->model->feedback == FEED_RATES) {
        shard_out_params(dparams, s->dout_params, s, t);
        s->model->observation->mean_backward(s->be, dparams, &from, s->rows, n);
    } else {
        s->be->add_masked(s->be, s->dfactors + t * s->rows * n, n, s->dfed, n, step->mask,
                          step->ldm, s->rows, n);
    }
}

void controller_step_backward(struct shard *s, size_t t)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    struct step step = step_at(s, t);
    size_t rows = s->rows, n = m->co_dim, at = t * rows * n;
    real *dmean = s->dco_mean + at, *dlogvar = s->dco_logvar + at;

    be->sample_backward(be, dmean, dlogvar, s->du + at, n, step.logvar, step.noise, rows, n);
    be->saturate_backward(be, dlogvar, step.logvar, rows * n);
    linear_dinputs(be, s->dcon_h, &s->wt.co_mean, dmean, rows, true);
    linear_dinputs(be, s->dcon_h, &s->wt.co_logvar, dlogvar, rows, true);
    gru_step_backward(be, s->dcon_h, &step.tape, &s->wt.con, step.tape.h, s->drh[0], m->clip, rows);
    if (step.fed_width)
        feed_back_backward(s, &step, t);
}

void controller_weights_backward(struct shard *s)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    size_t rows = m->bins * s->rows, units = m->con_units;
    size_t ci_width = model_ci_width(m), fed_width = model_fed_width(m, s->session);
    const struct gru_input inputs[] = {{operand_in(be, s->ci_in), 0, ci_width},
                                       {fed_from(s, 0), ci_width, fed_width}};
    const real *after = s->con.h + s->rows * units;

    be->sum_rows(be, s->dw.con_start, operand_of(s->dcon_h, units), s->rows, units);
    gru_weights_backward(be, &s->dw.con, &s->con, s->con.h, inputs, fed_width ? 2 : 1, rows);
    linear_backward(be, &s->dw.co_mean, s->dco_mean, after, rows);
    linear_backward(be, &s->dw.co_logvar, s->dco_logvar, after, rows);
}
