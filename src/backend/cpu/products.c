/* products.c - the matrix product. oneDNN does the large ones; those of a few rows, of which a
 * recurrent network does several a bin, are done here by tiles of the result that stay in
 * registers, for there a library's dispatch and its handling of odd widths cost a tenth of the
 * time. SPDX-License-Identifier: Apache-2.0 */
#include <oneapi/dnnl/dnnl.h>

#include "backend/cpu/kernels.h"

enum {
    ROWS = LANES == 16 ? 8 : 4, /* of a tile: with 3 vectors across, it fills the registers */
    WIDE = 3,
    ROW = 8, /* vectors across, where there is one row only */
    SUMS = ROWS * WIDE,
    FEW = 64,      /* rows up to which tiles are faster, */
    NEAR = 3 << 18 /* and numbers of b, which they walk through in strides */
};

/* One product: c [m,ldc] from a [m,lda] and b [k,ldb]. */
struct factors {
    const float *a, *b;
    size_t lda, ldb;
    float *c;
    size_t ldc, k;
    bool add; /* to c */
};

/* The tile at c of R rows and V vectors, the last of which has LAST numbers. R and V are constants
 * to the compiler, so that the sums have registers. */
static inline __attribute__((always_inline)) void tile(const struct factors *f, size_t last,
                                                       const size_t r, const size_t v)
{
    vec sum[SUMS];
    const float *b = f->b;

    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j < v; j++) {
            sum[i * v + j] = vec_all(0);
            __builtin_prefetch(f->c + i * f->ldc + j * LANES, 1);
        }
    for (size_t k = 0; k < f->k; k++, b += f->ldb) {
        vec row[ROW];

        for (size_t j = 0; j < v; j++)
            row[j] = vec_load(b + j * LANES, j + 1 < v ? LANES : last);
        for (size_t i = 0; i < r; i++) {
            vec x = vec_all(f->a[i * f->lda + k]);

            for (size_t j = 0; j < v; j++)
                sum[i * v + j] = sum[i * v + j] + x * row[j];
        }
    }
    if (f->add)
        for (size_t i = 0; i < r; i++)
            for (size_t j = 0; j < v; j++)
                sum[i * v + j] = sum[i * v + j] +
                                 vec_load(f->c + i * f->ldc + j * LANES, j + 1 < v ? LANES : last);
    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j < v; j++)
            vec_store(f->c + i * f->ldc + j * LANES, sum[i * v + j], j + 1 < v ? LANES : last);
}

/* A panel of V vectors' width: tiles from top to bottom. */
static inline __attribute__((always_inline)) void panel(struct factors f, size_t m, size_t last,
                                                        const size_t v)
{
    for (; m >= ROWS; m -= ROWS, f.a += ROWS * f.lda, f.c += ROWS * f.ldc)
        tile(&f, last, ROWS, v);
    for (; m >= 2; m -= 2, f.a += 2 * f.lda, f.c += 2 * f.ldc)
        tile(&f, last, 2, v);
    if (m)
        tile(&f, last, 1, v);
}

/* Panels of three vectors (of one row: of eight) and, so that none of one is left over, one or two
 * of two. */
static void multiply(struct factors f, size_t m, size_t n)
{
    for (; m == 1 && n >= ROW * LANES; n -= ROW * LANES, f.b += ROW * LANES, f.c += ROW * LANES)
        tile(&f, LANES, 1, ROW);
    while (n > 4 * LANES || (n > 2 * LANES && n <= 3 * LANES)) {
        size_t width = n < 3 * LANES ? n : 3 * LANES;

        panel(f, m, width - 2 * LANES, 3);
        n -= width;
        f.b += width;
        f.c += width;
    }
    while (n > LANES) {
        size_t width = n < 2 * LANES ? n : 2 * LANES;

        panel(f, m, width - LANES, 2);
        n -= width;
        f.b += width;
        f.c += width;
    }
    if (n)
        panel(f, m, n, 1);
}

/* Sizes are checked against what a product can address when a model is made. */
void KERNEL(product)(SELF, real *c, size_t ldc, const real *a, size_t lda, bool transpose_a,
                     const real *b, size_t ldb, bool transpose_b, size_t m, size_t n, size_t k,
                     bool add)
{
    dnnl_status_t status;

    if (LANES > 1 && m <= FEW && 2 * n >= LANES && k * n <= NEAR && !transpose_a && !transpose_b) {
        multiply((struct factors){a, b, lda, ldb, c, ldc, k, add}, m, n);
        return;
    }
    status = dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', (dnnl_dim_t)m,
                        (dnnl_dim_t)n, (dnnl_dim_t)k, 1, a, (dnnl_dim_t)lda, b, (dnnl_dim_t)ldb,
                        add ? 1 : 0, c, (dnnl_dim_t)ldc);
    assert(status == dnnl_success);
}
