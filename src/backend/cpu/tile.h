/* tile.h - products by tiles of the result whose sums stay in registers. Who includes it defines
 * what is multiplied:
 *   element               the type of the operands' numbers
 *   element_vector        a vector of LANES of them
 *   element_load(p, n)    the first n at p, the others zero
 *   element_all(x)        x in all lanes
 *   element_add(s, x, y)  s + x*y of vectors; s is a vec
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CPU_TILE_H
#define LFADS_BACKEND_CPU_TILE_H
#include "backend/cpu/vector.h"

enum {
    TILE_ROWS = LANES == 16 ? 8 : 4, /* with 3 vectors across, a tile fills the registers */
    TILE_WIDE = 3,
    TILE_ROW = 8, /* vectors across, where there is one row only */
    TILE_SUMS = TILE_ROWS * TILE_WIDE
};

/* One product: c [m,ldc] from a, whose rows are a_row and columns a_step numbers apart, and
 * b [k,ldb]. */
struct operands {
    const element *a, *b;
    size_t a_row, a_step, ldb;
    float *c;
    size_t ldc, k;
    bool add; /* to c */
};

/* The tile at c of R rows and V vectors, the last of which has LAST numbers. R and V are constants
 * to the compiler, so that the sums have registers. */
static inline __attribute__((always_inline)) void tile(const struct operands *f, size_t last,
                                                       const size_t r, const size_t v)
{
    vec sum[TILE_SUMS];
    const element *a = f->a, *b = f->b;

    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j < v; j++) {
            sum[i * v + j] = vec_all(0);
            __builtin_prefetch(f->c + i * f->ldc + j * LANES, 1);
        }
    for (size_t k = 0; k < f->k; k++, a += f->a_step, b += f->ldb) {
        element_vector row[TILE_ROW];

        for (size_t j = 0; j < v; j++)
            row[j] = element_load(b + j * LANES, j + 1 < v ? LANES : last);
        for (size_t i = 0; i < r; i++) {
            element_vector x = element_all(a[i * f->a_row]);

            for (size_t j = 0; j < v; j++)
                sum[i * v + j] = element_add(sum[i * v + j], x, row[j]);
        }
    }
    /* the sum is added to what is there, not begun with it: the first load would wait for memory */
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
static inline __attribute__((always_inline)) void panel(struct operands f, size_t m, size_t last,
                                                        const size_t v)
{
    for (; m >= TILE_ROWS; m -= TILE_ROWS, f.a += TILE_ROWS * f.a_row, f.c += TILE_ROWS * f.ldc)
        tile(&f, last, TILE_ROWS, v);
    for (; m >= 2; m -= 2, f.a += 2 * f.a_row, f.c += 2 * f.ldc)
        tile(&f, last, 2, v);
    if (m)
        tile(&f, last, 1, v);
}

/* Panels of three vectors (of one row: of eight) and, so that none of one is left over, one or two
 * of two. */
static void multiply(struct operands f, size_t m, size_t n)
{
    for (; m == 1 && n >= TILE_ROW * LANES;
         n -= TILE_ROW * LANES, f.b += TILE_ROW * LANES, f.c += TILE_ROW * LANES)
        tile(&f, LANES, 1, TILE_ROW);
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
#endif
