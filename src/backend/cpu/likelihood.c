/* likelihood.c - the observations' log-likelihoods and gradients in vectors.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"

/* The sum of a vector's numbers. */
static float sum_lanes(vec x)
{
    float lane[LANES], sum = 0;

    vec_store(lane, x, LANES);
    for (int i = 0; i < LANES; i++)
        sum += lane[i];
    return sum;
}

/* log k! of whole k: by table where it is short. */
static double log_factorial(float k)
{
    static const double table[] = {0,
                                   0,
                                   0.69314718055994531,
                                   1.7917594692280550,
                                   3.1780538303479458,
                                   4.7874917427820458,
                                   6.5792512120101012,
                                   8.5251613610654147,
                                   10.604602902745251,
                                   12.801827480081469,
                                   15.104412573075516,
                                   17.502307845873887,
                                   19.987214495661885};

    return k < 13 ? table[(int)k] : lgamma((double)k + 1);
}

/* A row of a bin is summed in float, rows in the wide type. */
void KERNEL(poisson)(SELF, acc *loglik, const real *eta, const real *x, size_t bins, size_t trials,
                     size_t samples, size_t n)
{
    size_t rows = trials * samples;

    for (size_t r = 0; r < rows; r++) {
        acc sum = 0;

        for (size_t t = 0; t < bins; t++) {
            const real *e = eta + (t * rows + r) * n, *k = x + (t * trials + r / samples) * n;
            vec terms = vec_all(0);

            for (size_t j = 0; j < n; j += LANES) {
                vec log_rate = vec_load(e + j, n - j);

                terms = terms + vec_load(k + j, n - j) * log_rate - vec_exp(log_rate);
            }
            sum += (acc)sum_lanes(terms);
            /* what a load does not read is zero, and exp(0) was taken off for it */
            sum += (acc)((LANES - n % LANES) % LANES);
            for (size_t j = 0; j < n; j++)
                sum -= log_factorial(k[j]);
        }
        loglik[r] = sum;
    }
}

void KERNEL(poisson_backward)(SELF, real *eta, real weight, const real *x, size_t count)
{
    const vec w = vec_all(weight);

    for (size_t i = 0; i < count; i += LANES)
        vec_store(eta + i, w * (vec_exp(vec_load(eta + i, count - i)) - vec_load(x + i, count - i)),
                  count - i);
}

void KERNEL(exponential)(SELF, real *y, size_t ldy, const real *x, size_t ldx, size_t rows,
                         size_t n)
{
    for (size_t i = 0; i < rows; i++, y += ldy, x += ldx)
        for (size_t j = 0; j < n; j += LANES)
            vec_store(y + j, vec_exp(vec_load(x + j, n - j)), n - j);
}
