/* adam.c - the optimizer's update and the sums it needs (model.md 8).
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/reference/reference.h"

void reference_sum_squares(SELF, acc *sum, const real *x, size_t count)
{
    acc total = 0;

    for (size_t i = 0; i < count; i++)
        total += (acc)x[i] * (acc)x[i];
    *sum = total;
}

void reference_add_scaled(SELF, real *y, real scale, const real *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] += scale * x[i];
}

/* beta1 0.9, beta2 0.999, epsilon 0.1 outside the bias correction, which is in rate. */
void reference_adam(SELF, real *p, real *m, real *v, const real *gradient, real scale, real rate,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        real g = scale * gradient[i];

        m[i] += (g - m[i]) * (real)(1 - 0.9);
        v[i] += (g * g - v[i]) * (real)(1 - 0.999);
        p[i] -= rate * m[i] / (real_sqrt(v[i]) + (real)0.1);
    }
}
