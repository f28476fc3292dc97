/* rows.c - masks and sums on rows, vectorised; transposes by blocks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"
#include "backend/cpu/operand_rows.h"
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

/* Adds ROWS rows of V vectors to db, from element J on; the last vector has LAST elements. The sums
 * stay in registers, so that each row's part is read once and contiguously. V and ROUNDED are
 * compile-time constants after inlining. */
static inline __attribute__((always_inline)) void add_span_rows(real *db, const real *dy,
                                                                size_t ldy, size_t j, size_t rows,
                                                                size_t last, const size_t v,
                                                                const bool rounded)
{
    vec sum[SPAN_VECTORS];

#pragma GCC unroll 4
    for (size_t k = 0; k < v; k++)
        sum[k] = vec_load(db + j + k * LANES, k + 1 < v ? LANES : last);
    for (size_t i = 0; i < rows; i++, dy += ldy) {
#pragma GCC unroll 4
        for (size_t k = 0; k < v; k++) {
            __builtin_prefetch(dy + ROWS_AHEAD * ldy + (j + k * LANES) / (rounded ? 2 : 1));
            sum[k] = sum[k] + operand_load(dy, j + k * LANES, k + 1 < v ? LANES : last, rounded);
        }
    }
#pragma GCC unroll 4
    for (size_t k = 0; k < v; k++)
        vec_store(db + j + k * LANES, sum[k], k + 1 < v ? LANES : last);
}

static inline __attribute__((always_inline)) void
add_rows(real *db, const real *dy, size_t ldy, size_t rows, size_t n, const bool rounded)
{
    size_t j = 0;

    for (; n - j >= SPAN; j += SPAN)
        add_span_rows(db, dy, ldy, j, rows, LANES, SPAN_VECTORS, rounded);
    for (size_t width; n - j > LANES; j += width) {
        width = size_min(n - j, (size_t)2 * LANES);
        add_span_rows(db, dy, ldy, j, rows, width - LANES, 2, rounded);
    }
    if (n > j)
        add_span_rows(db, dy, ldy, j, rows, n - j, 1, rounded);
}

void KERNEL(sum_rows)(SELF, real *db, struct operand dy, size_t rows, size_t n)
{
    if (ROUNDS_OPERANDS && dy.rounded)
        add_rows(db, dy.data, dy.ld, rows, n, true);
    else
        add_rows(db, dy.data, dy.ld, rows, n, false);
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

void KERNEL(copy_operand)(SELF, struct matrix dst, size_t first, const real *src, size_t lds,
                          const real *mask, size_t ldm, size_t rows, size_t n)
{
    if (!ROUNDS_OPERANDS) {
        KERNEL(copy_masked)(self, dst.data + first, dst.ld, src, lds, mask, ldm, rows, n);
        return;
    }
    for (size_t i = 0; i < rows; i++) {
        real *row = dst.data + i * dst.ld;

        for (size_t j = 0; j < n; j += LANES) {
            __builtin_prefetch(row + (first + j) / 2 + AHEAD, 1);
            operand_store(row, first + j,
                          masked(src + i * lds + j, mask ? mask + i * ldm + j : NULL, n - j),
                          n - j);
        }
        if (OPERAND_STRIDE(first + n) == dst.ld)
            operand_end(row, first + n);
    }
}

void KERNEL(add_masked)(SELF, real *dst, size_t ldd, const real *src, size_t lds, const real *mask,
                        size_t ldm, size_t rows, size_t n)
{
    const bool is_bin = rows > 1 && rows <= BIN; /* a single row may be a whole vector */

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
