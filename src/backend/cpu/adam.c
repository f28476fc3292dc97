/* adam.c - the optimizer's update and its sums, vectorised.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"

/* Computes eight partial sums, which the compiler vectorises, and adds them in a fixed order. */
void KERNEL(sum_squares)(SELF, acc *sum, acc scale, const real *x, size_t count)
{
    acc part[8] = {0};
    size_t i = 0;

    for (; i + 8 <= count; i += 8)
        for (size_t k = 0; k < 8; k++)
            part[k] += (acc)x[i + k] * (acc)x[i + k];
    for (; i < count; i++)
        part[0] += (acc)x[i] * (acc)x[i];
    *sum += scale * (((part[0] + part[1]) + (part[2] + part[3])) +
                     ((part[4] + part[5]) + (part[6] + part[7])));
}

void KERNEL(add_scaled)(SELF, real *y, const real *scale, const real *x, size_t count)
{
    const vec s = vec_all(*scale);

    for (size_t i = 0; i < count; i += LANES)
        vec_store(y + i, vec_load(y + i, count - i) + s * vec_load(x + i, count - i), count - i);
}

void KERNEL(adam)(SELF, real *p, real *m, real *v, const real *gradient,
                  const struct update *update, const struct adam_options *options, size_t count)
{
    const vec s = vec_all(update->scale), step = vec_all(update->rate);
    const vec epsilon = vec_all(update->epsilon);
    const vec first = vec_all((real)(1 - options->beta1));
    const vec second = vec_all((real)(1 - options->beta2));

    for (size_t i = 0; i < count && update->halted == 0; i += LANES) {
        size_t n = count - i;
        vec g = s * vec_load(gradient + i, n), mean = vec_load(m + i, n), var = vec_load(v + i, n);

        mean = mean + (g - mean) * first;
        var = var + (g * g - var) * second;
        vec_store(m + i, mean, n);
        vec_store(v + i, var, n);
        vec_store(p + i, vec_load(p + i, n) - step * mean / (vec_sqrt(var) + epsilon), n);
    }
}
