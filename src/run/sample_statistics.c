/* sample_statistics.c - standard deviations and quantiles, several numbers of a bin at a time: each
 * loop over numbers is one of vector instructions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/sample_statistics.h"

#include <string.h>

#include "base/sizes.h"

enum { COLUMNS = 64 }; /* numbers at a time: all their samples stay near the processor */

/* Welford's update: no difference of large squares. */
static void deviations(float *out, const real *x, size_t ldx, size_t samples, size_t n)
{
    double mean[COLUMNS] = {0}, squares[COLUMNS] = {0};

    for (size_t s = 0; s < samples; s++) {
        double share = 1 / (double)(s + 1);

        for (size_t j = 0; j < n; j++) {
            double value = (double)x[s * ldx + j], deviation = value - mean[j];

            mean[j] += share * deviation;
            squares[j] += deviation * (value - mean[j]);
        }
    }
    for (size_t j = 0; j < n; j++)
        out[j] = (float)sqrt(squares[j] / (double)(samples - 1));
}

void samples_deviations(float *out, const real *x, size_t ldx, size_t samples, size_t n)
{
    for (size_t j = 0; j < n; j += COLUMNS)
        deviations(out + j, x + j, ldx, samples, size_min(COLUMNS, n - j));
}

size_t samples_scratch(size_t samples) { return samples * COLUMNS * sizeof(real); }

/* Puts the smaller numbers into LOW and the larger ones into HIGH. Written so that compilers make
 * it instructions without a branch; a NaN may be lost. */
static void exchange(real *restrict low, real *restrict high, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        real a = low[j], b = high[j], smaller = a < b ? a : b, larger = a > b ? a : b;

        low[j] = smaller;
        high[j] = larger;
    }
}

/* Sorts each column of X [samples,COLUMNS] by Batcher's merge exchange (Knuth, The Art of Computer
 * Programming, volume 3, algorithm 5.2.2M): which rows it compares does not depend on what is in
 * them, so that all columns are sorted at once. */
static void sort_columns(real *x, size_t samples, size_t n)
{
    size_t top = 1;

    while (2 * top < samples)
        top *= 2;
    for (size_t p = top; p > 0; p /= 2)
        for (size_t q = top, r = 0, d = p;; d = q - p, q /= 2, r = p) {
            for (size_t i = 0; i + d < samples; i++)
                if ((i & p) == r)
                    exchange(x + i * COLUMNS, x + (i + d) * COLUMNS, n);
            if (q == p)
                break;
        }
}

/* As NumPy: from the nearer of both numbers. */
static double between(double a, double b, double share)
{
    return share < 0.5 ? a + (b - a) * share : b - (b - a) * (1 - share);
}

static void quantiles_of(float *out, const struct quantiles *q, const real *x, size_t ldx,
                         size_t samples, size_t n, real *sorted)
{
    real lacking[COLUMNS] = {0}; /* NaN, or 0 */

    for (size_t s = 0; s < samples; s++) {
        memcpy(sorted + s * COLUMNS, x + s * ldx, n * sizeof *sorted);
        for (size_t j = 0; j < n; j++)
            lacking[j] = isnan(x[s * ldx + j]) ? x[s * ldx + j] : lacking[j];
    }
    sort_columns(sorted, samples, n);
    for (size_t i = 0; i < q->count; i++) {
        double place = q->probability[i] * (double)(samples - 1), floored = floor(place);
        size_t row = (size_t)floored, next = size_min(row + 1, samples - 1);

        for (size_t j = 0; j < n; j++)
            out[j * q->count + i] =
                (float)(between((double)sorted[row * COLUMNS + j],
                                (double)sorted[next * COLUMNS + j], place - floored) +
                        (double)lacking[j]);
    }
}

void samples_quantiles(float *out, const struct quantiles *quantiles, const real *x, size_t ldx,
                       size_t samples, size_t n, real *scratch)
{
    for (size_t j = 0; j < n; j += COLUMNS)
        quantiles_of(out + j * quantiles->count, quantiles, x + j, ldx, samples,
                     size_min(COLUMNS, n - j), scratch);
}
