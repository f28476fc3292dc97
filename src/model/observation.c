/* observation.c - the output distributions: likelihood and mean with their gradients, and what
 * results have after the mean (model.md 6 and 7,
 * modern.md 7). SPDX-License-Identifier: Apache-2.0 */
#include "model/observation.h"

/* ---- poisson: log rates ---- */

static void poisson_forward(const struct backend *be, acc *loglik, const struct observed *o)
{
    be->poisson(be, loglik, o->params[0], o->x, o->weight, o->constants.stirling, o->bins,
                o->trials, o->samples, o->channels);
}

static void poisson_backward(const struct backend *be, const struct observed *o, real scale)
{
    be->poisson_backward(be, o->params[0], scale, o->x, o->weight,
                         o->bins * o->trials * o->channels);
}

static void poisson_mean(const struct backend *be, real *mean, size_t ldm, real *const *params,
                         const struct observation_constants *k, size_t rows, size_t n)
{
    (void)k;
    if (ldm == n) /* no gaps: one long row is faster */
        be->exponential(be, mean, rows * n, params[0], rows * n, 1, rows * n);
    else
        be->exponential(be, mean, ldm, params[0], n, rows, n);
}

/* The derivative of a rate is the rate. */
static void poisson_mean_backward(const struct backend *be, real *const *dparams,
                                  const struct mean_gradient *from, size_t rows, size_t n)
{
    be->exponential_backward(be, dparams[0], from->dmean, from->mean, from->mask, from->ldm, rows,
                             n);
}

#define poisson_rest NULL

/* ---- gaussian: means, log variances ---- */

static void gaussian_forward(const struct backend *be, acc *loglik, const struct observed *o)
{
    be->gaussian(be, loglik, o->params[0], o->params[1], o->constants.min_logvar, o->x, o->weight,
                 o->bins, o->trials, o->samples, o->channels);
}

static void gaussian_backward(const struct backend *be, const struct observed *o, real scale)
{
    be->gaussian_backward(be, o->params[0], o->params[1], o->constants.min_logvar, scale, o->x,
                          o->weight, o->bins * o->trials * o->channels);
}

static void gaussian_mean(const struct backend *be, real *mean, size_t ldm, real *const *params,
                          const struct observation_constants *k, size_t rows, size_t n)
{
    (void)k;
    be->copy_masked(be, mean, ldm, params[0], n, NULL, 0, rows, n);
}

static void gaussian_mean_backward(const struct backend *be, real *const *dparams,
                                   const struct mean_gradient *from, size_t rows, size_t n)
{
    be->add_masked(be, dparams[0], n, from->dmean, n, from->mask, from->ldm, rows, n);
}

static void gaussian_rest(const struct backend *be, real *out, size_t ld, real *const *params,
                          const struct observation_constants *k, size_t rows, size_t n)
{
    be->at_least(be, out, ld, params[1], n, k->min_logvar, rows, n);
    be->exponential(be, out, ld, out, ld, rows, n);
}

/* ---- mse: means ---- */

static void mse_forward(const struct backend *be, acc *loglik, const struct observed *o)
{
    be->mse(be, loglik, o->params[0], o->x, o->weight, o->bins, o->trials, o->samples, o->channels);
}

static void mse_backward(const struct backend *be, const struct observed *o, real scale)
{
    be->mse_backward(be, o->params[0], scale, o->x, o->weight, o->bins * o->trials * o->channels);
}

#define mse_mean gaussian_mean
#define mse_mean_backward gaussian_mean_backward
#define mse_rest NULL

/* ---- gamma: log shapes, log rates ---- */

static void gamma_forward(const struct backend *be, acc *loglik, const struct observed *o)
{
    be->gamma(be, loglik, o->params[0], o->params[1], o->x, o->weight, o->bins, o->trials,
              o->samples, o->channels);
}

static void gamma_backward(const struct backend *be, const struct observed *o, real scale)
{
    be->gamma_backward(be, o->params[0], o->params[1], scale, o->x, o->weight,
                       o->bins * o->trials * o->channels);
}

static void gamma_mean(const struct backend *be, real *mean, size_t ldm, real *const *params,
                       const struct observation_constants *k, size_t rows, size_t n)
{
    (void)k;
    be->gamma_mean(be, mean, ldm, params[0], params[1], rows, n);
}

static void gamma_mean_backward(const struct backend *be, real *const *dparams,
                                const struct mean_gradient *from, size_t rows, size_t n)
{
    be->gamma_mean_backward(be, dparams[0], dparams[1], from->dmean, from->mean, from->mask,
                            from->ldm, rows, n);
}

#define gamma_rest NULL

/* ---- zig: shapes, rates and probabilities before the sigmoid, and scales ---- */

static struct zig zig_of(real *const *params, const struct observation_constants *k)
{
    return (struct zig){.a = params[0],
                        .b = params[1],
                        .c = params[2],
                        .alpha_scale = k->zig_scale[0],
                        .beta_scale = k->zig_scale[1],
                        .loc = k->zig_loc};
}

static void zig_forward(const struct backend *be, acc *loglik, const struct observed *o)
{
    be->zig(be, loglik, zig_of(o->params, &o->constants), o->x, o->weight, o->bins, o->trials,
            o->samples, o->channels);
}

static void zig_backward(const struct backend *be, const struct observed *o, real scale)
{
    be->zig_backward(be, zig_of(o->params, &o->constants), o->dzig_scale[0], o->dzig_scale[1],
                     scale, o->x, o->weight, o->bins * o->trials, o->channels);
}

static void zig_mean(const struct backend *be, real *mean, size_t ldm, real *const *params,
                     const struct observation_constants *k, size_t rows, size_t n)
{
    be->zig_mean(be, mean, ldm, zig_of(params, k), rows, n);
}

#define zig_mean_backward NULL
#define zig_rest NULL

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
