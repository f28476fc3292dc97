/* products.c - the matrix product. oneDNN computes large products. This file computes products of
 * few rows, of which a recurrent network needs several per bin, in tiles of the result that stay in
 * registers: oneDNN's dispatch and its handling of odd widths would cost a tenth of their time. So
 * it does small products: oneDNN compiles its kernels at its first product.
 * SPDX-License-Identifier: Apache-2.0 */
#include <oneapi/dnnl/dnnl.h>

#include "backend/cpu/kernels.h"
#include "backend/reference/reference.h"

typedef float element;
typedef vec element_vector;
static inline vec element_load(const element *p, size_t n) { return vec_load(p, n); }
static inline vec element_all(element x) { return vec_all(x); }
static inline vec element_add(vec sum, vec x, vec y) { return sum + x * y; }
static inline vec element_add_half(vec sum, vec x, vec y) { return vec_add_half(sum, x, y); }
#include "backend/cpu/tile.h"

enum {
    MAX_ROWS = 64,       /* with more rows oneDNN is faster, */
    MAX_RIGHT = 3 << 18, /* and with more elements of b, because tiles read b in strides */
    SMALL = 1 << 18,     /* multiplications: a model without larger ones needs no oneDNN, */
    SHALLOW = 256        /* nor for sums of so many, which oneDNN adds in the same order */
};

static bool is_for_tiles(struct operand a, struct operand b, size_t m, size_t n, size_t k)
{
    if (LANES == 1 || b.transposed)
        return false;
    if (n > 1 && k <= SHALLOW && m * n <= SMALL && m * n * k <= SMALL)
        return true;
    return !a.transposed && m <= MAX_ROWS && 2 * n >= LANES && k * n <= MAX_RIGHT;
}

/* model_create checks that sizes fit what oneDNN can address, so oneDNN fails only if
 * memory does not suffice. On one thread (base/workers.h) it allocates before it writes to c, so
 * the plain loops can compute the product instead. */
void KERNEL(product)(SELF, struct matrix c, struct operand a, struct operand b, size_t m, size_t n,
                     size_t k, bool add)
{
    dnnl_status_t status;

    if (is_for_tiles(a, b, m, n, k)) {
        size_t row = a.transposed ? 1 : a.ld, step = a.transposed ? a.ld : 1;

        multiply((struct operands){a.data, b.data, row, step, b.ld, c.data, c.ld, k, add}, m, n);
        return;
    }
    status = dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', (dnnl_dim_t)m,
                        (dnnl_dim_t)n, (dnnl_dim_t)k, 1, a.data, (dnnl_dim_t)a.ld, b.data,
                        (dnnl_dim_t)b.ld, add ? 1 : 0, c.data, (dnnl_dim_t)c.ld);
    if (status != dnnl_success)
        reference_product(self, c, a, b, m, n, k, add);
}
