/* products.cu - matrix products, by cuBLAS, and transposes.
 * SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>

#include "backend/cuda/kernels.h"

static __global__ void clear_rows_kernel(float *c, size_t ldc, size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n) { c[i * ldc + j] = 0; }
}

/* cuBLAS stores matrices by columns, so the call computes the transpose: c' = op(b)' op(a)'. */
void cuda_product(SELF, struct matrix c, struct operand a, struct operand b, size_t m, size_t n,
                  size_t k, bool add)
{
    struct cuda_context *context = cuda_begin(self, __func__);
    const float one = 1, keep = add ? 1 : 0;

    if (!m || !n || context->failed)
        return;
    if (!k) {
        if (!add)
            cuda_rows(context, clear_rows_kernel, m, n, c.data, c.ld, m, n);
        return;
    }
    if (m > INT_MAX || n > INT_MAX || k > INT_MAX || a.ld > INT_MAX || b.ld > INT_MAX ||
        c.ld > INT_MAX) {
        cuda_fail(context, LFADS_BAD_DATA,
                  "a product of %zu x %zu x %zu numbers is more than cuBLAS takes; use smaller "
                  "batches",
                  m, n, k);
        return;
    }
    context->launches++;
    cuda_check_blas(context, cublasGemmEx(cuda_current(context)->blas,
                                          b.transposed ? CUBLAS_OP_T : CUBLAS_OP_N,
                                          a.transposed ? CUBLAS_OP_T : CUBLAS_OP_N, (int)n, (int)m,
                                          (int)k, &one, b.data, CUDA_R_32F, (int)b.ld, a.data,
                                          CUDA_R_32F, (int)a.ld, &keep, c.data, CUDA_R_32F,
                                          (int)c.ld, context->compute, CUBLAS_GEMM_DEFAULT));
}

enum { TILE = 32, TILE_HEIGHT = 8 };

/* Moves one tile data a time through shared memory, so that global memory is read and written along
 * rows. A row of the tile has one number of padding, so that a column's numbers lie in different
 * banks. */
static __global__ void transpose_kernel(float *dst, const float *src, size_t rows, size_t n)
{
    SHARED_MEMORY(float, tile);
    size_t tiles_across = (n + TILE - 1) / TILE, tiles_down = (rows + TILE - 1) / TILE;

    for (size_t i = blockIdx.x; i < tiles_across * tiles_down; i += gridDim.x) {
        size_t top = i / tiles_across * TILE, left = i % tiles_across * TILE;

        for (unsigned y = threadIdx.y; y < TILE; y += TILE_HEIGHT)
            if (top + y < rows && left + threadIdx.x < n)
                tile[y * (TILE + 1) + threadIdx.x] = src[(top + y) * n + left + threadIdx.x];
        __syncthreads();
        for (unsigned y = threadIdx.y; y < TILE; y += TILE_HEIGHT)
            if (left + y < n && top + threadIdx.x < rows)
                dst[(left + y) * rows + top + threadIdx.x] = tile[threadIdx.x * (TILE + 1) + y];
        __syncthreads();
    }
}

void cuda_transpose(SELF, real *dst, const real *src, size_t rows, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    size_t tiles = ((n + TILE - 1) / TILE) * ((rows + TILE - 1) / TILE);

    if (tiles)
        cuda_launch(c, transpose_kernel, dim3(cuda_blocks(c, tiles, 1)), dim3(TILE, TILE_HEIGHT),
                    TILE * (TILE + 1) * sizeof(float), dst, src, rows, n);
}
