/* rows.c - masks and sums on rows, vectorised; transposes by blocks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"
#include "base/sizes.h"

enum {
    AHEAD = 512,     /* prefetch distance in elements: an L3 miss takes about as long as these */
    ROWS_AHEAD = 16, /* in rows of sums */
    BIN = 64         /* no more rows are taken for those of a bin, which a time loop adds */
};

/* Transposes by blocks, whose cache lines of both arrays stay in the L1 cache. */
void KERNEL(transpose)(SELF, real *dst, const real *src, size_t rows, size_t n)
{
    enum { SIDE = 16 };

    for (size_t i = 0; i < rows; i += SIDE)
        for (size_t j = 0; j < n; j += SIDE)
            for (size_t column = j; column < n && column < j + SIDE; column++)
                for (size_t row = i; row < rows && row < i + SIDE; row++)
                    dst[column * rows + row] = src[row * n + column];
}

enum { SPAN_VECTORS = 4, SPAN = SPAN_VECTORS * LANES };

/* Adds ROWS rows of V vectors at dy to db; the last vector has LAST elements. The sums stay in
 * registers, so that each row's part is read once and contiguously. V is a compile-time constant
 * after inlining. */
static inline __attribute__((always_inline)) void
add_span_rows(real *db, const real *dy, size_t ldy, size_t rows, size_t last, const size_t v)
{
    vec sum[SPAN_VECTORS];

#pragma GCC unroll 4
    for (size_t k = 0; k < v; k++)
        sum[k] = vec_load(db + k * LANES, k + 1 < v ? LANES : last);
    for (size_t i = 0; i < rows; i++, dy += ldy) {
#pragma GCC unroll 4
        for (size_t k = 0; k < v; k++) {
            __builtin_prefetch(dy + ROWS_AHEAD * ldy + k * LANES);
            sum[k] = sum[k] + vec_load(dy + k * LANES, k + 1 < v ? LANES : last);
        }
    }
#pragma GCC unroll 4
    for (size_t k = 0; k < v; k++)
        vec_store(db + k * LANES, sum[k], k + 1 < v ? LANES : last);
}

void KERNEL(sum_rows)(SELF, real *db, const real *dy, size_t ldy, size_t rows, size_t n)
{
    for (; n >= SPAN; n -= SPAN, db += SPAN, dy += SPAN)
        add_span_rows(db, dy, ldy, rows, LANES, SPAN_VECTORS);
    for (size_t width; n > LANES; n -= width, db += width, dy += width) {
        width = size_min(n, (size_t)2 * LANES);
        add_span_rows(db, dy, ldy, rows, width - LANES, 2);
    }
    if (n)
        add_span_rows(db, dy, ldy, rows, n, 1);
}

/* Returns N elements of SRC times those of MASK; NULL: ones. */
static inline vec masked(const real *src, const real *mask, size_t n)
{
    __builtin_prefetch(src + AHEAD);
    if (!mask)
        return vec_load(src, n);
    __builtin_prefetch(mask + AHEAD);
    return vec_load(src, n) * vec_load(mask, n);
}

void KERNEL(copy_masked)(SELF, real *dst, size_t ldd, const real *src, size_t lds, const real *mask,
                         size_t ldm, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j += LANES) {
            real *out = dst + i * ldd + j;

            __builtin_prefetch(out + AHEAD, 1);
            vec_store(out, masked(src + i * lds + j, mask ? mask + i * ldm + j : NULL, n - j),
                      n - j);
        }
}

void KERNEL(add_masked)(SELF, real *dst, size_t ldd, const real *src, size_t lds, const real *mask,
                        size_t ldm, size_t rows, size_t n)
{
    const bool is_bin = rows <= BIN;

    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j += LANES) {
            const real *x = src + i * lds + j, *m = mask ? mask + i * ldm + j : NULL;
            real *out = dst + i * ldd + j;
            vec sum = vec_load(out, n - j);

            if (is_bin)
                prefetch_bins(x, rows * lds);
            if (is_bin && m)
                prefetch_bins(m, rows * ldm);
            /* one expression, so that the product is not rounded */
            sum = m ? sum + vec_load(x, n - j) * vec_load(m, n - j) : sum + vec_load(x, n - j);
            vec_store(out, sum, n - j);
        }
}
