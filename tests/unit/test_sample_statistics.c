/* test_sample_statistics.c - standard deviations and quantiles over samples equal NumPy's, for any
 * number of samples, near a large mean, and where a sample is NaN.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "run/sample_statistics.h"

enum { S = 7, N = 3, LD = 5, MOST = 70 };

static const struct quantiles three = {3, {0.05, 0.5, 0.8}};

/* Numbers in steps of 1/16, which float has even near a million; two more columns do not count. */
static void fill(real x[S * LD], double offset)
{
    for (int s = 0; s < S; s++)
        for (int j = 0; j < LD; j++)
            x[s * LD + j] =
                j < N ? (real)(offset + (s * s * 3 + s * j * 5 + j) % 11 / 16.0) : (real)NAN;
}

/* A float is rounded by 6e-8; the sums of seven doubles near a million by 1e-8 of the result. */
static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) <= 8e-8 * fabs(expected)))
        fail_msg("%.9g, expected %.9g", actual, expected);
}

/* np.std(x, axis=0, ddof=1): differences of squares would have no digit left. */
static void test_deviations(void **state)
{
    static const double expected[N] = {0.2220206178756936, 0.24129178641320592,
                                       0.11329087089687072},
                        offsets[] = {0, 1e6, -1e6};
    real x[S * LD];
    float out[N];

    (void)state;
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        fill(x, offsets[i]);
        samples_deviations(out, x, LD, S, N);
        for (int j = 0; j < N; j++)
            assert_near((double)out[j], expected[j]);
    }
    for (int s = 0; s < S; s++)
        x[s * LD] = (real)0.1;
    samples_deviations(out, x, LD, S, 1);
    assert_true(out[0] == 0);
}

/* np.quantile(x, [0.05, 0.5, 0.8], axis=0).T */
static void test_quantiles(void **state)
{
    static const double expected[N * 3] = {0.01875, 0.25,    0.5125, 0.0625, 0.1875,
                                           0.5375,  0.08125, 0.25,   0.3};
    real x[S * LD], *scratch = malloc(samples_scratch(S));
    float out[N * 3];

    (void)state;
    assert_non_null(scratch);
    fill(x, 0);
    samples_quantiles(out, &three, x, LD, S, N, scratch);
    for (int i = 0; i < N * 3; i++)
        assert_near((double)out[i], expected[i]);
    free(scratch);
}

/* A NaN in one sample makes the number NaN, and no other. */
static void test_lacking(void **state)
{
    real x[S * LD], *scratch = malloc(samples_scratch(S));
    float deviations[2][N], quantiles[2][N * 3];

    (void)state;
    assert_non_null(scratch);
    fill(x, 0);
    for (int i = 0; i < 2; i++) {
        samples_deviations(deviations[i], x, LD, S, N);
        samples_quantiles(quantiles[i], &three, x, LD, S, N, scratch);
        x[4 * LD + 1] = (real)NAN;
    }
    for (int j = 0; j < N; j++) {
        assert_true(j == 1 ? isnan(deviations[1][j]) : deviations[1][j] == deviations[0][j]);
        for (int i = 3 * j; i < 3 * j + 3; i++)
            assert_true(j == 1 ? isnan(quantiles[1][i]) : quantiles[1][i] == quantiles[0][i]);
    }
    free(scratch);
}

static int compare(const void *a, const void *b)
{
    real x = *(const real *)a, y = *(const real *)b;

    return (x > y) - (x < y);
}

/* More numbers than are sorted at a time, and every number of samples: with the probability
 * k / (S - 1) a quantile is number k in order. */
static void test_order(void **state)
{
    static real x[MOST * MOST], sorted[MOST];
    static float out[MOST];
    real *scratch = malloc(samples_scratch(MOST));

    (void)state;
    assert_non_null(scratch);
    for (size_t samples = 3; samples <= MOST; samples++) {
        uint32_t word = 1;

        for (size_t i = 0; i < samples * MOST; i++) {
            word = word * 1664525 + 1013904223;
            x[i] = (real)(word >> 24) - 100; /* some are equal */
        }
        for (size_t k = 1; k < samples - 1; k += 1 + samples / 5) {
            const struct quantiles one = {1, {(double)k / (double)(samples - 1)}};

            samples_quantiles(out, &one, x, MOST, samples, MOST, scratch);
            for (size_t j = 0; j < MOST; j++) {
                for (size_t s = 0; s < samples; s++)
                    sorted[s] = x[s * MOST + j];
                qsort(sorted, samples, sizeof *sorted, compare);
                /* the place is rounded: between numbers up to 355 apart by 70 * 2.3e-16 of it */
                if (!(fabs((double)out[j] - (double)sorted[k]) <= 1e-5))
                    fail_msg("number %zu of %zu in column %zu is %g, and not %g", k, samples, j,
                             (double)out[j], (double)sorted[k]);
            }
        }
    }
    free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deviations), cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_lacking), cmocka_unit_test(test_order)};

    return cmocka_run_group_tests_name("sample_statistics", tests, NULL, NULL);
}
