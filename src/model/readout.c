/* readout.c - factors to the parameters of the output distribution, and the data's likelihood under
 * it (model.md 6 and 7): log rates, or means and log variances. Backward turns these arrays into
 * their gradients.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

void readout_forward(struct shard *s, size_t first, size_t count)
{
    size_t f = s->model->factors, n = model_channels(s->model, s->session), skip = first * s->rows;
    const real *factors = s->factors + skip * f;

    if (s->model->identity_readout) {
        s->be->copy_masked(s->be, s->eta + skip * f, f, factors, f, NULL, 0, count * s->rows, f);
        return;
    }
    linear_forward(s->be, s->eta + skip * n, n, &s->w.readout, factors, count * s->rows);
    if (s->model->gaussian)
        linear_forward(s->be, s->eta_logvar + skip * n, n, &s->w.readout_logvar, factors,
                       count * s->rows);
}

void readout_backward(struct shard *s, size_t first, size_t count)
{
    size_t f = s->model->factors, n = model_channels(s->model, s->session), skip = first * s->rows;
    real *dfactors = s->dfactors + skip * f;

    if (s->model->identity_readout) {
        s->be->copy_masked(s->be, dfactors, f, s->eta + skip * f, f, NULL, 0, count * s->rows, f);
        return;
    }
    linear_dinputs(s->be, dfactors, &s->wt.readout, s->eta + skip * n, count * s->rows, false);
    if (s->model->gaussian)
        linear_dinputs(s->be, dfactors, &s->wt.readout_logvar, s->eta_logvar + skip * n,
                       count * s->rows, true);
}

void readout_weights_backward(struct shard *s, size_t first)
{
    size_t f = s->model->factors, n = model_channels(s->model, s->session), skip = first * s->rows;
    size_t rows = (s->model->bins + 1 - first) * s->rows;

    if (s->model->identity_readout)
        return;
    linear_backward(s->be, &s->dw.readout, s->eta + skip * n, s->factors + skip * f, rows);
    if (s->model->gaussian)
        linear_backward(s->be, &s->dw.readout_logvar, s->eta_logvar + skip * n,
                        s->factors + skip * f, rows);
}

void likelihood_forward(struct shard *s)
{
    size_t n = model_channels(s->model, s->session), skip = s->rows * n;

    if (s->model->gaussian)
        s->be->gaussian(s->be, s->loglik, s->eta + skip, s->eta_logvar + skip, s->x, s->model->bins,
                        s->trials, s->samples, n);
    else
        s->be->poisson(s->be, s->loglik, s->eta + skip, s->x, s->model->bins, s->trials, s->samples,
                       n);
}

void likelihood_backward(struct shard *s, real weight)
{
    size_t n = model_channels(s->model, s->session), skip = s->rows * n;
    size_t count = s->model->bins * skip;

    if (s->model->gaussian)
        s->be->gaussian_backward(s->be, s->eta + skip, s->eta_logvar + skip, weight, s->x, count);
    else
        s->be->poisson_backward(s->be, s->eta + skip, weight, s->x, count);
}
