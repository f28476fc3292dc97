/* test_extremes.c - functions that saturate are finite for any argument; log rates and log
 * variances are limited to 80, beyond which no gradient passes. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "backend/backend.h"

enum { N = 19 }; /* elements of a row: whole vectors and a remainder */

static const real extremes[] = {20, 79, 81, 87, 89, 100, 1000, (real)1e30};
enum { EXTREMES = sizeof extremes / sizeof extremes[0] };

static void fill(real *x, size_t count, real value)
{
    for (size_t i = 0; i < count; i++)
        x[i] = value;
}

static void check_cells(const struct backend *be, real a)
{
    real ru[2 * N], rh[N], bias[2 * N], h[N], c[N], h_new[N];

    fill(ru, 2 * N, a);
    fill(c, N, a);
    fill(bias, 2 * N, 0);
    fill(h, N, 4);
    be->gru_gates(be, ru, rh, ru, bias, h, 1, N);
    be->gru_state(be, h_new, c, c, bias, ru, h, 5, 1, N);
    for (size_t i = 0; i < N; i++) {
        assert_true(fabs((double)ru[i] - (a > 0)) < 1e-8);
        assert_true(fabs((double)ru[N + i] - (a > 0)) < 1e-8);
        assert_true(fabs((double)rh[i] - 4 * (a > 0)) < 1e-7);
        assert_true((double)c[i] == (a > 0 ? 1 : -1));
        assert_true(fabs((double)h_new[i] - (a > 0 ? 4 : -1)) < 1e-6);
    }
}

/* Log rates ETA and counts of 3. */
static void check_rates(const struct backend *be, real eta)
{
    real x[N], e[N], y[N];
    acc loglik;

    fill(x, N, 3);
    fill(e, N, eta);
    be->poisson(be, &loglik, e, x, NULL, false, 1, 1, 1, N);
    be->exponential(be, y, N, e, N, 1, N);
    be->poisson_backward(be, e, 1, x, NULL, N);
    double used = fmax(-80, fmin(80, (double)eta)), rate = exp(used);
    double expected = N * (3 * used - rate - log(6));

    assert_true(fabs(loglik - expected) < 1e-5 * (1 + fabs(expected)));
    for (size_t i = 0; i < N; i++) {
        double slope = fabs((double)eta) > 80 ? 0 : rate - 3;

        assert_true(fabs((double)y[i] - rate) <= 1e-6 * rate);
        assert_true(fabs((double)e[i] - slope) <= 1e-6 * fabs(slope));
    }
}

/* Log variances and numbers that are 2 off. */
static void check_gaussian(const struct backend *be, real logvar)
{
    real x[N], mean[N], v[N];
    acc loglik;
    double used = fmax(-80, fmin(80, (double)logvar)), scaled = 4 * exp(-used);
    double expected = -0.5 * N * (used + log(2 * 3.14159265358979) + scaled);

    fill(x, N, 1);
    fill(mean, N, 3);
    fill(v, N, logvar);
    be->gaussian(be, &loglik, mean, v, (real)-HUGE_VAL, x, NULL, 1, 1, 1, N);
    be->gaussian_backward(be, mean, v, (real)-HUGE_VAL, 1, x, NULL, N);
    assert_true(fabs(loglik - expected) < 1e-5 * (1 + fabs(expected)));
    for (size_t i = 0; i < N; i++) {
        double slope = fabs((double)logvar) > 80 ? 0 : (1 - scaled) / 2;

        assert_true(fabs((double)mean[i] - scaled / 2) <= 1e-5 * scaled);
        assert_true(fabs((double)v[i] - slope) <= 1e-5 * (1 + fabs(slope)));
    }
}

/* A mean of e^80, after dropout that doubles it, has no gradient; one of e^79 has. */
static void check_mean(const struct backend *be, real log_mean)
{
    real mean[N], mask[N], ones[N], zeros[N], da[N], db[N], dx[N];
    double slope = log_mean < 80 ? 2 * exp((double)log_mean) : 0;

    fill(zeros, N, 0);
    fill(ones, N, 1);
    fill(mask, N, 2);
    fill(da, N, log_mean);
    fill(db, N, 0);
    fill(dx, N, 0);
    be->gamma_mean(be, mean, N, da, zeros, 1, N);
    be->copy_masked(be, mean, N, mean, N, mask, N, 1, N);
    fill(da, N, 0);
    be->gamma_mean_backward(be, da, db, ones, mean, mask, N, 1, N);
    be->exponential_backward(be, dx, ones, mean, mask, N, 1, N);
    for (size_t i = 0; i < N; i++) {
        assert_true(fabs((double)da[i] - slope) <= 1e-5 * slope);
        assert_true(fabs((double)db[i] + slope) <= 1e-5 * slope);
        assert_true(fabs((double)dx[i] - slope) <= 1e-5 * slope);
    }
}

/* VALUE is a NaN, and so is what is computed from it. */
static void check_nan(const struct backend *be, float value)
{
    real x[N], e[N], y[N], ru[2 * N], rh[N], bias[2 * N], h[N], c[N], h_new[N];

    fill(x, N, 3);
    fill(e, N, (real)value);
    be->exponential(be, y, N, e, N, 1, N);
    be->poisson_backward(be, e, 1, x, NULL, N);
    fill(ru, 2 * N, (real)value);
    fill(c, N, (real)value);
    fill(bias, 2 * N, 0);
    fill(h, N, 4);
    be->gru_gates(be, ru, rh, ru, bias, h, 1, N);
    be->gru_state(be, h_new, c, c, bias, ru, h, 5, 1, N);
    for (size_t i = 0; i < N; i++) {
        assert_true(isnan(y[i]) && isnan(e[i]));
        assert_true(isnan(ru[i]) && isnan(ru[N + i]) && isnan(rh[i]));
        assert_true(isnan(c[i]) && isnan(h_new[i]));
    }
}

/* A variance that underflows becomes the minimum. */
static void check_variance(const struct backend *be, real a)
{
    real logvar[N];

    fill(logvar, N, -a);
    be->floor_variance(be, logvar, (real)1e-4, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs((double)logvar[i] - log(1e-4)) < 1e-4);
    fill(logvar, N, a);
    be->floor_variance(be, logvar, (real)1e-4, N);
    be->saturate(be, logvar, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs((double)logvar[i] - fmin(80, (double)a)) < 1e-4);
}

static void check(const struct backend *be)
{
    for (size_t i = 0; i < EXTREMES; i++) {
        check_cells(be, extremes[i]);
        check_cells(be, -extremes[i]);
        check_rates(be, extremes[i]);
        check_rates(be, -extremes[i]);
        check_gaussian(be, extremes[i]);
        check_gaussian(be, -extremes[i]);
        check_variance(be, extremes[i]);
    }
    check_mean(be, 79);
    check_mean(be, 100);
    check_nan(be, NAN);
    check_nan(be, nanf("0x1ff")); /* with bits that a sum with an exponent must not make a number */
}

static void reference(void **state)
{
    (void)state;
    check(backend_reference());
}

static void cpu(void **state)
{
    (void)state;
    check(backend_cpu());
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reference), cmocka_unit_test(cpu)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
