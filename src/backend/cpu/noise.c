/* noise.c - dropout masks, computed from 16 Philox blocks at a time. The words are those of
 * base/philox.c, bit for bit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"

enum { BLOCKS = 16 }; /* at a time; compilers vectorise loops of this length over 32-bit words */

/* With vectors, words of blocks lie in the low halves of 64-bit lanes: a product reads only these,
 * and the high halves are undefined. */
#if defined(__AVX512F__) || (defined(__AVX2__) && defined(__FMA__))
#include <immintrin.h>
#define VECTORS

#ifdef __AVX512F__
typedef __m512i wide;
enum { GROUPS = 2 }; /* whose states fill the registers */

static inline wide wide_all(uint32_t x) { return _mm512_set1_epi64(x); }
static inline wide wide_count(uint32_t first)
{
    return _mm512_add_epi64(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7), wide_all(first));
}
static inline wide wide_product(wide x, uint32_t y) { return _mm512_mul_epu32(x, wide_all(y)); }
static inline wide wide_high(wide x) { return _mm512_srli_epi64(x, 32); }
static inline wide wide_or(wide x, wide y) { return _mm512_or_si512(x, y); }
static inline wide wide_xor(wide x, wide y, wide z)
{
    return _mm512_ternarylogic_epi64(x, y, z, 0x96);
}
/* Stores the low halves of both. */
static inline void wide_store(uint32_t *word, wide x, wide y)
{
    _mm256_storeu_si256((__m256i *)word, _mm512_cvtepi64_epi32(x));
    _mm256_storeu_si256((__m256i *)word + 1, _mm512_cvtepi64_epi32(y));
}
#else
typedef __m256i wide;
enum { GROUPS = 2 };

static inline wide wide_all(uint32_t x) { return _mm256_set1_epi64x(x); }
static inline wide wide_count(uint32_t first)
{
    return _mm256_add_epi64(_mm256_setr_epi64x(0, 1, 2, 3), wide_all(first));
}
static inline wide wide_product(wide x, uint32_t y) { return _mm256_mul_epu32(x, wide_all(y)); }
static inline wide wide_high(wide x) { return _mm256_srli_epi64(x, 32); }
static inline wide wide_or(wide x, wide y) { return _mm256_or_si256(x, y); }
static inline wide wide_xor(wide x, wide y, wide z)
{
    return _mm256_xor_si256(_mm256_xor_si256(x, y), z);
}
static inline void wide_store(uint32_t *word, wide x, wide y)
{
    __m256 low = _mm256_shuffle_ps(_mm256_castsi256_ps(x), _mm256_castsi256_ps(y), 0x88);

    _mm256_storeu_si256((__m256i *)word, _mm256_permute4x64_epi64(_mm256_castps_si256(low), 0xd8));
}
#endif

enum { WIDE = sizeof(wide) / 8 };

struct words {
    wide a, b, c, d;
};

static inline void philox_round(struct words *w, wide k0, wide k1)
{
    wide p0 = wide_product(w->a, 0xD2511F53u), p1 = wide_product(w->c, 0xCD9E8D57u);

    w->a = wide_xor(wide_high(p1), w->b, k0);
    w->b = p1;
    w->c = wide_xor(wide_high(p0), w->d, k1);
    w->d = p0;
}

/* Sets the words of GROUPS * WIDE blocks from FIRST on, a part of those of philox_blocks. */
static inline void philox_groups(uint32_t *word, const struct philox_address *address,
                                 uint32_t first)
{
    uint32_t k0 = (uint32_t)address->seed, k1 = (uint32_t)(address->seed >> 32);
    struct words w[GROUPS];

    for (uint32_t i = 0; i < GROUPS; i++)
        w[i] = (struct words){
            wide_or(wide_count(first + i * WIDE), wide_all(address->sample << 16)),
            wide_all(address->time | address->session << 20),
            wide_all(address->trial | (uint32_t)address->purpose << 28), wide_all(address->step)};
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
        for (int i = 0; i < GROUPS; i++)
            philox_round(&w[i], wide_all(k0), wide_all(k1));
    wide_store(word, w[0].a, w[1].a);
    wide_store(word + BLOCKS, w[0].b, w[1].b);
    wide_store(word + 2 * BLOCKS, w[0].c, w[1].c);
    wide_store(word + 3 * BLOCKS, w[0].d, w[1].d);
}
#endif

/* Sets WORD to the first words of blocks FIRST to FIRST+BLOCKS-1 (philox_block), then to their
 * second words, and so on. */
static inline void philox_blocks(uint32_t word[4 * BLOCKS], const struct philox_address *address,
                                 uint32_t first)
{
#ifdef VECTORS
    for (uint32_t i = 0; i < BLOCKS; i += GROUPS * WIDE)
        philox_groups(word + i, address, first + i);
#else
    uint32_t k0 = (uint32_t)address->seed, k1 = (uint32_t)(address->seed >> 32);
    uint32_t *a = word, *b = word + BLOCKS, *c = word + 2 * BLOCKS, *d = word + 3 * BLOCKS;

    for (uint32_t i = 0; i < BLOCKS; i++) {
        a[i] = (first + i) | address->sample << 16;
        b[i] = address->time | address->session << 20;
        c[i] = address->trial | (uint32_t)address->purpose << 28;
        d[i] = address->step;
    }
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < BLOCKS; i++) {
            uint64_t p0 = (uint64_t)0xD2511F53u * a[i], p1 = (uint64_t)0xCD9E8D57u * c[i];

            a[i] = (uint32_t)(p1 >> 32) ^ b[i] ^ k0;
            b[i] = (uint32_t)p1;
            c[i] = (uint32_t)(p0 >> 32) ^ d[i] ^ k1;
            d[i] = (uint32_t)p0;
        }
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
#endif
}

void KERNEL(dropout_mask)(SELF, real *mask, const struct philox_address *from,
                          const uint32_t *step_trial, real keep, size_t bins, size_t rows, size_t n)
{
    /* a word below the limit keeps an element; keep < 1, so the limit is below 2^32 */
    uint32_t limit = (uint32_t)((double)keep * 4294967296.0);
    real kept = 1 / keep;

    for (size_t t = 0; t < bins; t++)
        for (size_t r = 0; r < rows; r++) {
            struct philox_address address = *from;
            real *row = mask + (t * rows + r) * n;

            address.step = step_trial[0];
            address.time += (uint32_t)t;
            address.trial += step_trial[1] + (uint32_t)r;
            for (size_t j = 0; j < n; j += (size_t)4 * BLOCKS) {
                uint32_t word[4 * BLOCKS];
                size_t count = n - j < (size_t)4 * BLOCKS ? n - j : (size_t)4 * BLOCKS;

                philox_blocks(word, &address, (uint32_t)(j / 4));
                for (size_t i = 0; i < count; i++)
                    row[j + i] = word[i] < limit ? kept : 0;
            }
        }
}
