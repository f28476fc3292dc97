/* operand_rows.h - writes and reads rows of operands (backend.h): floats, or bfloat16 numbers where
 * the instruction set has products of these.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CPU_OPERAND_ROWS_H
#define LFADS_BACKEND_CPU_OPERAND_ROWS_H
#include <string.h>

#include "backend/cpu/vector.h"

#ifdef __AVX512BF16__
enum { ROUNDS_OPERANDS = 1 };
/* The stride of rows of N elements, in floats. */
#define OPERAND_STRIDE(n) (((n) + 1) / 2)

/* Stores N elements of x from element J of the row on. */
static inline void operand_store(float *row, size_t j, vec x, size_t n)
{
    _mm256_mask_storeu_epi16((uint16_t *)row + j, vec_lanes(n), (__m256i)_mm512_cvtneps_pbh(x));
}
/* Ends a row of N elements: a pair of elements needs both. */
static inline void operand_end(float *row, size_t n)
{
    if (n % 2)
        memset((uint16_t *)row + n, 0, sizeof(uint16_t));
}
static inline void operand_prefetch_bins(const float *row, size_t j, size_t size)
{
    prefetch_bins(row + j / 2, size);
}
/* Loads N elements from element J on of a row that is rounded, or else of floats. */
static inline vec operand_load(const float *row, size_t j, size_t n, bool rounded)
{
    if (!rounded)
        return vec_load(row + j, n);
    return _mm512_castsi512_ps(_mm512_slli_epi32(
        _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(vec_lanes(n), (const uint16_t *)row + j)),
        16));
}
#else
enum { ROUNDS_OPERANDS = 0 };
#define OPERAND_STRIDE(n) (n)

static inline void operand_store(float *row, size_t j, vec x, size_t n)
{
    vec_store(row + j, x, n);
}
static inline void operand_end(float *row, size_t n) { (void)row, (void)n; }
static inline void operand_prefetch_bins(const float *row, size_t j, size_t size)
{
    prefetch_bins(row + j, size);
}
static inline vec operand_load(const float *row, size_t j, size_t n, bool rounded)
{
    (void)rounded;
    return vec_load(row + j, n);
}
#endif
#endif
