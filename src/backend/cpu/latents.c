/* latents.c - samples of posteriors and their gradients, vectorised.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"

/* Rows without gaps are one long row, because those of inferred inputs are short. */
static void join_rows(size_t *rows, size_t *n, size_t ld)
{
    if (ld == *n) {
        *n *= *rows;
        *rows = 1;
    }
}

static vec deviation(const real *logvar, size_t n)
{
    return vec_exp(vec_all(0.5f) * vec_load(logvar, n));
}

void KERNEL(sample)(SELF, real *z, size_t ldz, const real *mean, const real *logvar,
                    const real *noise, size_t rows, size_t n)
{
    join_rows(&rows, &n, ldz);
    for (size_t i = 0; i < rows; i++, z += ldz, mean += n, logvar += n, noise += n)
        for (size_t j = 0; j < n; j += LANES)
            vec_store(z + j,
                      vec_load(mean + j, n - j) +
                          deviation(logvar + j, n - j) * vec_load(noise + j, n - j),
                      n - j);
}

void KERNEL(sample_backward)(SELF, real *dmean, real *dlogvar, const real *dz, size_t lddz,
                             const real *logvar, const real *noise, size_t rows, size_t n)
{
    join_rows(&rows, &n, lddz);
    for (size_t i = 0; i < rows; i++, dmean += n, dlogvar += n, dz += lddz, logvar += n, noise += n)
        for (size_t j = 0; j < n; j += LANES) {
            const size_t left = n - j;
            const vec d = vec_load(dz + j, left);
            const vec slope =
                vec_load(noise + j, left) * deviation(logvar + j, left) * vec_all(0.5f);

            vec_store(dmean + j, vec_load(dmean + j, left) + d, left);
            vec_store(dlogvar + j, vec_load(dlogvar + j, left) + d * slope, left);
        }
}
