/* rows.cu - elementwise operations on rows: biases, masks, copies; and normalised columns.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/kernels.h"

static __global__ void set_rows_kernel(float *y, size_t ldy, const float *b, size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n) { y[i * ldy + j] = b[j]; }
}

void cuda_set_rows(SELF, real *y, size_t ldy, const real *b, size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), set_rows_kernel, rows, n, y, ldy, b, rows, n);
}

/* A block sums CHUNK rows of WARP columns: each of its rows of threads takes every blockDim.y-th
 * row. A single chunk is added to db; several are stored in partial [chunks,n]. */
static __global__ void sum_rows_kernel(float *db, float *partial, const float *dy, size_t ldy,
                                       size_t rows, size_t n, size_t chunk)
{
    SHARED_MEMORY(float, sums);
    size_t j = (size_t)blockIdx.x * WARP + threadIdx.x, first = blockIdx.y * chunk;
    size_t last = first + chunk < rows ? first + chunk : rows;
    float sum = 0;

    if (j < n)
        for (size_t i = first + threadIdx.y; i < last; i += blockDim.y)
            sum += dy[i * ldy + j];
    sums[threadIdx.y * WARP + threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y || j >= n)
        return;
    for (unsigned y = 1; y < blockDim.y; y++)
        sum += sums[y * WARP + threadIdx.x];
    if (gridDim.y == 1)
        db[j] += sum;
    else
        partial[blockIdx.y * n + j] = sum;
}

static __global__ void add_chunks_kernel(float *db, const float *partial, size_t chunks, size_t n)
{
    FOR_EACH(j, n)
    {
        float sum = 0;

        for (size_t i = 0; i < chunks; i++)
            sum += partial[i * n + j];
        db[j] += sum;
    }
}

/* Long columns are cut into chunks, so that several blocks work on 32 columns. The chunks do not
 * depend on the device. */
void cuda_sum_rows(SELF, real *db, struct operand dy, size_t rows, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    const size_t height = 8, min_rows = 128, max_chunks = 64;
    size_t chunks = cuda_min((rows + min_rows - 1) / min_rows, max_chunks);
    float *partial = (float *)cuda_current(c)->scratch;

    if (!rows || !n)
        return;
    if (chunks * n > SCRATCH / sizeof(float))
        chunks = 1;
    size_t chunk = (rows + chunks - 1) / chunks;

    chunks = (rows + chunk - 1) / chunk;
    cuda_launch(c, sum_rows_kernel, dim3((unsigned)((n + WARP - 1) / WARP), (unsigned)chunks),
                dim3(WARP, (unsigned)height), WARP * height * sizeof(float), db, partial, dy.data,
                dy.ld, rows, n, chunk);
    if (chunks > 1)
        cuda_each(c, add_chunks_kernel, n, db, partial, chunks, n);
}

static __global__ void copy_masked_kernel(float *dst, size_t ldd, const float *src, size_t lds,
                                          const float *mask, size_t ldm, size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n)
    {
        dst[i * ldd + j] = src[i * lds + j] * (mask ? mask[i * ldm + j] : 1);
    }
}

void cuda_copy_masked(SELF, real *dst, size_t ldd, const real *src, size_t lds, const real *mask,
                      size_t ldm, size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), copy_masked_kernel, rows, n, dst, ldd, src, lds, mask,
              ldm, rows, n);
}

void cuda_copy_operand(SELF, struct matrix dst, size_t first, const real *src, size_t lds,
                       const real *mask, size_t ldm, size_t rows, size_t n)
{
    cuda_copy_masked(self, dst.data + first, dst.ld, src, lds, mask, ldm, rows, n);
}

static __global__ void add_masked_kernel(float *dst, size_t ldd, const float *src, size_t lds,
                                         const float *mask, size_t ldm, size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n)
    {
        dst[i * ldd + j] += src[i * lds + j] * (mask ? mask[i * ldm + j] : 1);
    }
}

void cuda_add_masked(SELF, real *dst, size_t ldd, const real *src, size_t lds, const real *mask,
                     size_t ldm, size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), add_masked_kernel, rows, n, dst, ldd, src, lds, mask, ldm,
              rows, n);
}

static __global__ void repeat_rows_kernel(float *dst, const float *src, size_t times, size_t rows,
                                          size_t n)
{
    FOR_ROWS(i, j, rows, n) { dst[i * n + j] = src[i / times * n + j]; }
}

/* Row i of dst is row i/times of src for any OUTER. */
void cuda_repeat_rows(SELF, real *dst, const real *src, size_t times, size_t outer, size_t rows,
                      size_t n)
{
    size_t total = outer * rows * times;

    cuda_rows(cuda_begin(self, __func__), repeat_rows_kernel, total, n, dst, src, times, total, n);
}

void cuda_clear(SELF, real *x, size_t count)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (count && !c->failed)
        cuda_check(c, cudaMemsetAsync(x, 0, count * sizeof *x, cuda_current(c)->stream));
}

void cuda_clear_sums(SELF, acc *x, size_t count)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (count && !c->failed)
        cuda_check(c, cudaMemsetAsync(x, 0, count * sizeof *x, cuda_current(c)->stream));
}

/* The sum over a block's rows of threads, for each of its WARP columns. All threads call it. */
static __device__ float column_sum(float x, float *sums)
{
    float sum = 0;

    sums[threadIdx.y * WARP + threadIdx.x] = x;
    __syncthreads();
    for (unsigned y = 0; y < blockDim.y; y++)
        sum += sums[y * WARP + threadIdx.x];
    __syncthreads();
    return sum;
}

/* A block takes WARP columns. */
static __global__ void normalise_kernel(float *w, const float *v, size_t rows, size_t n)
{
    SHARED_MEMORY(float, sums);
    size_t j = (size_t)blockIdx.x * WARP + threadIdx.x, last = j < n ? rows : 0;
    float squares = 0;

    for (size_t i = threadIdx.y; i < last; i += blockDim.y)
        squares += v[i * n + j] * v[i * n + j];
    squares = column_sum(squares, sums);
    float norm = sqrtf(squares > 1e-12f ? squares : 1e-12f);

    for (size_t i = threadIdx.y; i < last; i += blockDim.y)
        w[i * n + j] = v[i * n + j] / norm;
}

enum { NORMALISE_HEIGHT = 32 };

static dim3 columns_grid(size_t n) { return dim3((unsigned)((n + WARP - 1) / WARP)); }

void cuda_normalise_columns(SELF, real *w, const real *v, size_t rows, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (rows && n)
        cuda_launch(c, normalise_kernel, columns_grid(n), dim3(WARP, NORMALISE_HEIGHT),
                    WARP * NORMALISE_HEIGHT * sizeof(float), w, v, rows, n);
}

/* w = v/|v|: dv += (dw - w (w.dw))/|v|; below the limit the norm is a constant. */
static __global__ void normalise_backward_kernel(float *dv, const float *dw, const float *v,
                                                 const float *w, size_t rows, size_t n)
{
    SHARED_MEMORY(float, sums);
    size_t j = (size_t)blockIdx.x * WARP + threadIdx.x, last = j < n ? rows : 0;
    float squares = 0, inner = 0;

    for (size_t i = threadIdx.y; i < last; i += blockDim.y) {
        squares += v[i * n + j] * v[i * n + j];
        inner += w[i * n + j] * dw[i * n + j];
    }
    squares = column_sum(squares, sums);
    inner = column_sum(inner, sums);
    if (squares < 1e-12f)
        inner = 0;
    float norm = sqrtf(squares > 1e-12f ? squares : 1e-12f);

    for (size_t i = threadIdx.y; i < last; i += blockDim.y)
        dv[i * n + j] += (dw[i * n + j] - w[i * n + j] * inner) / norm;
}

void cuda_normalise_columns_backward(SELF, real *dv, const real *dw, const real *v, const real *w,
                                     size_t rows, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (rows && n)
        cuda_launch(c, normalise_backward_kernel, columns_grid(n), dim3(WARP, NORMALISE_HEIGHT),
                    WARP * NORMALISE_HEIGHT * sizeof(float), dv, dw, v, w, rows, n);
}
