/* bf16.h - products whose operands are rounded to bfloat16 and summed in float (--precision=bf16).
 *
 * Operands are packed in pairs, as the processor's instruction reads them: word i of a row of the
 * left operand, or of a column of the right one, holds the elements of k = 2i in its low half and
 * k = 2i+1 in its high half. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CPU_BF16_H
#define LFADS_BACKEND_CPU_BF16_H
#include "backend/backend.h"

/* The row stride, in words, of the pairs of a right operand of N columns: whole lines of the cache,
 * so that no vector lies in two. */
static inline size_t bf16_stride(size_t n) { return (n + 15) / 16 * 16; }

/* Packed copies of matrices that are used in many products. */
struct bf16_weights;
/* Returns NULL if memory does not suffice. */
struct bf16_weights *bf16_weights_create(void);
void bf16_weights_free(struct bf16_weights *weights);
/* Packs the matrix [rows,cols] at OFFSET of VECTOR, over its earlier copy if there is one; the
 * caller packs a vector's matrices in the order of their offsets, and never while products run.
 * Returns false if memory does not suffice. */
bool bf16_weights_pack(struct bf16_weights *weights, const real *vector, size_t offset, size_t rows,
                       size_t cols);
/* Frees the packed copies of VECTOR's matrices. */
void bf16_weights_remove(struct bf16_weights *weights, const real *vector);
/* Returns the pairs of the right operand b [k,n], with row stride bf16_stride(LDB). Returns NULL if
 * b is not part of a packed matrix of LDB columns, or begins or ends within a pair. */
const uint32_t *bf16_weights_find(const struct bf16_weights *weights, const real *b, size_t ldb,
                                  size_t k, size_t n);

/* ---- kernels, for processors with AVX512-BF16 ---- */

/* Sets pairs [(k+1)/2,n], with row stride LD, of x [k,ldx]; if k is odd, the last pairs end with
 * zero. */
void bf16_pack(uint32_t *pairs, size_t ld, const real *x, size_t ldx, size_t k, size_t n);

enum { BF16_PRODUCTS = 8 };

/* Products that are computed together, so that an operand that several have is packed once: of the
 * same depth, with left operands all transposed or none. Right operands are not transposed. */
struct bf16_group {
    struct product product[BF16_PRODUCTS];
    const uint32_t *pairs[BF16_PRODUCTS]; /* of right operands packed before, with row stride
                                             bf16_stride(b.ld); or NULL */
    size_t count;
};

/* Adds P if it fits; else returns false. It fits in an empty group. */
bool bf16_group_add(struct bf16_group *group, const struct product *p, const uint32_t *pairs);
/* Computes the products as OPERATION(product) does, with operands rounded to bfloat16. */
void bf16_multiply(const struct bf16_group *group);
#endif
