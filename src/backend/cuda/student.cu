/* student.cu - the divergence of Student's t from Student's t at a sample (modern.md 8), and its
 * gradient. SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/kernels.h"

/* A block sums a row over bins and dimensions. */
static __global__ void kl_student_kernel(double *kl, const float *z, const float *logvar,
                                         const float *noise, const float *loc,
                                         const float *logscale, float df, size_t bins, size_t rows,
                                         size_t n)
{
    SHARED_MEMORY(double, sums);

    for (size_t i = blockIdx.x; i < rows; i += gridDim.x) {
        double sum = 0;

        for (size_t k = threadIdx.x; k < bins * n; k += blockDim.x) {
            size_t j = k % n, index = (k / n * rows + i) * n + j;
            float e = noise[index], d = (z[index] - loc[j]) * expf(-logscale[j]);
            float tails = logf(1 + d * d / df) - logf(1 + e * e / df);

            sum += (double)(logscale[j] - logvar[index] / 2 + (df + 1) / 2 * tails);
        }
        sum = cuda_block_sum(sum, sums);
        if (threadIdx.x == 0)
            kl[i] = sum;
    }
}

void cuda_kl_student(SELF, acc *kl, const real *z, const real *logvar, const real *noise,
                     const real *loc, const real *logscale, real df, size_t bins, size_t rows,
                     size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    const unsigned threads = THREADS / 2;

    if (rows)
        cuda_launch(c, kl_student_kernel, dim3(cuda_blocks(c, rows, 1)), dim3(threads),
                    threads / WARP * sizeof(double), kl, z, logvar, noise, loc, logscale, df, bins,
                    rows, n);
}

/* A block takes one dimension: its sums over all rows. */
static __global__ void kl_student_backward_kernel(float *dz, float *dlogvar, float *dloc,
                                                  float *dlogscale, const float *weight,
                                                  const float *z, const float *loc,
                                                  const float *logscale, float df, size_t rows,
                                                  size_t n)
{
    SHARED_MEMORY(double, sums);

    for (size_t j = blockIdx.x; j < n; j += gridDim.x) {
        float inverse = expf(-logscale[j]), w = *weight;
        double to_loc = 0, to_logscale = 0;

        for (size_t i = threadIdx.x; i < rows; i += blockDim.x) {
            size_t index = i * n + j;
            float d = (z[index] - loc[j]) * inverse, slope = (df + 1) * d / (df + d * d);

            dz[index] = w * slope * inverse;
            dlogvar[index] -= w / 2;
            to_loc -= (double)(slope * inverse);
            to_logscale += (double)(1 - slope * d);
        }
        to_loc = cuda_block_sum(to_loc, sums);
        to_logscale = cuda_block_sum(to_logscale, sums);
        if (threadIdx.x)
            continue;
        dloc[j] += w * (float)to_loc;
        dlogscale[j] += w * (float)to_logscale;
    }
}

void cuda_kl_student_backward(SELF, real *dz, real *dlogvar, real *dloc, real *dlogscale,
                              const real *weight, const real *z, const real *loc,
                              const real *logscale, real df, size_t rows, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (rows && n)
        cuda_launch(c, kl_student_backward_kernel, dim3(cuda_blocks(c, n, 1)), dim3(THREADS),
                    THREADS / WARP * sizeof(double), dz, dlogvar, dloc, dlogscale, weight, z, loc,
                    logscale, df, rows, n);
}
