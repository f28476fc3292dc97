/* likelihood.c - the observations' log-likelihoods and gradients, vectorised.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"
#include "backend/densities.h"

/* Returns the sum of a vector's elements: of its halves, their halves and so on. */
static float sum_lanes(vec x)
{
    float lane[LANES];

    vec_store(lane, x, LANES);
#pragma GCC unroll 4
    for (int half = LANES / 2; half > 0; half /= 2)
#pragma GCC unroll 8
        for (int i = 0; i < half; i++)
            lane[i] += lane[i + half];
    return lane[0];
}

/* Returns log k!, or Stirling's formula for it, of each element of k, which are integers: from a
 * table if all are at most 15. */
static vec log_factorials(vec k, bool stirling)
{
    static const float formula[16] = {0,           0,           0.651806485f, 1.76408154f,
                                      3.15726316f, 4.77084705f, 6.56537508f,  8.51326465f,
                                      10.5941916f, 12.792572f,  15.096082f,   17.4947342f,
                                      19.9802717f, 22.5457549f, 25.1852698f,  27.8937167f};
    static const float table[16] = {0,           0,           0.69314718f, 1.7917595f,
                                    3.1780538f,  4.7874917f,  6.5792512f,  8.5251614f,
                                    10.6046029f, 12.8018275f, 15.1044126f, 17.5023078f,
                                    19.9872145f, 22.5521639f, 25.1912212f, 27.8992714f};
    float lane[LANES];

    if (!vec_any_above(k, 15))
        return vec_lookup(stirling ? formula : table, k);
    vec_store(lane, k, LANES);
    for (int i = 0; i < LANES; i++)
        lane[i] = (float)density_log_factorial((double)lane[i], stirling);
    return vec_load(lane, LANES);
}

/* A log rate or log variance as the operations use it. */
static vec saturated(vec x) { return vec_limited(x, SATURATION); }

/* Adds to SUM the terms of counts K under log rates LOG_RATE. */
static vec add_terms(vec sum, vec k, vec log_rate, bool stirling)
{
    vec e = saturated(log_rate);

    return sum + k * e - vec_exp(e) - log_factorials(k, stirling);
}

/* Returns the sum of the terms of a bin's N channels. The next bin's are E_NEXT and K_NEXT further,
 * too far for the hardware's prefetcher. */
static acc sum_terms(const real *e, size_t e_next, const real *k, size_t k_next, bool stirling,
                     size_t n)
{
    vec terms = vec_all(0);

    for (size_t j = 0; j < n; j += LANES) {
        __builtin_prefetch(e + e_next + j);
        __builtin_prefetch(k + k_next + j);
        terms = add_terms(terms, vec_load(k + j, n - j), vec_load(e + j, n - j), stirling);
    }
    /* the last load fills the vector with zeros; adds the exp(0) that each of them subtracted */
    return (acc)sum_lanes(terms) + (acc)((LANES - n % LANES) % LANES);
}

/* The same with terms multiplied by weights W. */
static acc sum_weighted_terms(const real *e, const real *k, const real *w, bool stirling, size_t n)
{
    vec terms = vec_all(0);

    for (size_t j = 0; j < n; j += LANES) {
        vec weight = vec_load(w + j, n - j);
        vec count = vec_unless_zero(vec_load(k + j, n - j), weight);
        vec log_rate = vec_unless_zero(vec_load(e + j, n - j), weight);

        terms = terms + weight * add_terms(vec_all(0), count, log_rate, stirling);
    }
    return (acc)sum_lanes(terms);
}

/* Sums the channels of a bin in float and the bins in acc. */
void KERNEL(poisson)(SELF, acc *loglik, const real *eta, const real *x, const real *weight,
                     bool stirling, size_t bins, size_t trials, size_t samples, size_t n)
{
    size_t rows = trials * samples;

    for (size_t r = 0; r < rows; r++) {
        acc sum = 0;

        for (size_t t = 0; t < bins; t++) {
            size_t first = (t * trials + r / samples) * n;
            const real *e = eta + (t * rows + r) * n, *k = x + first;

            sum += weight ? sum_weighted_terms(e, k, weight + first, stirling, n)
                          : sum_terms(e, rows * n, k, trials * n, stirling, n);
        }
        loglik[r] = sum;
    }
}

void KERNEL(poisson_backward)(SELF, real *eta, real scale, const real *x, const real *weight,
                              size_t count)
{
    const vec scales = vec_all(scale), limit = vec_all(SATURATION);

    for (size_t i = 0; i < count; i += LANES) {
        size_t n = count - i;
        vec k = vec_load(x + i, n), e = vec_load(eta + i, n), s = scales;

        if (weight) {
            vec w = vec_load(weight + i, n);

            k = vec_unless_zero(k, w);
            e = vec_unless_zero(e, w);
            s = s * w;
        }
        vec_store(eta + i, vec_within(s * (vec_exp(saturated(e)) - k), e, limit), n);
    }
}

void KERNEL(exponential)(SELF, real *y, size_t ldy, const real *x, size_t ldx, size_t rows,
                         size_t n)
{
    for (size_t i = 0; i < rows; i++, y += ldy, x += ldx)
        for (size_t j = 0; j < n; j += LANES)
            vec_store(y + j, vec_exp(saturated(vec_load(x + j, n - j))), n - j);
}
