/* bf16.h - products of numbers rounded to bfloat16, summed in float (--precision=bf16).
 *
 * Two numbers of a row of the left operand, or of a column of the right one, lie in one 32-bit
 * word, as the processor's instruction takes them: the pair of k = 2i in word i, the first in its
 * low half. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CPU_BF16_H
#define LFADS_BACKEND_CPU_BF16_H
#include "backend/backend.h"

/* Matrices that stay the same over many products, in pairs. */
struct bf16_weights;
/* NULL if there is no memory. */
struct bf16_weights *bf16_weights_create(void);
void bf16_weights_free(struct bf16_weights *weights);
/* Packs the matrix [rows,cols] at OFFSET of VECTOR, in the place where it was packed before, if it
 * was; a vector's matrices come in the order of their places. False if there is no memory. Not
 * while products run. */
bool bf16_weights_pack(struct bf16_weights *weights, const real *vector, size_t offset, size_t rows,
                       size_t cols);
/* Drops what was packed of VECTOR. */
void bf16_weights_forget(struct bf16_weights *weights, const real *vector);
/* The pairs of the right operand b [k,n] with row stride LDB, or NULL where it is no part of a
 * packed matrix or begins in the middle of a pair; their rows are LDB words apart. */
const uint32_t *bf16_weights_find(const struct bf16_weights *weights, const real *b, size_t ldb,
                                  size_t k, size_t n);

/* ---- kernels, for processors with AVX512-BF16 ---- */

/* Sets pairs [(k+1)/2,n] of x [k,ldx]; what is missing of the last pair is zero. */
void bf16_pack(uint32_t *pairs, const real *x, size_t ldx, size_t k, size_t n);
/* c = a b + (add ? c : 0) as OPERATION(product) says, both operands rounded to bfloat16; b is not
 * transposed. PAIRS: of b, rows b.ld words apart; NULL: they are made here. */
void bf16_product(struct matrix c, struct operand a, struct operand b, const uint32_t *pairs,
                  size_t m, size_t n, size_t k, bool add);
#endif
