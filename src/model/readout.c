/* readout.c - factors to the parameters of the output distribution, and the data's likelihood under
 * it (model.md 6 and 7): log rates, or means and log variances. Backward turns these arrays into
 * their gradients.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

static void map_forward(const struct shard *s, real *y, const struct linear *map, size_t first,
                        size_t count)
{
    const struct backend *be = s->be;
    size_t f = s->model->factors, n = model_channels(s->model, s->session);
    size_t rows = count * s->rows, skip = first * s->rows;

    be->set_rows(be, y + skip * n, n, map->b, rows, n);
    be->product(be, matrix_of(y + skip * n, n), operand_of(s->factors + skip * f, f),
                operand_of(map->w, n), rows, n, f, true);
}

/* model.md (6.5), or (6.6). */
void readout_forward(struct shard *s, size_t first, size_t count)
{
    size_t f = s->model->factors, skip = first * s->rows;

    if (s->model->identity_readout) {
        s->be->copy_masked(s->be, s->eta + skip * f, f, s->factors + skip * f, f, NULL, 0,
                           count * s->rows, f);
        return;
    }
    map_forward(s, s->eta, &s->w.readout, first, count);
    if (s->model->gaussian)
        map_forward(s, s->eta_logvar, &s->w.readout_logvar, first, count);
}

static void map_dfactors(const struct shard *s, const real *dy, const struct linear *map_t,
                         size_t first, size_t count, bool add)
{
    size_t f = s->model->factors, n = model_channels(s->model, s->session), skip = first * s->rows;

    s->be->product(s->be, matrix_of(s->dfactors + skip * f, f), operand_of(dy + skip * n, n),
                   operand_of(map_t->w, f), count * s->rows, f, n, add);
}

void readout_backward(struct shard *s, size_t first, size_t count)
{
    size_t f = s->model->factors, skip = first * s->rows;

    if (s->model->identity_readout) {
        s->be->copy_masked(s->be, s->dfactors + skip * f, f, s->eta + skip * f, f, NULL, 0,
                           count * s->rows, f);
        return;
    }
    map_dfactors(s, s->eta, &s->wt.readout, first, count, false);
    if (s->model->gaussian)
        map_dfactors(s, s->eta_logvar, &s->wt.readout_logvar, first, count, true);
}

static void map_backward(const struct shard *s, const struct linear *dmap, const real *dy,
                         size_t first)
{
    const struct backend *be = s->be;
    size_t f = s->model->factors, n = model_channels(s->model, s->session), skip = first * s->rows;
    size_t rows = (s->model->bins + 1 - first) * s->rows;

    be->product(be, matrix_of(dmap->w, n), transpose_of(s->factors + skip * f, f),
                operand_of(dy + skip * n, n), f, n, rows, true);
    be->sum_rows(be, dmap->b, dy + skip * n, n, rows, n);
}

void readout_weights_backward(struct shard *s, size_t first)
{
    if (s->model->identity_readout)
        return;
    map_backward(s, &s->dw.readout, s->eta, first);
    if (s->model->gaussian)
        map_backward(s, &s->dw.readout_logvar, s->eta_logvar, first);
}

/* model.md (7.1), or (7.2). */
void likelihood_forward(struct shard *s)
{
    size_t n = model_channels(s->model, s->session), skip = s->rows * n;

    if (s->model->gaussian)
        s->be->gaussian(s->be, s->cost[TERM_LOGLIK], s->eta + skip, s->eta_logvar + skip, s->x,
                        s->model->bins, s->trials, s->samples, n);
    else
        s->be->poisson(s->be, s->cost[TERM_LOGLIK], s->eta + skip, s->x, s->model->bins, s->trials,
                       s->samples, n);
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
