/* noise.c - dropout masks, a vector's width of Philox blocks at a time. The words are those of
 * base/philox.c, bit for bit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"

enum { BLOCKS = 16 }; /* at a time: loops of this length over 32-bit words become vectors */

/* word[w][i] of blocks FIRST to FIRST+BLOCKS-1: philox_block, side by side. */
static void philox_blocks(uint32_t word[4][BLOCKS], const struct philox_address *at, uint32_t first)
{
    uint32_t k0 = (uint32_t)at->seed, k1 = (uint32_t)(at->seed >> 32);

    for (uint32_t i = 0; i < BLOCKS; i++) {
        word[0][i] = (first + i) | at->sample << 16;
        word[1][i] = at->time | at->session << 20;
        word[2][i] = at->trial | (uint32_t)at->purpose << 28;
        word[3][i] = at->step;
    }
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < BLOCKS; i++) {
            uint64_t p0 = (uint64_t)0xD2511F53u * word[0][i];
            uint64_t p1 = (uint64_t)0xCD9E8D57u * word[2][i];

            word[0][i] = (uint32_t)(p1 >> 32) ^ word[1][i] ^ k0;
            word[1][i] = (uint32_t)p1;
            word[2][i] = (uint32_t)(p0 >> 32) ^ word[3][i] ^ k1;
            word[3][i] = (uint32_t)p0;
        }
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

void KERNEL(dropout_mask)(SELF, real *mask, const struct philox_address *from, real keep,
                          size_t bins, size_t rows, size_t n)
{
    /* a word below the limit keeps; keep is below 1, so the limit is below 2^32 */
    uint32_t below = (uint32_t)((double)keep * 4294967296.0);
    real kept = 1 / keep;

    for (size_t t = 0; t < bins; t++)
        for (size_t r = 0; r < rows; r++) {
            struct philox_address at = *from;
            real *row = mask + (t * rows + r) * n;

            at.time += (uint32_t)t;
            at.trial += (uint32_t)r;
            for (size_t j = 0; j < n; j += (size_t)4 * BLOCKS) {
                uint32_t word[4][BLOCKS];
                real four[4 * BLOCKS];

                philox_blocks(word, &at, (uint32_t)(j / 4));
                for (int i = 0; i < 4 * BLOCKS; i++)
                    four[i] = word[i % 4][i / 4] < below ? kept : 0;
                for (size_t i = 0; i < (size_t)4 * BLOCKS && j + i < n; i++)
                    row[j + i] = four[i];
            }
        }
}
