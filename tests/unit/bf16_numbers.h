/* bf16_numbers.h - what the tests of bfloat16 share. The file that includes it includes cmocka
 * first. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_BF16_NUMBERS_H
#define LFADS_TESTS_BF16_NUMBERS_H
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/backend.h"

/* Rounds X to 8 significant bits, ties to even. */
static inline double rounded(float x)
{
    uint32_t bits;
    float back;

    memcpy(&bits, &x, sizeof bits);
    bits += 0x7fff + (bits >> 16 & 1);
    bits &= 0xffff0000u;
    memcpy(&back, &bits, sizeof back);
    return (double)back;
}

static inline float *numbers(size_t count, uint32_t stream)
{
    struct philox_address address = {.seed = 7, .trial = stream};
    float *x = malloc((count + 1) * sizeof *x);

    assert_non_null(x);
    for (size_t i = 0; i < count; i += 1000) {
        address.time = (uint32_t)(i / 1000);
        philox_normals(x + i, &address, (uint32_t)(count - i < 1000 ? count - i : 1000));
    }
    return x;
}

/* Skips the test on a processor without AVX512-BF16. */
static inline struct backend *open_backend(void)
{
    struct backend *be;
    struct lfads_error err;

    if (backend_cpu_bf16_create(&be, &err) != LFADS_OK) {
        print_message("%s\n", err.text);
        skip();
    }
    return be;
}

/* Word J of a row of words of 16 bits. */
static inline uint16_t word_of(const float *row, size_t j)
{
    uint16_t word;

    memcpy(&word, (const char *)row + j * sizeof word, sizeof word);
    return word;
}

/* Element J of a row of a kept array: IEEE 754's binary16, a finite number. */
static inline double kept_of(const float *row, size_t j)
{
    const uint16_t word = word_of(row, j);
    const int exponent = word >> 10 & 31, fraction = word & 1023;
    const double x = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);

    assert_true(exponent < 31);
    return word >> 15 ? -x : x;
}

/* Element J of a row of an operand. */
static inline double element_of(const float *row, size_t j)
{
    const uint32_t bits = (uint32_t)word_of(row, j) << 16;
    float x;

    memcpy(&x, &bits, sizeof x);
    return (double)x;
}
#endif
