/* noise.c - addressed random numbers: the noise of samples and the masks of dropout.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/reference/reference.h"

static struct philox_address row_address(const struct philox_address *from,
                                         const uint32_t *step_trial, size_t bin, size_t row,
                                         size_t samples)
{
    struct philox_address address = *from;

    address.step = step_trial[0];
    address.time += (uint32_t)bin;
    address.trial += step_trial[1] + (uint32_t)(row / samples);
    address.sample += (uint32_t)(row % samples);
    return address;
}

void reference_normals(SELF, real *noise, const struct philox_address *from,
                       const uint32_t *step_trial, size_t bins, size_t rows, size_t samples,
                       size_t n)
{
    for (size_t t = 0; t < bins; t++)
        for (size_t r = 0; r < rows; r++) {
            struct philox_address address = row_address(from, step_trial, t, r, samples);

            philox_normals(noise + (t * rows + r) * n, &address, (uint32_t)n);
        }
}

/* modern.md (8.3). */
void reference_student_noise(SELF, real *noise, const struct philox_address *from,
                             const uint32_t *step_trial, size_t df, size_t bins, size_t rows,
                             size_t samples, size_t n)
{
    size_t blocks = (df + 3) / 4;

    for (size_t i = 0; i < bins * rows * n; i++) {
        size_t row = i / n % rows, first = (n + 3) / 4 + i % n * blocks;
        struct philox_address address = row_address(from, step_trial, i / n / rows, row, samples);
        real sum = 0;

        for (size_t k = 0; k < df; k += 4) {
            real four[4];

            philox_four_normals(four, &address, (uint32_t)(first + k / 4));
            for (size_t j = 0; j < 4 && k + j < df; j++)
                sum += four[j] * four[j];
        }
        noise[i] *= real_sqrt((real)df / sum);
    }
}

void reference_gradient_weights(SELF, real *weight, const real *base, const real *mask,
                                const real *pass, size_t bins, size_t trials, size_t channels,
                                size_t cd_bins, size_t cd_channels)
{
    for (size_t i = 0; i < bins * trials; i++) {
        real *row = weight + i * channels;
        size_t covered = i < cd_bins * trials ? cd_channels : 0, first = i * cd_channels;

        for (size_t j = 0; j < covered; j++)
            row[j] = mask[first + j] == 0 || (pass && pass[first + j] != 0);
        for (size_t j = covered; j < channels; j++)
            row[j] = 1;
        for (size_t j = 0; base && j < channels; j++)
            row[j] *= base[i * channels + j];
    }
}

void reference_dropout_mask(SELF, real *mask, const struct philox_address *from,
                            const uint32_t *step_trial, real keep, size_t bins, size_t rows,
                            size_t n)
{
    /* a word below keep * 2^32 keeps an element */
    uint64_t limit = (uint64_t)((double)keep * 4294967296.0);

    for (size_t t = 0; t < bins; t++)
        for (size_t r = 0; r < rows; r++) {
            struct philox_address address = row_address(from, step_trial, t, r, 1);
            real *row = mask + (t * rows + r) * n;

            for (size_t j = 0; j < n; j++) {
                uint32_t word[4];

                philox_block(word, &address, (uint32_t)(16 * (j / 64) + j % 16));
                row[j] = word[j / 16 % 4] < limit ? 1 / keep : 0;
            }
        }
}

void reference_take_missing(SELF, real *weight, real *x, const real *scale, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool missing = x[i] != x[i];

        weight[i] = missing ? 0 : *scale;
        x[i] = missing ? 0 : x[i];
    }
}
