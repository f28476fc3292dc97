/* philox.c - Philox-4x32-10 and the normal numbers made from it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/philox.h"

void philox_block(uint32_t out[4], const struct philox_address *address, uint32_t block)
{
    uint32_t k0 = (uint32_t)address->seed, k1 = (uint32_t)(address->seed >> 32);
    uint32_t c0 = block | address->sample << 16;
    uint32_t c1 = address->time | address->session << 20;
    uint32_t c2 = address->trial | (uint32_t)address->purpose << 28;
    uint32_t c3 = address->step;

    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;

        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

void philox_words(uint32_t *out, const struct philox_address *address, uint32_t count)
{
    for (uint32_t i = 0; i < count; i += 4) {
        uint32_t four[4];

        philox_block(four, address, i / 4);
        for (uint32_t j = 0; j < 4 && i + j < count; j++)
            out[i + j] = four[j];
    }
}

/* Two normal numbers from two words: W0 gives the radius and is never zero, W1 the angle. Only 24
 * bits of each are used, which a float holds exactly. */
static void box_muller(real *a, real *b, uint32_t w0, uint32_t w1)
{
    real u = ((real)(w0 >> 8) + (real)0.5) * (real)(1.0 / 16777216);
    real angle = (real)(w1 >> 8) * (real)(6.283185307179586 / 16777216);
    real radius = real_sqrt(-2 * real_log(u));

    *a = radius * real_cos(angle);
    *b = radius * real_sin(angle);
}

void philox_four_normals(real out[4], const struct philox_address *address, uint32_t block)
{
    uint32_t four[4];

    philox_block(four, address, block);
    box_muller(&out[0], &out[1], four[0], four[1]);
    box_muller(&out[2], &out[3], four[2], four[3]);
}

void philox_normals(real *out, const struct philox_address *address, uint32_t count)
{
    for (uint32_t i = 0; i < count; i += 4) {
        real normal[4];

        philox_four_normals(normal, address, i / 4);
        for (uint32_t j = 0; j < 4 && i + j < count; j++)
            out[i + j] = normal[j];
    }
}
