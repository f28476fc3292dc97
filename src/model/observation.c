/* observation.c - the output distributions: likelihood and mean with their gradients, and what
 * results have after the mean (model.md 6 and 7). SPDX-License-Identifier: Apache-2.0 */
#include "model/observation.h"

/* ---- poisson: log rates ---- */

static void poisson_forward(const struct backend *be, acc *loglik, const struct observed *o)
{
    be->poisson(be, loglik, o->params[0], o->x, o->weight, o->stirling, o->bins, o->trials,
                o->samples, o->channels);
}

static void poisson_backward(const struct backend *be, const struct observed *o, real scale)
{
    be->poisson_backward(be, o->params[0], scale, o->x, o->weight,
                         o->bins * o->trials * o->channels);
}

static void poisson_mean(const struct backend *be, real *mean, size_t ldm, real *const *params,
                         size_t rows, size_t n)
{
    if (ldm == n) /* no gaps: one long row is faster */
        be->exponential(be, mean, rows * n, params[0], rows * n, 1, rows * n);
    else
        be->exponential(be, mean, ldm, params[0], n, rows, n);
}

/* The derivative of a rate is the rate. */
static void poisson_mean_backward(const struct backend *be, real *const *dparams,
                                  const struct mean_gradient *from, size_t rows, size_t n)
{
    be->add_masked(be, dparams[0], n, from->dmean, n, from->mean, n, rows, n);
}

#define poisson_rest NULL

/* ---- gaussian: means, log variances ---- */

static void gaussian_forward(const struct backend *be, acc *loglik, const struct observed *o)
{
    be->gaussian(be, loglik, o->params[0], o->params[1], o->x, o->weight, o->bins, o->trials,
                 o->samples, o->channels);
}

static void gaussian_backward(const struct backend *be, const struct observed *o, real scale)
{
    be->gaussian_backward(be, o->params[0], o->params[1], scale, o->x, o->weight,
                          o->bins * o->trials * o->channels);
}

static void gaussian_mean(const struct backend *be, real *mean, size_t ldm, real *const *params,
                          size_t rows, size_t n)
{
    be->copy_masked(be, mean, ldm, params[0], n, NULL, 0, rows, n);
}

static void gaussian_mean_backward(const struct backend *be, real *const *dparams,
                                   const struct mean_gradient *from, size_t rows, size_t n)
{
    be->add_masked(be, dparams[0], n, from->dmean, n, from->mask, from->ldm, rows, n);
}

static void gaussian_rest(const struct backend *be, real *out, size_t ld, real *const *params,
                          size_t rows, size_t n)
{
    be->exponential(be, out, ld, params[1], n, rows, n);
}

static const struct observation table[DISTRIBUTIONS] = {
#define DISTRIBUTION(name, data, written, ...)                                                     \
    {name##_forward, name##_backward, name##_mean, name##_mean_backward, name##_rest},
#include "config/distributions.def"
#undef DISTRIBUTION
};

const struct observation *observation_of(const struct distribution *distribution)
{
    return &table[distribution->id];
}
