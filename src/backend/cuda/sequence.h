/* sequence.h - the product at the heart of a recurrence: a few rows, held in shared memory, times a
 * matrix that passes by.
 *
 * A block's threads are dealt out over groups of VEC columns and over SLICES of the matrix's rows,
 * four rows at a time; the slices' sums meet in shared memory. Each sum is of the same terms in the
 * same order whatever the device is, how many rows a block carries, and how much of the matrix it
 * keeps.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CUDA_SEQUENCE_H
#define LFADS_BACKEND_CUDA_SEQUENCE_H
#include "backend/cuda/cells.h"

#ifdef __CUDACC__
#define CUDA_UNROLL _Pragma("unroll")
#else
#define CUDA_UNROLL
#endif

enum {
    SEQUENCE_THREADS = 512,
    BY = 4 /* rows of a matrix taken together: x is read from shared memory four at a time */
};

/* VEC numbers that lie side by side and are read at once. */
template <int VEC> struct alignas(VEC * sizeof(float)) cuda_vector {
    float at[VEC];
};
template <int VEC> __device__ inline cuda_vector<VEC> cuda_load(const float *from)
{
    return *reinterpret_cast<const cuda_vector<VEC> *>(from);
}

/* The matrix of a product: [k,n] in global memory, its first KEPT rows in shared memory too. */
struct cuda_matrix {
    const float *all, *kept;
    unsigned k, n, kept_rows;
};

__host__ __device__ inline unsigned cuda_slices(unsigned n, unsigned vec)
{
    unsigned groups = n / vec, most = SEQUENCE_THREADS / groups;

    return most ? most : 1;
}

/* The numbers of rows FIRST to FIRST+BY-1 of a matrix, in one thread's columns, join its sums. */
template <int ROWS, int VEC>
__device__ inline void cuda_add_rows(float (&sum)[ROWS][VEC], const float *w, unsigned n,
                                     const float *x, unsigned ldx)
{
    cuda_vector<VEC> row[BY];

    CUDA_UNROLL
    for (int l = 0; l < BY; l++)
        row[l] = cuda_load<VEC>(w + l * n);
    CUDA_UNROLL
    for (int r = 0; r < ROWS; r++) {
        cuda_vector<BY> factor = cuda_load<BY>(x + r * ldx);

        CUDA_UNROLL
        for (int i = 0; i < BY * VEC; i++)
            sum[r][i % VEC] = fmaf(factor.at[i / VEC], row[i / VEC].at[i % VEC], sum[r][i % VEC]);
    }
}

/* Sets partial [slices][ROWS][n] to the slices' sums of x [ROWS] (row stride LDX, a multiple of BY)
 * times the matrix. */
template <int ROWS, int VEC>
__device__ inline void cuda_multiply(float *partial, const float *x, unsigned ldx,
                                     const cuda_matrix &w)
{
    unsigned groups = w.n / VEC, slices = cuda_slices(w.n, VEC), whole = w.k / BY;

    for (unsigned unit = threadIdx.x; unit < groups * slices; unit += SEQUENCE_THREADS) {
        unsigned slice = unit / groups, column = unit % groups * VEC, g = slice;
        float sum[ROWS][VEC] = {};

        for (; g < w.kept_rows / BY; g += slices)
            cuda_add_rows<ROWS, VEC>(sum, w.kept + (size_t)g * BY * w.n + column, w.n, x + g * BY,
                                     ldx);
        for (; g < whole; g += slices)
            cuda_add_rows<ROWS, VEC>(sum, w.all + (size_t)g * BY * w.n + column, w.n, x + g * BY,
                                     ldx);
        if (g == whole)
            for (unsigned l = whole * BY; l < w.k; l++) {
                cuda_vector<VEC> row = cuda_load<VEC>(w.all + (size_t)l * w.n + column);

                for (int r = 0; r < ROWS; r++)
                    for (int v = 0; v < VEC; v++)
                        sum[r][v] = fmaf(x[r * ldx + l], row.at[v], sum[r][v]);
            }
        CUDA_UNROLL
        for (int r = 0; r < ROWS; r++) {
            cuda_vector<VEC> own;

            CUDA_UNROLL
            for (int v = 0; v < VEC; v++)
                own.at[v] = sum[r][v];
            *reinterpret_cast<cuda_vector<VEC> *>(partial + (slice * ROWS + r) * w.n + column) =
                own;
        }
    }
}

/* Column J of row R of the product, from its slices' sums. */
template <int ROWS>
__device__ inline float cuda_gather(const float *partial, unsigned slices, unsigned n, unsigned r,
                                    unsigned j)
{
    float sum = 0;

    for (unsigned s = 0; s < slices; s++)
        sum += partial[(s * ROWS + r) * n + j];
    return sum;
}

/* Copies the matrix's kept rows; the block waits for it later. */
__device__ inline void cuda_keep(float *kept, const cuda_matrix &w)
{
    for (unsigned i = threadIdx.x; i < w.kept_rows * w.n; i += SEQUENCE_THREADS)
        kept[i] = w.all[i];
}

/* Asks for a row of N numbers, which will be needed a bin later. */
__device__ inline void cuda_ask_for(const float *row, unsigned n)
{
#ifdef __CUDACC__
    for (unsigned j = threadIdx.x * WARP; j < n; j += SEQUENCE_THREADS * WARP)
        asm volatile("prefetch.global.L2 [%0];" ::"l"(row + j));
#else
    (void)row, (void)n;
#endif
}

/* How a sequence is dealt out, found by sequence.cu. */
struct cuda_plan {
    unsigned padded; /* a row's stride in shared memory */
    unsigned kept;   /* rows of rh_c [H,H] that are kept, and of h_ru; backward: of h_ru_t, twice as
                        many */
    unsigned partial; /* numbers of the slices' sums */
};
#endif
