/* initial_condition.c - posterior and sample of g0, and the generator's first state (model.md 4).
 * Without g0 (ic_dim 0) that state is a learned vector.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

/* mean = g W + b; logvar = log(exp(g W' + b') + ic_post_var_min): model.md (4.1), (4.2), (6.8). */
void ic_posterior_forward(struct shard *s)
{
    const struct model *m = s->model;
    size_t rows = s->trials, n = m->ic_dim;

    if (!n)
        return;
    linear_forward(s->be, s->ic_mean, n, &s->w.ic_mean, s->ic_enc, rows);
    linear_forward(s->be, s->ic_logvar, n, &s->w.ic_logvar, s->ic_enc, rows);
    if (m->ic_post_var_min > 0)
        s->be->floor_variance(s->be, s->ic_logvar, m->ic_post_var_min, rows * n);
    s->be->saturate(s->be, s->ic_logvar, rows * n);
}

void ic_posterior_backward(struct shard *s)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    size_t rows = s->trials, n = m->ic_dim;

    if (!n)
        return;
    be->saturate_backward(be, s->dic_logvar, s->ic_logvar, rows * n);
    if (m->ic_post_var_min > 0)
        be->floor_variance_backward(be, s->dic_logvar, s->ic_logvar, m->ic_post_var_min, rows * n);
    linear_backward(be, &s->dw.ic_mean, s->dic_mean, s->ic_enc, rows);
    linear_backward(be, &s->dw.ic_logvar, s->dic_logvar, s->ic_enc, rows);
    linear_dinputs(be, s->dic_enc, &s->wt.ic_mean, s->dic_mean, rows, false);
    linear_dinputs(be, s->dic_enc, &s->wt.ic_logvar, s->dic_logvar, rows, true);
}

/* g0 = mean + exp(logvar/2) noise, or the mean: model.md (4.3). */
static void draw_posterior(struct shard *s)
{
    const struct backend *be = s->be;
    size_t n = s->model->ic_dim;

    if (s->samples > 1) {
        be->repeat_rows(be, s->row_mean, s->ic_mean, s->samples, 1, s->trials, n);
        be->repeat_rows(be, s->row_logvar, s->ic_logvar, s->samples, 1, s->trials, n);
    }
    if (s->latents == POSTERIOR_MEAN)
        be->copy_masked(be, s->g0, n, s->row_mean, n, NULL, 0, s->rows, n);
    else
        be->sample(be, s->g0, n, s->row_mean, s->row_logvar, s->ic_noise, s->rows, n);
}

/* The generator's first state: model.md (4.6). */
void ic_sample_forward(struct shard *s)
{
    const struct model *m = s->model;
    size_t n = m->ic_dim, g = m->gen_units;

    if (!n) {
        s->be->set_rows(s->be, s->gen.h, g, s->w.gen_start, s->rows, g);
        return;
    }
    if (s->latents == PRIOR_SAMPLE)
        m->ic_prior->draw(s);
    else
        draw_posterior(s);
    if (s->w.gen_ic.w)
        linear_forward(s->be, s->gen.h, g, &s->w.gen_ic, s->g0, s->rows);
    else
        s->be->copy_masked(s->be, s->gen.h, g, s->g0, n, NULL, 0, s->rows, n);
}

void ic_sample_backward(struct shard *s)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    size_t rows = s->rows, n = m->ic_dim, g = m->gen_units;

    if (!n) {
        be->sum_rows(be, s->dw.gen_start, operand_of(s->dgen_h, g), rows, g);
        return;
    }
    if (s->w.gen_ic.w) {
        linear_backward(be, &s->dw.gen_ic, s->dgen_h, s->g0, rows);
        linear_dinputs(be, s->dg0, &s->wt.gen_ic, s->dgen_h, rows, false);
    } else {
        be->copy_masked(be, s->dg0, n, s->dgen_h, g, NULL, 0, rows, n);
    }
    be->clear(be, s->dic_mean, rows * n);
    be->clear(be, s->dic_logvar, rows * n);
    be->sample_backward(be, s->dic_mean, s->dic_logvar, s->dg0, n, s->ic_logvar, s->ic_noise, rows,
                        n);
}
