/* products.c - the matrix product. This file computes most products in tiles of the result that
 * stay in registers: those of few rows, of which a recurrent network needs several per bin, and
 * with AVX-512 those of all bins, where oneDNN's dispatch and its handling of odd widths would cost
 * up to a tenth of their time. oneDNN computes what does not fit the caches, and vectors.
 * SPDX-License-Identifier: Apache-2.0 */
#include <oneapi/dnnl/dnnl.h>

#include "backend/cpu/kernels.h"
#include "backend/reference/reference.h"
#include "base/sizes.h"

typedef float element;
typedef vec element_vector;
static inline vec element_load(const element *p, size_t n) { return vec_load(p, n); }
static inline vec element_all(element x) { return vec_all(x); }
static inline vec element_all_half(element x) { return vec_all_half(x); }
static inline vec element_add(vec sum, vec x, vec y) { return sum + x * y; }
static inline vec element_add_half(vec sum, vec x, vec y) { return vec_add_half(sum, x, y); }
#include "backend/cpu/tile.h"

enum {
    MAX_ROWS = 64,       /* oneDNN is faster with more rows, or with a transposed a; */
    MAX_LEFT = 3 << 17,  /* with AVX-512 only if a has more elements, */
    MAX_TERMS = 1 << 11, /* or b more rows; */
    MAX_RIGHT = 3 << 18, /* and always with more elements of b, which tiles read in strides */
    DEPTH = 384,         /* rows of a block of b: the panels of all stay in the L2 cache */
    SMALL = 1 << 18,     /* multiplications: a model without larger ones needs no oneDNN, */
    SHALLOW = 256        /* nor for sums of so many, which oneDNN adds in the same order */
};

static bool is_for_tiles(struct operand a, struct operand b, size_t m, size_t n, size_t k)
{
    if (LANES == 1 || b.transposed || n == 1 || k * n > MAX_RIGHT)
        return false;
    if (k <= SHALLOW && m * n <= SMALL && m * n * k <= SMALL)
        return true;
    return (!a.transposed && m <= MAX_ROWS) || (LANES == 16 && k <= MAX_TERMS && m * k <= MAX_LEFT);
}

/* Multiplies blocks of columns of a by those of rows of b. */
static void multiply_blocks(struct matrix c, struct operand a, struct operand b, size_t m, size_t n,
                            size_t k, bool add)
{
    const size_t row = a.transposed ? 1 : a.ld, step = a.transposed ? a.ld : 1;

    for (size_t first = 0; first < k; first += DEPTH)
        multiply((struct operands){.a = a.data + first * step,
                                   .a_row = row,
                                   .a_step = step,
                                   .b = b.data + first * b.ld,
                                   .ldb = b.ld,
                                   .c = c.data,
                                   .ldc = c.ld,
                                   .k = size_min(k - first, DEPTH),
                                   .add = add || first > 0},
                 m, n);
}

/* model_create checks that sizes fit what oneDNN can address, so oneDNN fails only if
 * memory does not suffice. On one thread (base/workers.h) it allocates before it writes to c, so
 * the plain loops can compute the product instead. */
void KERNEL(product)(SELF, struct matrix c, struct operand a, struct operand b, size_t m, size_t n,
                     size_t k, bool add)
{
    dnnl_status_t status;

    if (is_for_tiles(a, b, m, n, k)) {
        multiply_blocks(c, a, b, m, n, k, add);
        return;
    }
    status = dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', (dnnl_dim_t)m,
                        (dnnl_dim_t)n, (dnnl_dim_t)k, 1, a.data, (dnnl_dim_t)a.ld, b.data,
                        (dnnl_dim_t)b.ld, add ? 1 : 0, c.data, (dnnl_dim_t)c.ld);
    if (status != dnnl_success)
        reference_product(self, c, a, b, m, n, k, add);
}
