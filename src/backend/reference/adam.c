/* adam.c - the optimizer's update and the sums that it needs (model.md 8).
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/reference/reference.h"

void reference_sum_squares(SELF, acc *sum, acc scale, const real *x, size_t count)
{
    acc total = 0;

    for (size_t i = 0; i < count; i++)
        total += (acc)x[i] * (acc)x[i];
    *sum += scale * total;
}

/* modern.md (7.8). */
void reference_sum_deviations(SELF, acc *sum, acc scale, const real *x, real center, size_t count)
{
    acc total = 0;

    for (size_t i = 0; i < count; i++)
        total += ((acc)x[i] - (acc)center) * ((acc)x[i] - (acc)center);
    *sum += scale * total;
}

void reference_add_deviations(SELF, real *y, const real *scale, const real *x, real center,
                              size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] += *scale * (x[i] - center);
}

void reference_add_scaled(SELF, real *y, const real *scale, const real *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] += *scale * x[i];
}

/* model.md (8.1). */
void reference_limit_update(SELF, struct update *update, const acc *squares,
                            const struct update_rates *rates, const struct norm_limit *limit)
{
    acc norm = sqrt(*squares) + limit->margin;

    update->scale = (real)(norm > limit->max ? limit->max / norm : 1);
    update->rate = rates->rate;
    update->epsilon = rates->epsilon;
    update->decay = rates->decay;
    if (!isfinite(norm))
        update->halted = 1;
}

/* model.md (8.2), (8.3); the bias correction is in the rate. */
void reference_adam(SELF, real *p, real *m, real *v, const real *gradient,
                    const struct update *update, const struct adam_options *options, size_t count)
{
    const real first = (real)(1 - options->beta1), second = (real)(1 - options->beta2);

    for (size_t i = 0; i < count && update->halted == 0; i++) {
        real g = update->scale * gradient[i];

        m[i] += (g - m[i]) * first;
        v[i] += (g * g - v[i]) * second;
        p[i] -= update->rate * m[i] / (real_sqrt(v[i]) + update->epsilon);
    }
}

/* modern.md (3.4). */
void reference_decay_weights(SELF, real *p, const struct update *update, real shift, size_t count)
{
    for (size_t i = 0; i < count && update->halted == 0; i++)
        p[i] -= update->decay * (p[i] + shift);
}
