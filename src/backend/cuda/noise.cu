/* noise.cu - random numbers by address: the words of base/philox.c, bit for bit, and the normal
 * numbers and masks computed from them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/kernels.h"

/* The address that all numbers of a call share, packed as in base/philox.h. */
struct cuda_address {
    uint32_t key[2];
    uint32_t sample, time, trial; /* words 0 to 2, without the parts that vary */
};

static struct cuda_address packed(const struct philox_address *from)
{
    struct cuda_address address;

    address.key[0] = (uint32_t)from->seed;
    address.key[1] = (uint32_t)(from->seed >> 32);
    address.sample = from->sample << 16;
    address.time = from->time | from->session << 20;
    address.trial = from->trial | (uint32_t)from->purpose << 28;
    return address;
}

struct cuda_words {
    uint32_t word[4];
};

static __device__ struct cuda_words philox(struct cuda_address address, uint32_t block,
                                           uint32_t step)
{
    uint32_t c0 = block | address.sample, c1 = address.time, c2 = address.trial, c3 = step;

    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;

        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ address.key[0];
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ address.key[1];
        c3 = (uint32_t)p0;
        address.key[0] += 0x9E3779B9u;
        address.key[1] += 0xBB67AE85u;
    }
    return {{c0, c1, c2, c3}};
}

/* The address of row ROW, T*rows + row of a bin: its trial is row/samples, its sample row%samples.
 */
static __device__ struct cuda_address of_row(struct cuda_address address, size_t row, size_t rows,
                                             size_t samples, uint32_t first_trial)
{
    uint32_t in_bin = (uint32_t)(row % rows), of_trial = (uint32_t)samples;

    address.time += (uint32_t)(row / rows);
    address.trial += first_trial + in_bin / of_trial;
    address.sample += in_bin % of_trial << 16;
    return address;
}

/* Box-Muller as in base/philox.c: the radius from the first word, never zero, the angle from the
 * second. */
static __device__ float2 box_muller(uint32_t w0, uint32_t w1)
{
    float u = ((float)(w0 >> 8) + 0.5f) * (float)(1.0 / 16777216);
    float angle = (float)(w1 >> 8) * (float)(6.283185307179586 / 16777216);
    float radius = sqrtf(-2 * logf(u)), sine, cosine;

    sincosf(angle, &sine, &cosine);
    return {radius * cosine, radius * sine};
}

/* A thread computes the four numbers of one block of words. */
static __global__ void normals_kernel(float *noise, struct cuda_address from,
                                      const uint32_t *step_trial, size_t total, size_t rows,
                                      size_t samples, size_t n, size_t blocks)
{
    FOR_ROWS(i, b, total, blocks)
    {
        struct cuda_words w =
            philox(of_row(from, i, rows, samples, step_trial[1]), (uint32_t)b, step_trial[0]);
        float2 first = box_muller(w.word[0], w.word[1]), second = box_muller(w.word[2], w.word[3]);
        float *out = noise + i * n + 4 * b;

        if (n % 4 == 0 && cuda_by_four(noise)) {
            *(float4 *)out = {first.x, first.y, second.x, second.y};
            continue;
        }
        out[0] = first.x;
        if (4 * b + 1 < n)
            out[1] = first.y;
        if (4 * b + 2 < n)
            out[2] = second.x;
        if (4 * b + 3 < n)
            out[3] = second.y;
    }
}

void cuda_normals(SELF, real *noise, const struct philox_address *from, const uint32_t *step_trial,
                  size_t bins, size_t rows, size_t samples, size_t n)
{
    size_t total = bins * rows, blocks = (n + 3) / 4;

    cuda_rows(cuda_begin(self, __func__), normals_kernel, total, blocks, noise, packed(from),
              step_trial, total, rows, samples, n, blocks);
}

/* A thread computes the chi-square number of one element. */
static __global__ void student_noise_kernel(float *noise, struct cuda_address from,
                                            const uint32_t *step_trial, size_t df, size_t total,
                                            size_t rows, size_t samples, size_t n)
{
    FOR_ROWS(i, j, total, n)
    {
        size_t first = (n + 3) / 4 + j * ((df + 3) / 4);
        float sum = 0;

        for (size_t k = 0; k < df; k += 4) {
            struct cuda_words w = philox(of_row(from, i, rows, samples, step_trial[1]),
                                         (uint32_t)(first + k / 4), step_trial[0]);
            float2 a = box_muller(w.word[0], w.word[1]), b = box_muller(w.word[2], w.word[3]);
            const float four[4] = {a.x, a.y, b.x, b.y};

            for (size_t l = 0; l < 4 && k + l < df; l++)
                sum += four[l] * four[l];
        }
        noise[i * n + j] *= sqrtf((float)df / sum);
    }
}

void cuda_student_noise(SELF, real *noise, const struct philox_address *from,
                        const uint32_t *step_trial, size_t df, size_t bins, size_t rows,
                        size_t samples, size_t n)
{
    size_t total = bins * rows;

    cuda_rows(cuda_begin(self, __func__), student_noise_kernel, total, n, noise, packed(from),
              step_trial, df, total, rows, samples, n);
}

/* A thread computes one block of words; its numbers lie 16 apart. */
static __global__ void dropout_mask_kernel(float *mask, struct cuda_address from,
                                           const uint32_t *step_trial, uint32_t below, float kept,
                                           size_t total, size_t rows, size_t n, size_t blocks)
{
    FOR_ROWS(i, b, total, blocks)
    {
        size_t j = b / 16 * 64 + b % 16;

        if (j >= n)
            continue;
        struct cuda_words w =
            philox(of_row(from, i, rows, 1, step_trial[1]), (uint32_t)b, step_trial[0]);

        for (int k = 0; k < 4; k++)
            if (j + 16 * k < n)
                mask[i * n + j + 16 * k] = w.word[k] < below ? kept : 0;
    }
}

void cuda_dropout_mask(SELF, real *mask, const struct philox_address *from,
                       const uint32_t *step_trial, real keep, size_t bins, size_t rows, size_t n)
{
    size_t total = bins * rows, blocks = (n + 63) / 64 * 16;
    /* a word below the limit keeps a unit; keep < 1, so the limit is below 2^32 */
    uint32_t below = (uint32_t)((double)keep * 4294967296.0);

    cuda_rows(cuda_begin(self, __func__), dropout_mask_kernel, total, blocks, mask, packed(from),
              step_trial, below, 1 / keep, total, rows, n, blocks);
}

static __global__ void gradient_weights_kernel(float *weight, const float *base, const float *mask,
                                               const float *pass, size_t count, size_t channels,
                                               size_t cd_rows, size_t cd_channels)
{
    FOR_EACH(i, count)
    {
        size_t row = i / channels, j = i % channels, at = row * cd_channels + j;

        bool passes =
            row >= cd_rows || j >= cd_channels || mask[at] == 0 || (pass && pass[at] != 0);

        weight[i] = !passes ? 0 : base ? base[i] : 1;
    }
}

void cuda_gradient_weights(SELF, real *weight, const real *base, const real *mask, const real *pass,
                           size_t bins, size_t trials, size_t channels, size_t cd_bins,
                           size_t cd_channels)
{
    size_t count = bins * trials * channels;

    cuda_each(cuda_begin(self, __func__), gradient_weights_kernel, count, weight, base, mask, pass,
              count, channels, cd_bins * trials, cd_channels);
}

static __global__ void take_missing_kernel(float *weight, float *x, const float *scale,
                                           size_t count)
{
    FOR_EACH(i, count)
    {
        bool missing = x[i] != x[i];

        weight[i] = missing ? 0 : *scale;
        x[i] = missing ? 0 : x[i];
    }
}

void cuda_take_missing(SELF, real *weight, real *x, const real *scale, size_t count)
{
    cuda_each(cuda_begin(self, __func__), take_missing_kernel, count, weight, x, scale, count);
}
