/* rows.c - biases and masks on rows, in vectors.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"

void KERNEL(add_row)(SELF, real *y, size_t ldy, const real *b, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++, y += ldy)
        for (size_t j = 0; j < n; j += LANES)
            vec_store(y + j, vec_load(y + j, n - j) + vec_load(b + j, n - j), n - j);
}

/* Four rows at a time, so that db is not stored and loaded again for each. */
void KERNEL(sum_rows)(SELF, real *db, const real *dy, size_t ldy, size_t rows, size_t n)
{
    for (size_t j = 0; j < n; j += LANES) {
        vec sum[4] = {vec_load(db + j, n - j), vec_all(0), vec_all(0), vec_all(0)};
        const real *column = dy + j;
        size_t i = 0;

        for (; i + 4 <= rows; i += 4, column += 4 * ldy)
            for (size_t k = 0; k < 4; k++)
                sum[k] = sum[k] + vec_load(column + k * ldy, n - j);
        for (; i < rows; i++, column += ldy)
            sum[0] = sum[0] + vec_load(column, n - j);
        vec_store(db + j, sum[0] + sum[1] + (sum[2] + sum[3]), n - j);
    }
}

void KERNEL(copy_masked)(SELF, real *dst, size_t ldd, const real *src, size_t lds, const real *mask,
                         size_t ldm, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j += LANES) {
            vec x = vec_load(src + i * lds + j, n - j);

            if (mask)
                x = x * vec_load(mask + i * ldm + j, n - j);
            vec_store(dst + i * ldd + j, x, n - j);
        }
}

void KERNEL(add_masked)(SELF, real *dst, size_t ldd, const real *src, size_t lds, const real *mask,
                        size_t ldm, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j += LANES) {
            vec x = vec_load(src + i * lds + j, n - j);

            if (mask)
                x = x * vec_load(mask + i * ldm + j, n - j);
            vec_store(dst + i * ldd + j, vec_load(dst + i * ldd + j, n - j) + x, n - j);
        }
}
