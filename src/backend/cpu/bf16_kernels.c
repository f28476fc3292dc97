/* bf16_kernels.c - rounds to bfloat16 and multiplies pairs, on processors with AVX512-BF16.
 *
 * Operands that are not packed in advance are packed on the stack, in blocks that fit the L2 cache.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/bf16.h"

#ifdef __AVX512BF16__
#include "backend/cpu/vector.h"

typedef uint32_t element;
typedef __m512bh element_vector;
static inline element_vector element_load(const element *p, size_t n)
{
    return (element_vector)_mm512_maskz_loadu_epi32(vec_lanes(n), p);
}
static inline element_vector element_all(element x)
{
    return (element_vector)_mm512_set1_epi32((int)x);
}
static inline vec element_add(vec sum, element_vector x, element_vector y)
{
    return _mm512_dpbf16_ps(sum, x, y);
}
static inline vec element_add_half(vec sum, element_vector x, element_vector y)
{
    return _mm512_castps256_ps512(_mm256_dpbf16_ps(_mm512_castps512_ps256(sum),
                                                   (__m256bh)_mm512_castsi512_si256((__m512i)x),
                                                   (__m256bh)_mm512_castsi512_si256((__m512i)y)));
}
#include "backend/cpu/tile.h"
#include "base/sizes.h"

enum {
    LEFT = 128,  /* rows of a block of the left operand */
    RIGHT = 624, /* columns of the blocks of right operands: thirteen panels */
    DEPTH = 512, /* columns of a left block, rows of a right one */
    PAIRS = DEPTH / 2,
    AHEAD = 16 /* prefetch distance in rows, for activations in the L3 cache */
};

void bf16_pack(uint32_t *pairs, const real *x, size_t ldx, size_t k, size_t n)
{
    /* word 2i of the result is word i of the first row, word 2i+1 that of the second */
    const __m512i order =
        _mm512_add_epi32(_mm512_set1_epi32(16 << 16),
                         _mm512_mullo_epi32(_mm512_set1_epi32(1 + (1 << 16)),
                                            _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
                                                              12, 13, 14, 15)));

    for (size_t i = 0; i < k; i += 2, pairs += n, x += 2 * ldx)
        for (size_t j = 0; j < n; j += LANES) {
            const vec first = vec_load(x + j, n - j);
            const vec second = i + 1 < k ? vec_load(x + ldx + j, n - j) : vec_all(0);

            __builtin_prefetch(x + AHEAD * ldx + j);
            __builtin_prefetch(x + (AHEAD + 1) * ldx + j);
            _mm512_mask_storeu_epi32(
                pairs + j, vec_lanes(n - j),
                _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(second, first)));
        }
}

/* Sets pairs [m,PAIRS] from the first K columns of a [m,lda]. */
static void pack_rows(uint32_t *pairs, const real *a, size_t lda, size_t m, size_t k)
{
    for (size_t i = 0; i < m; i++, pairs += PAIRS, a += lda) {
        for (size_t j = 0; j < k; j += LANES)
            _mm256_storeu_si256((__m256i *)(pairs + j / 2),
                                (__m256i)_mm512_cvtneps_pbh(vec_load(a + j, k - j)));
    }
}

/* Multiplies all rows of a by a right block of N columns and DEPTH rows, both at most a block's. */
static void multiply_block(struct operands f, struct operand a, size_t m, size_t n, size_t depth)
{
    uint32_t left[LEFT * PAIRS];

    f.a = left;
    f.k = (depth + 1) / 2;
    for (size_t i = 0; i < m; i += LEFT, f.c += LEFT * f.ldc) {
        size_t rows = size_min(m - i, LEFT);

        if (a.transposed) {
            bf16_pack(left, a.data + i, a.ld, depth, rows);
            f.a_row = 1;
            f.a_step = rows;
        } else {
            pack_rows(left, a.data + i * a.ld, a.ld, rows, depth);
            f.a_row = PAIRS;
            f.a_step = 1;
        }
        multiply(f, rows, n);
    }
}

void bf16_product(struct matrix c, struct operand a, struct operand b, const uint32_t *pairs,
                  size_t m, size_t n, size_t k, bool add)
{
    /* a right operand that is packed already is not cut into blocks of columns */
    const size_t width = pairs ? n : RIGHT;
    uint32_t right[PAIRS * RIGHT];

    for (size_t j = 0; j < n; j += width)
        for (size_t first = 0; first < k; first += DEPTH) {
            size_t columns = size_min(n - j, width), depth = size_min(k - first, DEPTH);
            struct operand left = {a.data + first * (a.transposed ? a.ld : 1), a.ld, a.transposed};
            struct operands f = {.b = pairs ? pairs + first / 2 * b.ld : right,
                                 .ldb = pairs ? b.ld : columns,
                                 .c = c.data + j,
                                 .ldc = c.ld,
                                 .add = add || first > 0};

            if (!pairs)
                bf16_pack(right, b.data + first * b.ld + j, b.ld, depth, columns);
            multiply_block(f, left, m, columns, depth);
        }
}
#endif
