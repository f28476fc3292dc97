/* operand_rows.h - writes and reads rows of operands and of kept arrays (backend.h): floats, or
 * bfloat16 and half precision numbers where the instruction set has products of the former.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CPU_OPERAND_ROWS_H
#define LFADS_BACKEND_CPU_OPERAND_ROWS_H
#include <string.h>

#include "backend/cpu/vector.h"

#ifdef __AVX512BF16__
enum { ROUNDS_OPERANDS = 1 };
/* The stride of rows of N elements, in floats. */
#define OPERAND_STRIDE(n) (((n) + 1) / 2)

/* Stores N words of x from word J of the row on. */
static inline void words_store(float *row, size_t j, __m256i x, size_t n)
{
    if (n >= LANES)
        _mm256_storeu_si256((__m256i *)((uint16_t *)row + j), x);
    else
        _mm256_mask_storeu_epi16((uint16_t *)row + j, vec_lanes(n), x);
}
static inline __m256i words_load(const float *row, size_t j, size_t n)
{
    const uint16_t *p = (const uint16_t *)row + j;

    return n >= LANES ? _mm256_loadu_si256((const __m256i *)p)
                      : _mm256_maskz_loadu_epi16(vec_lanes(n), p);
}
/* Stores N elements of x from element J of the row on. */
static inline void operand_store(float *row, size_t j, vec x, size_t n)
{
    words_store(row, j, (__m256i)_mm512_cvtneps_pbh(x), n);
}

/* A vector of numbers as a kept array holds them. */
typedef __m256i kept_vec;
static inline kept_vec kept_of(vec x)
{
    return _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
static inline vec kept_value(kept_vec x) { return _mm512_cvtph_ps(x); }
static inline vec kept_load(const float *row, size_t j, size_t n)
{
    return kept_value(words_load(row, j, n));
}
/* Update gates u are kept as 1-u: a state whose gate is close to 1 is slow, and changes by 1-u. */
static inline kept_vec kept_update_of(vec u) { return kept_of(vec_all(1) - u); }
static inline vec kept_update_load(const float *row, size_t j, size_t n)
{
    return vec_all(1) - kept_load(row, j, n);
}
static inline void kept_store(float *row, size_t j, kept_vec x, size_t n)
{
    words_store(row, j, x, n);
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
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(words_load(row, j, n)), 16));
}
#else
enum { ROUNDS_OPERANDS = 0 };
#define OPERAND_STRIDE(n) (n)

static inline void operand_store(float *row, size_t j, vec x, size_t n)
{
    vec_store(row + j, x, n);
}
typedef vec kept_vec;
static inline kept_vec kept_of(vec x) { return x; }
static inline vec kept_value(kept_vec x) { return x; }
static inline vec kept_load(const float *row, size_t j, size_t n) { return vec_load(row + j, n); }
static inline kept_vec kept_update_of(vec u) { return u; }
static inline vec kept_update_load(const float *row, size_t j, size_t n)
{
    return kept_load(row, j, n);
}
static inline void kept_store(float *row, size_t j, kept_vec x, size_t n)
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
