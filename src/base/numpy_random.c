/* numpy_random.c - the Mersenne twister and NumPy's legacy distributions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/numpy_random.h"

#include <math.h>

enum { WORDS = 624, SHIFT = 397 };

void numpy_random_seed(struct numpy_random *random, uint32_t seed)
{
    *random = (struct numpy_random){.next = WORDS};
    random->state[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++)
        random->state[i] = 1812433253u * (random->state[i - 1] ^ (random->state[i - 1] >> 30)) + i;
}

/* Computes the next 624 words of the recurrence. */
static void twist(struct numpy_random *random)
{
    uint32_t *state = random->state;

    for (size_t i = 0; i < WORDS; i++) {
        uint32_t joined = (state[i] & 0x80000000u) | (state[(i + 1) % WORDS] & 0x7fffffffu);

        state[i] = state[(i + SHIFT) % WORDS] ^ (joined >> 1) ^ (joined & 1 ? 0x9908b0dfu : 0);
    }
    random->next = 0;
}

uint32_t numpy_random_word(struct numpy_random *random)
{
    uint32_t word;

    if (random->next == WORDS)
        twist(random);
    word = random->state[random->next++];
    word ^= word >> 11;
    word ^= (word << 7) & 0x9d2c5680u;
    word ^= (word << 15) & 0xefc60000u;
    return word ^ (word >> 18);
}

double numpy_random_uniform(struct numpy_random *random)
{
    uint32_t a = numpy_random_word(random) >> 5, b = numpy_random_word(random) >> 6;

    return (a * 67108864.0 + b) / 9007199254740992.0;
}

double numpy_random_normal(struct numpy_random *random)
{
    double x1, x2, r2, f;

    if (random->has_spare) {
        random->has_spare = false;
        return random->spare;
    }
    do {
        x1 = 2 * numpy_random_uniform(random) - 1;
        x2 = 2 * numpy_random_uniform(random) - 1;
        r2 = x1 * x1 + x2 * x2;
    } while (r2 >= 1 || r2 == 0);
    f = sqrt(-2 * log(r2) / r2);
    random->spare = f * x1;
    random->has_spare = true;
    return f * x2;
}

uint32_t numpy_random_below(struct numpy_random *random, uint32_t range)
{
    uint32_t max = range - 1, mask = max, word;

    if (max == 0)
        return 0;
    for (int shift = 1; shift < 32; shift *= 2)
        mask |= mask >> shift;
    do
        word = numpy_random_word(random) & mask;
    while (word > max);
    return word;
}

/* For small means: multiplies uniforms until the product is at most exp(-mean). */
static int64_t poisson_by_products(struct numpy_random *random, double mean)
{
    double limit = exp(-mean), product = numpy_random_uniform(random);
    int64_t count = 0;

    while (product > limit) {
        count++;
        product *= numpy_random_uniform(random);
    }
    return count;
}

/* log gamma as in NumPy's legacy code: Stirling's series above 7, recurrence below. */
static double log_gamma(double x)
{
    static const double a[10] = {8.333333333333333e-02, -2.777777777777778e-03,
                                 7.936507936507937e-04, -5.952380952380952e-04,
                                 8.417508417508418e-04, -1.917526917526918e-03,
                                 6.410256410256410e-03, -2.955065359477124e-02,
                                 1.796443723688307e-01, -1.39243221690590e+00};
    double x0 = x, squared, series = a[9];
    int n = x <= 7 ? (int)(7 - x) : 0;

    if (x == 1 || x == 2)
        return 0;
    x0 = x + n;
    squared = 1 / (x0 * x0);
    for (int k = 8; k >= 0; k--)
        series = series * squared + a[k];
    series = series / x0 + 0.5 * log(2 * 3.141592653589793) + (x0 - 0.5) * log(x0) - x0;
    for (int k = 1; k <= n; k++) {
        series -= log(x0 - 1);
        x0 -= 1;
    }
    return series;
}

/* For large means: transformed rejection with squeeze (Hörmann 1993, PTRS). */
static int64_t poisson_by_rejection(struct numpy_random *random, double mean)
{
    double root = sqrt(mean), log_mean = log(mean), b = 0.931 + 2.53 * root;
    double a = -0.059 + 0.02483 * b, inverse = 1.1239 + 1.1328 / (b - 3.4);
    double squeeze = 0.9277 - 3.6224 / (b - 2);

    for (;;) {
        double u = numpy_random_uniform(random) - 0.5, v = numpy_random_uniform(random);
        double us = 0.5 - fabs(u);
        int64_t k = (int64_t)floor((2 * a / us + b) * u + mean + 0.43);

        if (us >= 0.07 && v <= squeeze)
            return k;
        if (k < 0 || (us < 0.013 && v > us))
            continue;
        if (log(v) + log(inverse) - log(a / (us * us) + b) <=
            -mean + (double)k * log_mean - log_gamma((double)k + 1))
            return k;
    }
}

int64_t numpy_random_poisson(struct numpy_random *random, double mean)
{
    if (mean >= 10)
        return poisson_by_rejection(random, mean);
    return mean > 0 ? poisson_by_products(random, mean) : 0;
}
