/* products.c - matrix products and linear operations on rows: biases, masks, copies; normalised
 * columns.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "backend/reference/reference.h"

static real element(const struct operand *m, size_t row, size_t column)
{
    return m->transposed ? m->data[column * m->ld + row] : m->data[row * m->ld + column];
}

void reference_product(SELF, struct matrix c, struct operand a, struct operand b, size_t m,
                       size_t n, size_t k, bool add)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            real sum = 0;

            for (size_t l = 0; l < k; l++)
                sum += element(&a, i, l) * element(&b, l, j);
            c.data[i * c.ld + j] = add ? c.data[i * c.ld + j] + sum : sum;
        }
}

void reference_transpose(SELF, real *dst, const real *src, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            dst[j * rows + i] = src[i * n + j];
}

void reference_set_rows(SELF, real *y, size_t ldy, const real *b, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        memcpy(y + i * ldy, b, n * sizeof *y);
}

void reference_sum_rows(SELF, real *db, struct operand dy, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            db[j] += dy.data[i * dy.ld + j];
}

void reference_copy_masked(SELF, real *dst, size_t ldd, const real *src, size_t lds,
                           const real *mask, size_t ldm, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            dst[i * ldd + j] = src[i * lds + j] * (mask ? mask[i * ldm + j] : 1);
}

void reference_copy_operand(SELF, struct matrix dst, size_t first, const real *src, size_t lds,
                            const real *mask, size_t ldm, size_t rows, size_t n)
{
    reference_copy_masked(self, dst.data + first, dst.ld, src, lds, mask, ldm, rows, n);
}

void reference_add_masked(SELF, real *dst, size_t ldd, const real *src, size_t lds,
                          const real *mask, size_t ldm, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            dst[i * ldd + j] += src[i * lds + j] * (mask ? mask[i * ldm + j] : 1);
}

void reference_repeat_rows(SELF, real *dst, const real *src, size_t times, size_t outer,
                           size_t rows, size_t n)
{
    for (size_t i = 0; i < outer * rows; i++)
        for (size_t s = 0; s < times; s++)
            memcpy(dst + (i * times + s) * n, src + i * n, n * sizeof *dst);
}

void reference_clear(SELF, real *x, size_t count) { memset(x, 0, count * sizeof *x); }
void reference_clear_sums(SELF, acc *x, size_t count) { memset(x, 0, count * sizeof *x); }

static real column_norm(const real *v, size_t rows, size_t n, size_t j, real *squares)
{
    real sum = 0;

    for (size_t i = 0; i < rows; i++)
        sum += v[i * n + j] * v[i * n + j];
    *squares = sum;
    return real_sqrt(sum > (real)1e-12 ? sum : (real)1e-12);
}

/* model.md (6.4). */
void reference_normalise_columns(SELF, real *w, const real *v, size_t rows, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        real squares, norm = column_norm(v, rows, n, j, &squares);

        for (size_t i = 0; i < rows; i++)
            w[i * n + j] = v[i * n + j] / norm;
    }
}

/* w = v/|v|: dv = (dw - w (w.dw))/|v|; below its minimum the norm is constant. */
void reference_normalise_columns_backward(SELF, real *dv, const real *dw, const real *v,
                                          const real *w, size_t rows, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        real squares, norm = column_norm(v, rows, n, j, &squares), projection = 0;

        for (size_t i = 0; i < rows; i++)
            projection += w[i * n + j] * dw[i * n + j];
        if (squares < (real)1e-12)
            projection = 0;
        for (size_t i = 0; i < rows; i++)
            dv[i * n + j] += (dw[i * n + j] - w[i * n + j] * projection) / norm;
    }
}
