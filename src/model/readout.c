/* readout.c - the parameters of the output distribution from the factors, and the likelihood of the
 * data (model.md 6 and 7).
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

void shard_out_params(real *at[OUT_PARAMS], real *const params[OUT_PARAMS], const struct shard *s,
                      size_t slot)
{
    size_t skip = slot * s->rows * model_channels(s->model, s->session);

    for (size_t i = 0; i < s->model->output->n_params; i++)
        at[i] = params[i] + skip;
}

/* model.md (6.5), or (6.6). */
void readout_forward(struct shard *s, size_t first, size_t count)
{
    size_t f = s->model->factors, rows = count * s->rows;
    const real *factors = s->factors + first * s->rows * f;
    real *params[OUT_PARAMS];

    shard_out_params(params, s->out_params, s, first);
    if (s->model->identity_readout) {
        s->be->copy_masked(s->be, params[0], f, factors, f, NULL, 0, rows, f);
        return;
    }
    for (size_t i = 0; i < s->model->output->n_params; i++)
        linear_forward(s->be, params[i], s->w.readout[i].out, &s->w.readout[i], factors, rows);
}

void readout_backward(struct shard *s, size_t first, size_t count)
{
    size_t f = s->model->factors, rows = count * s->rows;
    real *dfactors = s->dfactors + first * s->rows * f, *dparams[OUT_PARAMS];

    shard_out_params(dparams, s->dout_params, s, first);
    if (s->model->identity_readout) {
        s->be->copy_masked(s->be, dfactors, f, dparams[0], f, NULL, 0, rows, f);
        return;
    }
    for (size_t i = 0; i < s->model->output->n_params; i++)
        linear_dinputs(s->be, dfactors, &s->wt.readout[i], dparams[i], rows, i > 0);
}

void readout_weights_backward(struct shard *s, size_t first)
{
    size_t rows = (s->model->bins + 1 - first) * s->rows;
    const real *factors = s->factors + first * s->rows * s->model->factors;
    real *dparams[OUT_PARAMS];

    if (s->model->identity_readout)
        return;
    shard_out_params(dparams, s->dout_params, s, first);
    for (size_t i = 0; i < s->model->output->n_params; i++)
        linear_backward(s->be, &s->dw.readout[i], dparams[i], factors, rows);
}

struct observation_constants shard_constants(const struct shard *s)
{
    const real *scale = s->w.gamma_scale;
    size_t n = model_channels(s->model, s->session);

    return (struct observation_constants){.stirling = s->model->stirling,
                                          .min_logvar = s->model->min_logvar,
                                          .zig_loc = s->model->zig_loc,
                                          .zig_scale = {scale, scale ? scale + n : NULL}};
}

static size_t weight_skip(const struct shard *s)
{
    return model_skip(s->model, s->trials, model_channels(s->model, s->session));
}

static struct observed observed_of(const struct shard *s)
{
    real *dscale = s->dw.gamma_scale;
    size_t n = model_channels(s->model, s->session), skip = model_skip(s->model, s->trials, n);
    struct observed o = {.constants = shard_constants(s),
                         .dzig_scale = {dscale, dscale ? dscale + n : NULL},
                         .x = s->data[TRIAL_OBSERVED] + skip,
                         .weight = s->weight ? s->weight + skip : NULL,
                         .bins = s->model->bins,
                         .trials = s->trials,
                         .samples = s->samples,
                         .channels = n};

    shard_out_params(o.params, s->out_params, s, 1);
    return o;
}

/* model.md (7.1), or (7.2). */
void likelihood_forward(struct shard *s)
{
    struct observed o = observed_of(s);

    s->model->observation->forward(s->be, s->cost[TERM_LOGLIK], &o);
}

/* The part of held-out channels, which are copied to arrays of their own. */
static void heldout_forward(struct shard *s)
{
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session), h = model_heldout(m, s->session),
           rows = model_read_bins(m) * s->rows;
    struct observed o = observed_of(s);

    s->be->copy_masked(s->be, s->heldout, h, o.x + n - h, n, NULL, 0, rows, h);
    for (size_t i = 0; i < m->output->n_params; i++) {
        s->be->copy_masked(s->be, s->heldout_params[i], h, o.params[i] + n - h, n, NULL, 0, rows,
                           h);
        o.params[i] = s->heldout_params[i];
    }
    for (int i = 0; i < 2 && s->w.gamma_scale; i++)
        o.constants.zig_scale[i] += n - h;
    o.x = s->heldout;
    if (o.weight) {
        s->be->copy_masked(s->be, s->heldout_weight, h, o.weight + n - h, n, NULL, 0, rows, h);
        o.weight = s->heldout_weight;
    }
    o.bins = model_read_bins(m);
    o.channels = h;
    m->observation->forward(s->be, s->cost[TERM_HELDOUT], &o);
}

static void forward_bins_forward(struct shard *s)
{
    const struct model *m = s->model;
    size_t skip = model_read_bins(m) * s->rows * model_channels(m, s->session);
    struct observed o = observed_of(s);

    o.x += skip;
    if (o.weight)
        o.weight += skip;
    for (size_t i = 0; i < m->output->n_params; i++)
        o.params[i] += skip;
    o.bins = m->bins - model_read_bins(m);
    m->observation->forward(s->be, s->cost[TERM_FORWARD], &o);
}

static void unmasked_forward(struct shard *s)
{
    struct observed o = observed_of(s);

    o.weight = s->missing_weight ? s->missing_weight + weight_skip(s) : NULL;
    s->model->observation->forward(s->be, s->cost[TERM_UNMASKED], &o);
}

void measures_forward(struct shard *s)
{
    s->be->clear_sums(s->be, s->cost[TERM_HELDOUT], s->rows);
    s->be->clear_sums(s->be, s->cost[TERM_FORWARD], s->rows);
    s->be->clear_sums(s->be, s->cost[TERM_UNMASKED], s->rows);
    if (!s->measured)
        return;
    if (s->sv_mask)
        unmasked_forward(s);
    if (model_heldout(s->model, s->session))
        heldout_forward(s);
    if (s->model->encoded_bins < s->model->data_bins)
        forward_bins_forward(s);
}

void likelihood_backward(struct shard *s, real weight)
{
    struct observed o = observed_of(s);

    if (s->gradient_weight)
        o.weight = s->gradient_weight + weight_skip(s);
    s->model->observation->backward(s->be, &o, weight);
}
