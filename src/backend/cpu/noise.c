/* noise.c - dropout masks, computed from 16 Philox blocks at a time. The words are those of
 * base/philox.c, bit for bit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"

enum { BLOCKS = 16 }; /* at a time; compilers vectorise loops of this length over 32-bit words */

#ifdef __AVX512F__
#include <immintrin.h>

enum { HALF = BLOCKS / 2 };

/* Words of eight blocks in the low halves of 64-bit lanes. The high halves are undefined: products
 * read only the low ones. */
struct words {
    __m512i a, b, c, d;
};

static inline void philox_round(struct words *w, __m512i k0, __m512i k1)
{
    __m512i p0 = _mm512_mul_epu32(w->a, _mm512_set1_epi64(0xD2511F53u));
    __m512i p1 = _mm512_mul_epu32(w->c, _mm512_set1_epi64(0xCD9E8D57u));

    w->a =
        _mm512_ternarylogic_epi64(_mm512_srli_epi64(p1, 32), w->b, k0, 0x96); /* xor of all three */
    w->b = p1;
    w->c = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p0, 32), w->d, k1, 0x96);
    w->d = p0;
}

static inline void store_words(uint32_t *word, __m512i half)
{
    _mm256_storeu_si256((__m256i *)word, _mm512_cvtepi64_epi32(half));
}

#endif

/* Sets WORD to the first words of blocks FIRST to FIRST+BLOCKS-1 (philox_block), then to their
 * second words, and so on. */
static void philox_blocks(uint32_t word[4 * BLOCKS], const struct philox_address *address,
                          uint32_t first)
{
    uint32_t k0 = (uint32_t)address->seed, k1 = (uint32_t)(address->seed >> 32);
#ifdef __AVX512F__
    struct words half[2];

    for (int i = 0; i < 2; i++) {
        __m512i block = _mm512_add_epi64(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7),
                                         _mm512_set1_epi64(first + (uint32_t)i * HALF));

        half[i] =
            (struct words){_mm512_or_si512(block, _mm512_set1_epi64(address->sample << 16)),
                           _mm512_set1_epi64(address->time | address->session << 20),
                           _mm512_set1_epi64(address->trial | (uint32_t)address->purpose << 28),
                           _mm512_set1_epi64(address->step)};
    }
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
        for (int i = 0; i < 2; i++)
            philox_round(&half[i], _mm512_set1_epi64(k0), _mm512_set1_epi64(k1));
    for (int i = 0; i < 2; i++) {
        store_words(word + i * HALF, half[i].a);
        store_words(word + BLOCKS + i * HALF, half[i].b);
        store_words(word + 2 * BLOCKS + i * HALF, half[i].c);
        store_words(word + 3 * BLOCKS + i * HALF, half[i].d);
    }
#else
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
