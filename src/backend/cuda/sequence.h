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
#define CUDA_NO_UNROLL _Pragma("unroll 1")
/* Hides X from the optimizer, so that values derived from it are recomputed, not kept in registers.
 */
#define CUDA_RELOAD(x) asm volatile("" : "+r"(x))
#else
#define CUDA_UNROLL
#define CUDA_NO_UNROLL
#define CUDA_RELOAD(x) ((void)(x))
#endif

enum {
    SEQUENCE_THREADS = 512,
    UNROLL_K =
        4 /* rows of a matrix together: x is read from shared memory four numbers at a time */
};

/* VEC numbers that lie side by side and are read at once. */
template <int VEC> struct alignas(VEC * sizeof(float)) cuda_vector {
    float at[VEC];
};
template <int VEC> __device__ inline cuda_vector<VEC> cuda_load(const float *from)
{
    return *reinterpret_cast<const cuda_vector<VEC> *>(from);
}

/* The matrix of a product: [k,n] in global memory, KEPT_ROWS of its rows, a multiple of UNROLL_K,
 * in shared memory too: which and where, only cuda_keep and cuda_multiply know. */
struct cuda_matrix {
    const float *all, *kept;
    unsigned k, n, kept_rows;
};

__host__ __device__ inline unsigned cuda_slices(unsigned n, unsigned vec)
{
    unsigned groups = n / vec, most = SEQUENCE_THREADS / groups;

    return most ? most : 1;
}

/* A slice's way through the groups of UNROLL_K rows: group SLICE, SLICE + slices, ... Of these
 * rounds, the same for all slices, KEPT of ROUNDS are in shared memory, dealt out evenly among the
 * others and the first one among them, so that what comes from further away comes in their time.
 * The last one of them may be there for the first slices only. */
struct cuda_rounds {
    unsigned whole, slices, kept_groups, rounds, kept;

    __device__ cuda_rounds(const cuda_matrix &w, unsigned vec)
    {
        whole = w.k / UNROLL_K;
        slices = cuda_slices(w.n, vec);
        kept_groups = w.kept_rows / UNROLL_K;
        rounds = (whole + slices - 1) / slices;
        kept = (kept_groups + slices - 1) / slices;
    }
    /* The group whose place among the kept ones is PLACE; it may be beyond the last. */
    __device__ unsigned group(unsigned place) const
    {
        return (place / slices * rounds + kept - 1) / kept * slices + place % slices;
    }
};

/* The next group of a slice that is not kept: groups that are kept lie between it and the one
 * before. */
struct cuda_ahead {
    unsigned group, place, turn; /* PLACE: of the next one that is kept */

    __device__ void pass(const cuda_rounds &all)
    {
        if (turn < all.kept)
            place += all.slices;
        turn += all.kept;
        turn -= turn < all.rounds ? 0 : all.rounds;
        group += all.slices;
    }
    __device__ void skip_kept(const cuda_rounds &all)
    {
        CUDA_NO_UNROLL
        while (group < all.whole && turn < all.kept && place < all.kept_groups)
            pass(all);
    }
};

/* UNROLL_K rows of a matrix, in one thread's columns. */
template <int VEC> struct cuda_rows_of {
    cuda_vector<VEC> at[UNROLL_K];

    __device__ void load(const float *w, unsigned n)
    {
        CUDA_UNROLL
        for (int l = 0; l < UNROLL_K; l++)
            at[l] = cuda_load<VEC>(w + l * n);
    }
};

/* These rows, times X's numbers for them, join the thread's sums. */
template <int ROWS, int VEC>
__device__ inline void cuda_add_rows(float (&sum)[ROWS][VEC], const cuda_rows_of<VEC> &row,
                                     const float *x, unsigned ldx)
{
    CUDA_UNROLL
    for (int r = 0; r < ROWS; r++) {
        cuda_vector<UNROLL_K> factor = cuda_load<UNROLL_K>(x + r * ldx);

        CUDA_UNROLL
        for (int i = 0; i < UNROLL_K * VEC; i++)
            sum[r][i % VEC] =
                fmaf(factor.at[i / VEC], row.at[i / VEC].at[i % VEC], sum[r][i % VEC]);
    }
}

/* The sums of one thread's columns over one slice. Rows from global memory are on their way, by
 * turns into two places, while those before them are multiplied; with so many rows of x that there
 * are no registers for two, into one place while those before them that are kept are. */
template <int ROWS, int VEC> struct cuda_sums {
    static const bool two_places = ROWS < 8;
    float sum[ROWS][VEC] = {};
    cuda_rounds all;
    cuda_ahead ahead;
    unsigned group, awaited, n, ldx;     /* AWAITED: the next group that comes from global memory */
    const float *x, *kept, *far, *first; /* KEPT, FAR: in the thread's columns */

    __device__ cuda_sums(const cuda_matrix &w, const float *x_, unsigned ldx_, unsigned slice,
                         unsigned column)
        : all(w, VEC), ahead{slice, slice, 0}, group(slice), n(w.n), ldx(ldx_), x(x_),
          kept(w.kept + (size_t)slice * UNROLL_K * w.n + column), far(w.all + column), first(w.all)
    {
        ahead.skip_kept(all);
    }
    /* Begins to read the group ahead. Where there is none it reads one place for all threads: a
     * branch here would have products wait for what they are to hide. */
    __device__ void read(cuda_rows_of<VEC> &row) const
    {
        row.load(ahead.group < all.whole ? far + (size_t)ahead.group * UNROLL_K * n : first, n);
    }
    __device__ void go_ahead()
    {
        awaited = ahead.group;
        ahead.pass(all);
        ahead.skip_kept(all);
    }
    /* Adds the kept groups before the one that is awaited in ROW, and that one, while the one after
     * it is read to NEXT. False where there is none. */
    __device__ bool advance(const cuda_rows_of<VEC> &row, cuda_rows_of<VEC> &next)
    {
        CUDA_NO_UNROLL
        for (; group < awaited && group < all.whole; group += all.slices) {
            cuda_rows_of<VEC> near;

            near.load(kept, n);
            cuda_add_rows<ROWS, VEC>(sum, near, x + group * UNROLL_K, ldx);
            kept += all.slices * UNROLL_K * n;
        }
        if (group >= all.whole)
            return false;
        if (two_places)
            read(next);
        cuda_add_rows<ROWS, VEC>(sum, row, x + group * UNROLL_K, ldx);
        if (!two_places)
            read(next);
        group += all.slices;
        go_ahead();
        return true;
    }
    __device__ void add()
    {
        cuda_rows_of<VEC> one, other;

        if (group >= all.whole)
            return;
        read(one);
        go_ahead();
        CUDA_NO_UNROLL
        while (two_places ? advance(one, other) && advance(other, one) : advance(one, one))
            ;
    }
};

/* Sets partial [slices][ROWS][n] to the slices' sums of x [ROWS] (row stride LDX, a multiple of
 * UNROLL_K) times the matrix. */
template <int ROWS, int VEC>
__device__ inline void cuda_multiply(float *partial, const float *x, unsigned ldx,
                                     const cuda_matrix &w)
{
    unsigned groups = w.n / VEC, slices = cuda_slices(w.n, VEC), whole = w.k / UNROLL_K;
    unsigned thread = threadIdx.x;

    CUDA_RELOAD(thread);
    for (unsigned unit = thread; unit < groups * slices; unit += SEQUENCE_THREADS) {
        unsigned slice = unit / groups, column = unit % groups * VEC;
        cuda_sums<ROWS, VEC> s(w, x, ldx, slice, column);

        s.add();
        if (s.group == whole) /* the rows left belong to the slice whose turn it is */
            CUDA_NO_UNROLL
        for (unsigned l = whole * UNROLL_K; l < w.k; l++) {
            cuda_vector<VEC> row = cuda_load<VEC>(w.all + (size_t)l * w.n + column);

            CUDA_UNROLL
            for (int r = 0; r < ROWS; r++)
                CUDA_UNROLL
            for (int v = 0; v < VEC; v++)
                s.sum[r][v] = fmaf(x[r * ldx + l], row.at[v], s.sum[r][v]);
        }
        CUDA_UNROLL
        for (int r = 0; r < ROWS; r++) {
            cuda_vector<VEC> own;

            CUDA_UNROLL
            for (int v = 0; v < VEC; v++)
                own.at[v] = s.sum[r][v];
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

/* Copies the matrix's kept rows; the block waits for it later. VEC: that of the products. */
template <int VEC> __device__ inline void cuda_keep(float *kept, const cuda_matrix &w)
{
    const cuda_rounds all(w, VEC);
    unsigned columns = w.n / VEC, size = UNROLL_K * columns;

    for (unsigned i = threadIdx.x; i < all.kept_groups * size; i += SEQUENCE_THREADS) {
        unsigned group = all.group(i / size), within = i % size * VEC;

        if (group < all.whole)
            reinterpret_cast<cuda_vector<VEC> *>(kept)[i] =
                cuda_load<VEC>(w.all + (size_t)group * UNROLL_K * w.n + within);
    }
}

/* Prefetches a row of N numbers that the next bin needs. */
__device__ inline void cuda_prefetch(const float *row, unsigned n)
{
#ifdef __CUDACC__
    CUDA_NO_UNROLL
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

/* What gru_sequence, or gru_sequence_backward, does with 2 to the power of CHOICE rows a block, up
 * to 8, and no more than SHARED bytes of shared memory; false, and nothing done, where these are
 * too few. For tests: the results' bits are the same whatever is chosen. */
bool cuda_sequence_with(struct cuda_context *c, const struct gru_sequence *s, bool backward,
                        unsigned choice, size_t shared);
#endif
