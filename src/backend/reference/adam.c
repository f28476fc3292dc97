/* adam.c - the optimizer's update and the sums it needs (model.md 8).
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/reference/reference.h"

void reference_sum_squares(SELF, acc *sum, acc scale, const real *x, size_t count)
{
    acc total = 0;

    for (size_t i = 0; i < count; i++)
        total += (acc)x[i] * (acc)x[i];
    *sum += scale * total;
}

void reference_add_scaled(SELF, real *y, const real *scale, const real *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] += *scale * x[i];
}

/* model.md (8.1). */
void reference_limit_update(SELF, real *update, const acc *squares, const real *rate, acc most)
{
    acc norm = sqrt(*squares);

    update[0] = (real)(norm > most ? most / norm : 1);
    update[1] = *rate;
    if (!isfinite(norm))
        update[2] = 1;
}

/* model.md (8.2), (8.3); the bias correction is in the rate. */
void reference_adam(SELF, real *p, real *m, real *v, const real *gradient, const real *update,
                    size_t count)
{
    for (size_t i = 0; i < count && update[2] == 0; i++) {
        real g = update[0] * gradient[i];

        m[i] += (g - m[i]) * (real)(1 - 0.9);
        v[i] += (g * g - v[i]) * (real)(1 - 0.999);
        p[i] -= update[1] * m[i] / (real_sqrt(v[i]) + (real)0.1);
    }
}
