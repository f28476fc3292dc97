/* densities.h - gamma and zero-inflated gamma distributions (modern.md 7): the log density of a
 * number and its derivatives; the constant of the Poisson distribution; for every backend. Computed
 * in double: they are differences of large numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_DENSITIES_H
#define LFADS_BACKEND_DENSITIES_H
#include "backend/backend.h"

/* A device's compiler defines __device__; include its headers first. */
#ifdef __device__
#define DENSITY __device__ static inline
#else
#define DENSITY static inline
#endif

/* Returns log |Gamma(x)|. C's lgamma also sets signgam, which is the same for all threads. */
DENSITY acc density_log_gamma(acc x)
{
#ifdef __cplusplus
    return lgamma(x);
#else
    int sign;

    return lgamma_r(x, &sign);
#endif
}

/* Returns log k! or, with STIRLING, the formula modern.md (3.2) for it. */
DENSITY acc density_log_factorial(acc k, bool stirling)
{
    if (!stirling)
        return density_log_gamma(k + 1);
    return k > 1 ? k * log(k) - k + log(6.283185307179586 * k) / 2 : 0;
}

/* Returns psi(x), the derivative of log Gamma(x), for x > 0, else NaN: psi(x) = psi(x + 1) - 1/x up
 * to 10, from where the asymptotic series is exact to 1e-15 (Abramowitz and Stegun, 6.3.5 and
 * 6.3.18). */
DENSITY acc density_digamma(acc x)
{
    acc below = 0, inverse, square, series;

    if (!(x > 0))
        return (acc)NAN;
    while (x < 10) {
        below += 1 / x;
        x += 1;
    }
    inverse = 1 / x;
    square = inverse * inverse;
    series = 1.0 / 132 - square * (691.0 / 32760);
    series = 1.0 / 240 - square * series;
    series = 1.0 / 252 - square * series;
    series = 1.0 / 120 - square * series;
    series = 1.0 / 12 - square * series;
    return log(x) - inverse / 2 - square * series - below;
}

/* Returns the log density at X of a gamma distribution: modern.md (7.4). */
DENSITY acc density_gamma(acc x, acc alpha, acc beta)
{
    return alpha * log(beta) + (alpha - 1) * log(x) - beta * x - density_log_gamma(alpha);
}

/* Derivatives of a log density. */
struct gamma_slopes {
    acc alpha, beta;
};

DENSITY struct gamma_slopes density_gamma_slopes(acc x, acc alpha, acc beta)
{
    struct gamma_slopes slopes;

    slopes.alpha = log(beta) + log(x) - density_digamma(alpha);
    slopes.beta = alpha / beta - x;
    return slopes;
}

/* A number through a sigmoid, at least 1e-5: modern.md (7.5). */
struct floored {
    acc value, slope, complement; /* slope: its derivative; complement: 1 - value */
};

DENSITY struct floored density_floored(acc x)
{
    acc least = 1e-5;
    struct floored f;

    f.value = 1 / (1 + exp(-x));
    f.complement = 1 / (1 + exp(x));
    f.slope = f.value * f.complement;
    if (f.value < least) {
        f.value = least;
        f.complement = 1 - least;
        f.slope = 0;
    }
    return f;
}

/* Element I of z's arrays, of channel J. */
struct zig_entry {
    acc alpha, beta;
    struct floored a, b, c;
};

DENSITY struct zig_entry density_zig_entry(const struct zig *z, size_t i, size_t j)
{
    struct zig_entry e;

    e.a = density_floored((acc)z->a[i]);
    e.b = density_floored((acc)z->b[i]);
    e.c = density_floored((acc)z->c[i]);
    e.alpha = (acc)z->alpha_scale[j] * e.a.value;
    e.beta = (acc)z->beta_scale[j] * e.b.value;
    return e;
}

/* Returns the log probability of X: modern.md (7.6). */
DENSITY acc density_zig(const struct zig_entry *e, acc x, acc loc)
{
    if (x == 0)
        return log(e->c.complement);
    return log(e->c.value) + density_gamma(x - loc, e->alpha, e->beta);
}

/* Derivatives of the log probability. */
struct zig_slopes {
    acc a, b, c, alpha_scale, beta_scale;
};

DENSITY struct zig_slopes density_zig_slopes(const struct zig *z, size_t i, size_t j, acc x)
{
    struct zig_entry e = density_zig_entry(z, i, j);
    struct zig_slopes slopes;
    struct gamma_slopes of;

    if (x == 0) {
        slopes.a = slopes.b = slopes.alpha_scale = slopes.beta_scale = 0;
        slopes.c = -e.c.slope / e.c.complement;
        return slopes;
    }
    of = density_gamma_slopes(x - (acc)z->loc, e.alpha, e.beta);
    slopes.alpha_scale = of.alpha * e.a.value;
    slopes.beta_scale = of.beta * e.b.value;
    slopes.a = of.alpha * (acc)z->alpha_scale[j] * e.a.slope;
    slopes.b = of.beta * (acc)z->beta_scale[j] * e.b.slope;
    slopes.c = e.c.slope / e.c.value;
    return slopes;
}

/* Returns the mean: modern.md (7.7). */
DENSITY acc density_zig_mean(const struct zig_entry *e, acc loc)
{
    return e->c.value * (e->alpha / e->beta + loc);
}
#endif
