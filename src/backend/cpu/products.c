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
void KERNEL(product)(SELF, real *c, size_t ldc, const real *a, size_t lda, bool transpose_a,
                     const real *b, size_t ldb, bool transpose_b, size_t m, size_t n, size_t k,
                     bool add)
{
    dnnl_status_t status;

    if (LANES > 1 && m <= FEW && 2 * n >= LANES && k * n <= NEAR && !transpose_a && !transpose_b) {
        multiply((struct factors){a, b, lda, 1, ldb, c, ldc, k, add}, m, n);
        return;
    }
    status = dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', (dnnl_dim_t)m,
                        (dnnl_dim_t)n, (dnnl_dim_t)k, 1, a, (dnnl_dim_t)lda, b, (dnnl_dim_t)ldb,
                        add ? 1 : 0, c, (dnnl_dim_t)ldc);
    assert(status == dnnl_success);
}
