/* test_extremes.c - functions that saturate are finite for any argument; a value beyond float's
 * range becomes infinite, never NaN, so that the error message can name the cost that it is part
 * of. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "backend/backend.h"

enum { N = 19 }; /* elements of a row: whole vectors and a remainder */

static const real extremes[] = {20, 87, 89, 100, 1000, (real)1e30};
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
    be->gru_gates(be, ru, rh, bias, h, 1, N);
    be->gru_state(be, h_new, c, bias, ru, h, 5, 1, N);
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
    if (eta < 88) { /* exp is within float's range */
        assert_true(isfinite(y[0]) && isfinite(y[N - 1]) && isfinite(e[0]) && isfinite(e[N - 1]));
        assert_true(isfinite(loglik) || eta > 80); /* a backend may sum a bin in float */
        assert_true(eta > 0 || ((double)y[0] < 1e-8 && (double)y[N - 1] < 1e-8));
    } else {
        assert_true(isinf(loglik) && loglik < 0);
        assert_true(isinf(y[0]) && isinf(y[N - 1]) && y[0] > 0);
        assert_true(isinf(e[0]) && isinf(e[N - 1]) && e[0] > 0);
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
}

static void check(const struct backend *be)
{
    for (size_t i = 0; i < EXTREMES; i++) {
        check_cells(be, extremes[i]);
        check_cells(be, -extremes[i]);
        check_rates(be, extremes[i]);
        check_rates(be, -extremes[i]);
        check_variance(be, extremes[i]);
    }
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
