/* products.c - the matrix product. oneDNN does the large ones; those of a few rows, of which a
 * recurrent network does several a bin, are done here by tiles of the result that stay in
 * registers, for there a library's dispatch and its handling of odd widths cost a tenth of the
 * time. SPDX-License-Identifier: Apache-2.0 */
#include <oneapi/dnnl/dnnl.h>

#include "backend/cpu/kernels.h"

typedef float factor;
typedef vec factor_vector;
static inline vec factor_load(const factor *p, size_t n) { return vec_load(p, n); }
static inline vec factor_all(factor x) { return vec_all(x); }
static inline vec factor_add(vec sum, vec x, vec y) { return sum + x * y; }
#include "backend/cpu/tile.h"

enum {
    FEW = 64,      /* rows up to which tiles are faster, */
    NEAR = 3 << 18 /* and numbers of b, which they walk through in strides */
};

/* Sizes are checked against what a product can address when a model is made. */
void KERNEL(product)(SELF, struct matrix c, struct operand a, struct operand b, size_t m, size_t n,
                     size_t k, bool add)
{
    dnnl_status_t status;

    if (LANES > 1 && m <= FEW && 2 * n >= LANES && k * n <= NEAR && !a.transposed &&
        !b.transposed) {
        multiply((struct factors){a.at, b.at, a.ld, 1, b.ld, c.at, c.ld, k, add}, m, n);
        return;
    }
    status = dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', (dnnl_dim_t)m,
                        (dnnl_dim_t)n, (dnnl_dim_t)k, 1, a.at, (dnnl_dim_t)a.ld, b.at,
                        (dnnl_dim_t)b.ld, add ? 1 : 0, c.at, (dnnl_dim_t)c.ld);
    assert(status == dnnl_success);
}
