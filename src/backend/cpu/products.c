/* products.c - the matrix product. oneDNN computes the large ones. Products of a few rows, of which
 * a recurrent network needs several a bin, are computed here by tiles of the result that stay in
 * registers: for them a library's dispatch and its handling of odd widths cost a tenth of the time.
 * SPDX-License-Identifier: Apache-2.0 */
#include <oneapi/dnnl/dnnl.h>

#include "backend/cpu/kernels.h"
#include "backend/reference/reference.h"

typedef float element;
typedef vec element_vector;
static inline vec element_load(const element *p, size_t n) { return vec_load(p, n); }
static inline vec element_all(element x) { return vec_all(x); }
static inline vec element_add(vec sum, vec x, vec y) { return sum + x * y; }
#include "backend/cpu/tile.h"

enum {
    FEW = 64,      /* rows up to which tiles are faster, */
    NEAR = 3 << 18 /* and numbers of b, which they read in strides */
};

/* model_create checks that sizes fit what oneDNN can address, so oneDNN fails only for want of
 * memory. On one thread (base/workers.h) it allocates before it writes to c: then the plain loops
 * compute the product. */
void KERNEL(product)(SELF, struct matrix c, struct operand a, struct operand b, size_t m, size_t n,
                     size_t k, bool add)
{
    dnnl_status_t status;

    if (LANES > 1 && m <= FEW && 2 * n >= LANES && k * n <= NEAR && !a.transposed &&
        !b.transposed) {
        multiply((struct operands){a.at, b.at, a.ld, 1, b.ld, c.at, c.ld, k, add}, m, n);
        return;
    }
    status = dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', (dnnl_dim_t)m,
                        (dnnl_dim_t)n, (dnnl_dim_t)k, 1, a.at, (dnnl_dim_t)a.ld, b.at,
                        (dnnl_dim_t)b.ld, add ? 1 : 0, c.at, (dnnl_dim_t)c.ld);
    if (status != dnnl_success)
        reference_product(self, c, a, b, m, n, k, add);
}
