/* kernels.h - shared by kernels: loops over a grid, sums over a block, sigmoid and clipping.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CUDA_KERNELS_H
#define LFADS_BACKEND_CUDA_KERNELS_H
#include "backend/cuda/cuda.h"

/* The block's shared memory; the launch sets its size. */
#ifdef LFADS_EMULATED_CUDA
#define SHARED_MEMORY(type, name) type *name = static_cast<type *>(emulation::shared_memory())
#else
#define SHARED_MEMORY(type, name)                                                                  \
    extern __shared__ float4 cuda_shared_memory[];                                                 \
    type *name = reinterpret_cast<type *>(cuda_shared_memory)
#endif

#define FOR_EACH(i, count)                                                                         \
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < (count);                    \
         i += (size_t)gridDim.x * blockDim.x)
#define FOR_ROWS(i, j, rows, n)                                                                    \
    for (size_t i = (size_t)blockIdx.y * blockDim.y + threadIdx.y; i < (rows);                     \
         i += (size_t)gridDim.y * blockDim.y)                                                      \
        for (size_t j = (size_t)blockIdx.x * blockDim.x + threadIdx.x; j < (n);                    \
             j += (size_t)gridDim.x * blockDim.x)

__device__ static inline float cuda_sigmoid(float x) { return 1 / (1 + expf(-x)); }
__device__ static inline float cuda_clip(float x, float k) { return x > k ? k : x < -k ? -k : x; }
/* As reference.h's: a log rate or log variance as the operations use it; its gradient; whether y,
 * e^x times MASK, has the limit of x. */
__device__ static inline float cuda_saturated(float x) { return cuda_clip(x, SATURATION); }
__device__ static inline float cuda_unless_saturated(float dx, float x)
{
    return x > SATURATION || x < -SATURATION ? 0 : dx;
}
__device__ static inline bool cuda_is_highest(float y, float mask)
{
    return y > 0 && y > mask * expf(SATURATION) * 0.999999f;
}

/* The sum over a warp; all lanes get the same bits. */
template <class T> __device__ inline T cuda_warp_sum(T x)
{
    for (int lanes = WARP / 2; lanes; lanes /= 2)
        x += __shfl_xor_sync(0xffffffffu, x, lanes);
    return x;
}

/* The sum over a block, returned to all its threads. SUMS holds one number per warp; the block's
 * size is a multiple of WARP. All threads call it. */
template <class T> __device__ inline T cuda_block_sum(T x, T *sums)
{
    unsigned thread = threadIdx.y * blockDim.x + threadIdx.x;
    unsigned warps = blockDim.x * blockDim.y / WARP;
    T sum = 0;

    x = cuda_warp_sum(x);
    if (thread % WARP == 0)
        sums[thread / WARP] = x;
    __syncthreads();
    for (unsigned i = 0; i < warps; i++)
        sum += sums[i];
    __syncthreads(); /* the caller may reuse SUMS */
    return sum;
}
#endif
