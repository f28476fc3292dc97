/* tile.h - computes products by tiles of the result whose sums stay in registers. The file that
 * includes it first defines the type of the operands:
 *   element               the type of an element of an operand
 *   element_vector        a vector of LANES elements
 *   element_load(p, n)    loads the first n elements at p; the other lanes are zero
 *   element_all(x)        x in all lanes
 *   element_all_half(x)   x in the first half of the lanes; the other is undefined
 *   element_add(s, x, y)  s + x*y of vectors; s is a vec
 *   element_add_half(s, x, y)  the same in the first half of a vector; the other is undefined
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CPU_TILE_H
#define LFADS_BACKEND_CPU_TILE_H
#include "backend/cpu/vector.h"

enum {
    TILE_ROWS = LANES == 8 ? 4 : 8, /* with TILE_VECTORS, a tile fills the registers */
    TILE_VECTORS = 3,
    FEW_ROWS = TILE_ROWS / 2,
    ROW_VECTORS = 8, /* of a tile of a single row */
    TILE_SUMS = TILE_ROWS * TILE_VECTORS,
    TILE_LINE = 64 / sizeof(element), /* of the cache */
    TILE_AHEAD = LANES == 8 ? 8 : 0,  /* rows of b */
    TILE_AHEAD_A = 32                 /* steps of a */
};

/* A product c [m,ldc] = a b, with a's strides a_row between rows and a_step between columns, and
 * b [k,ldb]. */
struct operands {
    const element *a, *b;
    size_t a_row, a_step, ldb;
    float *c;
    size_t ldc, k;
    bool add; /* adds to c instead of setting it */
};

/* Computes the tile of R rows and V vectors at c; the last vector has LAST elements, in its first
 * half if IS_HALF. R, V and IS_HALF are compile-time constants after inlining, so that the sums
 * stay in registers; gcc keeps halves there only if it is told to unroll. */
static inline __attribute__((always_inline)) void
tile(const struct operands *f, size_t last, const size_t r, const size_t v, const bool is_half)
{
    vec sum[TILE_SUMS];
    const element *a = f->a, *b = f->b;

#pragma GCC unroll 8
    for (size_t i = 0; i < r; i++) {
#pragma GCC unroll 8
        for (size_t j = 0; j < v; j++) {
            sum[i * v + j] = vec_all(0);
            __builtin_prefetch(f->c + i * f->ldc + j * LANES, 1);
        }
    }
    /* so that few instructions count, step and jump */
#pragma GCC unroll 4
    for (size_t k = 0; k < f->k; k++, a += f->a_step, b += f->ldb) {
        element_vector row[ROW_VECTORS];

        /* the hardware's prefetcher loses rows that begin anywhere in a line, and columns of a */
        if (r == TILE_ROWS && v > 1)
            __builtin_prefetch(a + TILE_AHEAD_A * f->a_step);
        for (size_t j = 0; TILE_AHEAD > 0 && r == TILE_ROWS && v > 1 && j < v * LANES;
             j += TILE_LINE)
            __builtin_prefetch(b + TILE_AHEAD * f->ldb + j);
#pragma GCC unroll 8
        for (size_t j = 0; j < v; j++)
            row[j] = element_load(b + j * LANES, j + 1 < v ? LANES : last);
#pragma GCC unroll 8
        for (size_t i = 0; i < r; i++) {
            const element own = a[i * f->a_row];
            element_vector x = is_half && v == 1 ? element_all_half(own) : element_all(own);

#pragma GCC unroll 8
            for (size_t j = 0; j < v; j++)
                sum[i * v + j] = is_half && j + 1 == v ? element_add_half(sum[i * v + j], x, row[j])
                                                       : element_add(sum[i * v + j], x, row[j]);
        }
    }
    /* adds c at the end: sums that start from c would wait for its loads from memory */
    if (f->add) {
#pragma GCC unroll 8
        for (size_t i = 0; i < r; i++)
#pragma GCC unroll 8
            for (size_t j = 0; j < v; j++)
                sum[i * v + j] = sum[i * v + j] +
                                 vec_load(f->c + i * f->ldc + j * LANES, j + 1 < v ? LANES : last);
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < r; i++)
#pragma GCC unroll 8
        for (size_t j = 0; j < v; j++)
            vec_store(f->c + i * f->ldc + j * LANES, sum[i * v + j], j + 1 < v ? LANES : last);
}

/* Computes a panel, V vectors wide, by tiles from top to bottom. */
static inline __attribute__((always_inline)) void tiles(struct operands f, size_t m, size_t last,
                                                        const size_t v, const bool is_half)
{
    for (; m >= TILE_ROWS; m -= TILE_ROWS, f.a += TILE_ROWS * f.a_row, f.c += TILE_ROWS * f.ldc)
        tile(&f, last, TILE_ROWS, v, is_half);
    for (; m >= FEW_ROWS; m -= FEW_ROWS, f.a += FEW_ROWS * f.a_row, f.c += FEW_ROWS * f.ldc)
        tile(&f, last, FEW_ROWS, v, is_half);
    for (; m >= 2; m -= 2, f.a += 2 * f.a_row, f.c += 2 * f.ldc)
        tile(&f, last, 2, v, is_half);
    if (m)
        tile(&f, last, 1, v, is_half);
}

static inline __attribute__((always_inline)) void panel(struct operands f, size_t m, size_t last,
                                                        const size_t v)
{
    if (HAS_HALVES && last <= LANES / 2)
        tiles(f, m, last, v, true);
    else
        tiles(f, m, last, v, false);
}

/* Multiplies by panels of three vectors (eight for a single row); ends with one or two panels of
 * two. A panel of one, the slowest, occurs only where one vector is left. Half a vector at the end
 * belongs to a panel of two and a half, which comes last: a tile of one and a half takes as long as
 * one of two. */
static void multiply(struct operands f, size_t m, size_t n)
{
    const size_t half = HAS_HALVES && n % LANES <= LANES / 2 ? n % LANES : 0;
    const size_t last = half > 0 && n > 2 * LANES ? 2 * LANES + half : 0;

    n -= last;
    for (; m == 1 && n >= ROW_VECTORS * LANES;
         n -= ROW_VECTORS * LANES, f.b += ROW_VECTORS * LANES, f.c += ROW_VECTORS * LANES)
        tile(&f, LANES, 1, ROW_VECTORS, false);
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
    if (n) {
        panel(f, m, n, 1);
        f.b += n;
        f.c += n;
    }
    if (last)
        panel(f, m, half, 3);
}
#endif
