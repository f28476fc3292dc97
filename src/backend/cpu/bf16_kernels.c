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
static inline element_vector element_all_half(element x)
{
    return (element_vector)_mm512_castsi256_si512(_mm256_set1_epi32((int)x));
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

void bf16_pack(uint32_t *pairs, size_t ld, const real *x, size_t ldx, size_t k, size_t n)
{
    /* word 2i of the result is word i of the first row, word 2i+1 that of the second */
    const __m512i order =
        _mm512_add_epi32(_mm512_set1_epi32(16 << 16),
                         _mm512_mullo_epi32(_mm512_set1_epi32(1 + (1 << 16)),
                                            _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
                                                              12, 13, 14, 15)));

    for (size_t i = 0; i < k; i += 2, pairs += ld, x += 2 * ldx)
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

/* As bf16_pack, from rows that are rounded: x [k,ldx]. */
static void pack_rounded(uint32_t *pairs, size_t ld, const uint16_t *x, size_t ldx, size_t k,
                         size_t n)
{
    /* word 2i of the results is word i of the first row, word 2i+1 that of the second */
    const __m512i index = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i low = _mm512_add_epi32(
        _mm512_set1_epi32(32 << 16), _mm512_mullo_epi32(_mm512_set1_epi32(1 + (1 << 16)), index));
    const __m512i high = _mm512_add_epi32(low, _mm512_set1_epi32(16 + (16 << 16)));

    for (size_t i = 0; i < k; i += 2, pairs += ld, x += 2 * ldx)
        for (size_t j = 0; j < n; j += 2 * LANES) {
            const __mmask32 lanes = n - j >= 32 ? 0xffffffffu : (1u << (n - j)) - 1;
            const __m512i first = _mm512_maskz_loadu_epi16(lanes, x + j);
            const __m512i second = _mm512_maskz_loadu_epi16(i + 1 < k ? lanes : 0, x + ldx + j);

            __builtin_prefetch(x + AHEAD * ldx + j);
            __builtin_prefetch(x + (AHEAD + 1) * ldx + j);
            _mm512_mask_storeu_epi32(pairs + j, vec_lanes(n - j),
                                     _mm512_permutex2var_epi16(first, low, second));
            if (n - j > LANES)
                _mm512_mask_storeu_epi32(pairs + j + LANES, vec_lanes(n - j - LANES),
                                         _mm512_permutex2var_epi16(first, high, second));
        }
}

/* Packs rows FIRST to FIRST+K-1 and columns J to J+N-1 of X, with row stride LD. */
static void pack_operand(uint32_t *pairs, size_t ld, struct operand x, size_t first, size_t j,
                         size_t k, size_t n)
{
    const real *data = x.data + first * x.ld;

    if (x.rounded)
        pack_rounded(pairs, ld, (const uint16_t *)data + j, 2 * x.ld, k, n);
    else
        bf16_pack(pairs, ld, data + j, x.ld, k, n);
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

static bool is_same(struct operand x, struct operand y) { return x.data == y.data && x.ld == y.ld; }

/* Returns the first product of the group that has product I's right operand. */
static size_t first_with_right(const struct bf16_group *g, size_t i)
{
    size_t j = 0;

    while (!is_same(g->product[j].b, g->product[i].b) || g->product[j].n < g->product[i].n)
        j++;
    return j;
}

/* Columns of right operands that the group has to pack, with what fills their strides. */
static size_t columns_to_pack(const struct bf16_group *g)
{
    size_t sum = 0;

    for (size_t i = 0; i < g->count; i++)
        if (!g->pairs[i] && first_with_right(g, i) == i)
            sum += bf16_stride(g->product[i].n);
    return sum;
}

bool bf16_group_add(struct bf16_group *g, const struct product *p, const uint32_t *pairs)
{
    const struct product *first = &g->product[0];

    if (g->count == BF16_PRODUCTS ||
        (g->count && (p->k != first->k || p->a.transposed != first->a.transposed)))
        return false;
    g->product[g->count] = *p;
    g->pairs[g->count++] = pairs;
    if (g->count == 1 || columns_to_pack(g) <= RIGHT)
        return true;
    g->count--;
    return false;
}

/* Blocks of right operands: rows FIRST to FIRST+DEPTH-1. */
struct rights {
    const uint32_t *pairs[BF16_PRODUCTS];
    size_t ld[BF16_PRODUCTS]; /* in words */
    size_t first, depth;
};

/* Multiplies the left operand that products FROM to TO-1 share, all its rows, by right blocks. */
static void multiply_left(const struct bf16_group *g, const struct rights *right, size_t from,
                          size_t to)
{
    const struct operand a = g->product[from].a;
    const size_t m = g->product[from].m;
    uint32_t left[LEFT * PAIRS];
    struct operands f = {.a = left, .a_row = PAIRS, .a_step = 1, .k = (right->depth + 1) / 2};

    for (size_t i = 0, rows; i < m; i += rows) {
        rows = size_min(m - i, LEFT);
        if (a.transposed) {
            pack_operand(left, rows, a, right->first, i, right->depth, rows);
            f.a_row = 1;
            f.a_step = rows;
        } else if (a.rounded) { /* its rows are rows of pairs */
            f.a = (const uint32_t *)(a.data + i * a.ld) + right->first / 2;
            f.a_row = a.ld;
        } else {
            pack_rows(left, a.data + i * a.ld + right->first, a.ld, rows, right->depth);
        }
        for (size_t j = from; j < to; j++) {
            const struct product *p = &g->product[j];

            f.b = right->pairs[j];
            f.ldb = right->ld[j];
            f.c = p->c.data + i * p->c.ld;
            f.ldc = p->c.ld;
            f.add = p->add || right->first > 0;
            multiply(f, rows, p->n);
        }
    }
}

/* Multiplies columns FIRST to FIRST+DEPTH-1 of the left operands by these rows of the right ones.
 */
static void multiply_block(const struct bf16_group *g, size_t first, size_t depth)
{
    struct rights right = {.first = first, .depth = depth};
    _Alignas(64) uint32_t blocks[PAIRS * RIGHT];
    uint32_t *next = blocks;

    for (size_t i = 0; i < g->count; i++) {
        const struct product *p = &g->product[i];
        const size_t j = first_with_right(g, i);

        right.ld[i] = bf16_stride(g->pairs[i] ? p->b.ld : g->product[j].n);
        if (g->pairs[i]) {
            right.pairs[i] = g->pairs[i] + first / 2 * right.ld[i];
        } else if (j < i) {
            right.pairs[i] = right.pairs[j];
        } else {
            pack_operand(next, right.ld[i], p->b, first, 0, depth, p->n);
            right.pairs[i] = next;
            next += PAIRS * right.ld[i];
        }
    }
    for (size_t i = 0, end; i < g->count; i = end) {
        for (end = i + 1; end < g->count && is_same(g->product[i].a, g->product[end].a) &&
                          g->product[i].m == g->product[end].m;)
            end++;
        multiply_left(g, &right, i, end);
    }
}

/* The part of a group of one product that computes the columns from J on, at most RIGHT of them. */
static struct bf16_group part_of(const struct bf16_group *g, size_t j)
{
    struct bf16_group part = {.count = 1};
    struct product p = g->product[0];

    p.b.data += p.b.rounded ? j / 2 : j;
    p.c.data += j;
    p.n = size_min(p.n - j, RIGHT);
    part.product[0] = p;
    return part;
}

void bf16_multiply(const struct bf16_group *g)
{
    const size_t k = g->count ? g->product[0].k : 0;

    if (g->count && columns_to_pack(g) > RIGHT) {
        for (size_t j = 0; j < g->product[0].n; j += RIGHT) {
            const struct bf16_group part = part_of(g, j);

            bf16_multiply(&part);
        }
        return;
    }
    for (size_t first = 0; first < k; first += DEPTH)
        multiply_block(g, first, size_min(k - first, DEPTH));
}
#endif
