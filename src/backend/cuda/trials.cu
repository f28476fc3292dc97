/* trials.cu - gathers trials from data on the device, and averages a trial's samples.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/kernels.h"

template <class T>
static __global__ void gather_trials_kernel(float *x, const T *data, const uint32_t *trials,
                                            size_t bins, size_t count, size_t n)
{
    FOR_ROWS(i, j, bins * count, n)
    {
        size_t t = i / count, b = i % count;

        x[i * n + j] = (float)data[((size_t)trials[b] * bins + t) * n + j];
    }
}

void cuda_gather_trials(SELF, real *x, const void *data, bool bytes, const uint32_t *trials,
                        size_t bins, size_t count, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (bytes)
        cuda_rows(c, gather_trials_kernel<uint8_t>, bins * count, n, x, (const uint8_t *)data,
                  trials, bins, count, n);
    else
        cuda_rows(c, gather_trials_kernel<float>, bins * count, n, x, (const float *)data, trials,
                  bins, count, n);
}

static __global__ void average_samples_kernel(double *mean, const float *x, size_t ldx, size_t bins,
                                              size_t trials, size_t samples, size_t n)
{
    FOR_ROWS(i, j, trials * bins, n)
    {
        size_t b = i / bins, t = i % bins;
        const float *from = x + (t * trials * samples + b * samples) * ldx + j;
        double sum = 0;

        for (size_t s = 0; s < samples; s++)
            sum += (double)from[s * ldx];
        mean[i * n + j] = sum / (double)samples;
    }
}

void cuda_average_samples(SELF, acc *mean, const real *x, size_t ldx, size_t bins, size_t trials,
                          size_t samples, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), average_samples_kernel, trials * bins, n, mean, x, ldx,
              bins, trials, samples, n);
}
