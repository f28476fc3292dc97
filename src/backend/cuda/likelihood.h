/* likelihood.h - sums over bins and channels, for the kernels of log-likelihoods.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CUDA_LIKELIHOOD_H
#define LFADS_BACKEND_CUDA_LIKELIHOOD_H
#include "backend/cuda/kernels.h"

/* Sets loglik [R] to the sums over bins and channels of TERM(index in the parameters, index in the
 * data). A block takes a row; its threads are along channels and bins. */
template <class F>
__device__ void cuda_sum_terms(double *loglik, size_t bins, size_t trials, size_t samples, size_t n,
                               F term)
{
    SHARED_MEMORY(double, sums);
    size_t rows = trials * samples;

    for (size_t r = blockIdx.x; r < rows; r += gridDim.x) {
        size_t trial = r / samples;
        double sum = 0;

        for (size_t t = threadIdx.y; t < bins; t += blockDim.y)
            for (size_t j = threadIdx.x; j < n; j += blockDim.x)
                sum += term((t * rows + r) * n + j, (t * trials + trial) * n + j);
        sum = cuda_block_sum(sum, sums);
        if (threadIdx.x == 0 && threadIdx.y == 0)
            loglik[r] = sum;
    }
}

/* Launches KERNEL, which calls cuda_sum_terms, with blocks shaped for rows of N channels. */
template <class K, class... A>
void cuda_launch_sums(struct cuda_context *c, K kernel, double *loglik, size_t bins, size_t trials,
                      size_t samples, size_t n, A... arguments)
{
    size_t rows = trials * samples;
    unsigned width = cuda_width(n, THREADS / 2);

    if (rows)
        cuda_launch(c, kernel, dim3(cuda_blocks(c, rows, 1)), dim3(width, THREADS / width),
                    THREADS / WARP * sizeof(double), loglik, arguments..., bins, trials, samples,
                    n);
}

__device__ static inline float cuda_weight_of(const float *weight, size_t i)
{
    return weight ? weight[i] : 1;
}
#endif
