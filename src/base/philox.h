/* philox.h - counter-based random numbers: Philox-4x32-10 (Salmon et al. 2011). The address of a
 * number says what it is for, not who draws it, so that results are the same for any number of
 * threads, ranks or devices (training.md, "Random numbers").
 *
 * CPU and GPU pack the address into the 128-bit counter in the same way:
 *   word 0  block of four numbers (16 bits)  | sample << 16
 *   word 1  time bin (20 bits)               | session << 20
 *   word 2  trial (28 bits)                  | purpose << 28
 *   word 3  step
 * The 64-bit seed is the key. The limits below follow from the packing.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_PHILOX_H
#define LFADS_BASE_PHILOX_H
#include <stdint.h>

#include "base/real.h"

enum {
    PHILOX_MAX_INDEX = 1 << 18, /* numbers per (trial, sample, bin): channels, units */
    PHILOX_MAX_SAMPLE = 1 << 16,
    PHILOX_MAX_TIME = 1 << 20,
    PHILOX_MAX_SESSION = 1 << 12,
    PHILOX_MAX_TRIAL = 1 << 28
};

/* What a number is for. Files and results depend on the values: never reorder. All 16 are taken.
 * What comes later shares the blocks of a purpose that leaves words unused, as jitter does: a
 * spike's shift takes word 0 of its block, its shift for the encoders word 1 (data/jitter.h), 2 and
 * 3 are free. */
enum philox_purpose {
    PHILOX_INITIAL_VALUES = 0,
    PHILOX_SHUFFLE = 1,
    PHILOX_JITTER = 2,
    PHILOX_DATA_MASK = 3,
    PHILOX_EXT_INPUT_MASK = 4,
    PHILOX_IC_ENC_MASK = 5,
    PHILOX_CON_INPUT_MASK = 6,
    PHILOX_GEN_OUTPUT_MASK = 7,
    PHILOX_IC_NOISE = 8,
    PHILOX_CO_NOISE = 9,
    PHILOX_EXAMPLE = 10,
    PHILOX_CD_MASK = 11,
    PHILOX_CD_PASS = 12,
    PHILOX_CO_KL_NOISE = 13,
    PHILOX_IC_KL_NOISE = 14,
    PHILOX_BOOTSTRAP = 15
};

/* The address of a row of numbers. TRIAL is the position in the batch, or the trial's index in its
 * file when a trained model is sampled. */
struct philox_address {
    uint64_t seed;
    enum philox_purpose purpose;
    uint32_t step, session, trial, sample, time;
};

/* Sets OUT to the four words of block BLOCK (numbers 4*BLOCK to 4*BLOCK+3) of the row. */
void philox_block(uint32_t out[4], const struct philox_address *address, uint32_t block);
/* Sets out[0..count) to independent 32-bit words. count <= PHILOX_MAX_INDEX. */
void philox_words(uint32_t *out, const struct philox_address *address, uint32_t count);
/* Sets OUT to the normal numbers of block BLOCK of the row. */
void philox_four_normals(real out[4], const struct philox_address *address, uint32_t block);
/* Sets out[0..count) to independent standard normal numbers (Box-Muller). count <=
 * PHILOX_MAX_INDEX. */
void philox_normals(real *out, const struct philox_address *address, uint32_t count);
#endif
