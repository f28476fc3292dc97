/* sequence.h - the product of a recurrence: a few rows in shared memory times a matrix that streams
 * from global memory.
 *
 * Each thread of a block takes VEC columns and one of SLICES slices of the matrix's rows, four rows
 * at a time; the slices' sums are added in shared memory. Each sum adds the same terms in the same
 * order for any device, any number of rows a block carries and any part of the matrix it keeps.
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
        4 /* rows of a matrix at a time: x is read from shared memory four numbers at a time */
};

/* VEC consecutive numbers, read at once. */
template <int VEC> struct alignas(VEC * sizeof(float)) cuda_vector {
    float v[VEC];
};
template <int VEC> __device__ inline cuda_vector<VEC> cuda_load(const float *from)
{
    return *reinterpret_cast<const cuda_vector<VEC> *>(from);
}

/* The matrix of a product: [k,n] in global memory, and KEPT_ROWS of its rows, a multiple of
 * UNROLL_K, copied to shared memory. Only cuda_keep and cuda_multiply know which rows. */
struct cuda_matrix {
    const float *global, *kept;
    unsigned k, n, kept_rows;
};

__host__ __device__ inline unsigned cuda_slices(unsigned n, unsigned vec)
{
    unsigned groups = n / vec, slices = SEQUENCE_THREADS / groups;

    return slices ? slices : 1;
}

/* The order in which a slice reads groups of UNROLL_K rows: group SLICE, SLICE + slices, ... KEPT
 * of these ROUNDS rounds read shared memory, the same for all slices. They are spread evenly,
 * beginning with the first, so that reads from global memory overlap with them. The last kept round
 * may have groups for the first slices only. */
struct cuda_rounds {
    unsigned groups, slices, kept_groups, rounds, kept;

    __device__ cuda_rounds(const cuda_matrix &w, unsigned vec)
    {
        groups = w.k / UNROLL_K;
        slices = cuda_slices(w.n, vec);
        kept_groups = w.kept_rows / UNROLL_K;
        rounds = (groups + slices - 1) / slices;
        kept = (kept_groups + slices - 1) / slices;
    }
    /* The kept group with index INDEX among the kept ones; it may be beyond the last group. */
    __device__ unsigned group(unsigned index) const
    {
        return (index / slices * rounds + kept - 1) / kept * slices + index % slices;
    }
};

/* The next group of a slice that comes from global memory; kept groups may come before it. */
struct cuda_ahead {
    unsigned group, kept_index, phase; /* KEPT_INDEX: of the next kept group */

    __device__ void pass(const cuda_rounds &order)
    {
        if (phase < order.kept)
            kept_index += order.slices;
        phase += order.kept;
        phase -= phase < order.rounds ? 0 : order.rounds;
        group += order.slices;
    }
    __device__ void skip_kept(const cuda_rounds &order)
    {
        CUDA_NO_UNROLL
        while (group < order.groups && phase < order.kept && kept_index < order.kept_groups)
            pass(order);
    }
};

/* UNROLL_K rows of a matrix in one thread's columns. */
template <int VEC> struct cuda_rows_of {
    cuda_vector<VEC> row[UNROLL_K];

    __device__ void load(const float *w, unsigned n)
    {
        CUDA_UNROLL
        for (int l = 0; l < UNROLL_K; l++)
            row[l] = cuda_load<VEC>(w + l * n);
    }
};

/* Adds x times these rows to the thread's sums. */
template <int ROWS, int VEC>
__device__ inline void cuda_add_rows(float (&sum)[ROWS][VEC], const cuda_rows_of<VEC> &w,
                                     const float *x, unsigned ldx)
{
    CUDA_UNROLL
    for (int r = 0; r < ROWS; r++) {
        cuda_vector<UNROLL_K> operand = cuda_load<UNROLL_K>(x + r * ldx);

        CUDA_UNROLL
        for (int i = 0; i < UNROLL_K * VEC; i++)
            sum[r][i % VEC] = fmaf(operand.v[i / VEC], w.row[i / VEC].v[i % VEC], sum[r][i % VEC]);
    }
}

/* The sums of one thread's columns over one slice. Groups from global memory are loaded into two
 * buffers in turn, each while the group before it is multiplied. With 8 rows of x registers suffice
 * for one buffer; it is loaded while kept groups are multiplied. */
template <int ROWS, int VEC> struct cuda_sums {
    static const bool double_buffered = ROWS < 8;
    float sum[ROWS][VEC] = {};
    cuda_rounds order;
    cuda_ahead ahead;
    unsigned group, awaited, n, ldx; /* AWAITED: the group being loaded from global memory */
    const float *x, *kept, *global, *fallback; /* KEPT, GLOBAL: at the thread's column */

    __device__ cuda_sums(const cuda_matrix &w, const float *x_, unsigned ldx_, unsigned slice,
                         unsigned column)
        : order(w, VEC), ahead{slice, slice, 0}, group(slice), n(w.n), ldx(ldx_), x(x_),
          kept(w.kept + (size_t)slice * UNROLL_K * w.n + column), global(w.global + column),
          fallback(w.global)
    {
        ahead.skip_kept(order);
    }
    /* Starts to load the group ahead. If there is none, all threads load the same rows: a branch
     * here would make products wait for the load. */
    __device__ void read(cuda_rows_of<VEC> &row) const
    {
        row.load(
            ahead.group < order.groups ? global + (size_t)ahead.group * UNROLL_K * n : fallback, n);
    }
    __device__ void go_ahead()
    {
        awaited = ahead.group;
        ahead.pass(order);
        ahead.skip_kept(order);
    }
    /* Adds the kept groups before the awaited one, then that one, which is in ROW, while the group
     * after it is loaded into NEXT. False if there is no awaited group. */
    __device__ bool advance(const cuda_rows_of<VEC> &row, cuda_rows_of<VEC> &next)
    {
        CUDA_NO_UNROLL
        for (; group < awaited && group < order.groups; group += order.slices) {
            cuda_rows_of<VEC> kept_row;

            kept_row.load(kept, n);
            cuda_add_rows<ROWS, VEC>(sum, kept_row, x + group * UNROLL_K, ldx);
            kept += order.slices * UNROLL_K * n;
        }
        if (group >= order.groups)
            return false;
        if (double_buffered)
            read(next);
        cuda_add_rows<ROWS, VEC>(sum, row, x + group * UNROLL_K, ldx);
        if (!double_buffered)
            read(next);
        group += order.slices;
        go_ahead();
        return true;
    }
    __device__ void add()
    {
        cuda_rows_of<VEC> one, other;

        if (group >= order.groups)
            return;
        read(one);
        go_ahead();
        CUDA_NO_UNROLL
        while (double_buffered ? advance(one, other) && advance(other, one) : advance(one, one))
            ;
    }
};

/* Sets partial [slices][ROWS][n] to the slices' sums of x [ROWS] (row stride LDX, a multiple of
 * UNROLL_K) times the matrix. */
template <int ROWS, int VEC>
__device__ inline void cuda_multiply(float *partial, const float *x, unsigned ldx,
                                     const cuda_matrix &w)
{
    unsigned groups = w.n / VEC, slices = cuda_slices(w.n, VEC), full = w.k / UNROLL_K;
    unsigned thread = threadIdx.x;

    CUDA_RELOAD(thread);
    for (unsigned unit = thread; unit < groups * slices; unit += SEQUENCE_THREADS) {
        unsigned slice = unit / groups, column = unit % groups * VEC;
        cuda_sums<ROWS, VEC> s(w, x, ldx, slice, column);

        s.add();
        if (s.group == full) /* the remaining rows belong to the slice that is next in order */
            CUDA_NO_UNROLL
        for (unsigned l = full * UNROLL_K; l < w.k; l++) {
            cuda_vector<VEC> row = cuda_load<VEC>(w.global + (size_t)l * w.n + column);

            CUDA_UNROLL
            for (int r = 0; r < ROWS; r++)
                CUDA_UNROLL
            for (int v = 0; v < VEC; v++)
                s.sum[r][v] = fmaf(x[r * ldx + l], row.v[v], s.sum[r][v]);
        }
        CUDA_UNROLL
        for (int r = 0; r < ROWS; r++) {
            cuda_vector<VEC> result;

            CUDA_UNROLL
            for (int v = 0; v < VEC; v++)
                result.v[v] = s.sum[r][v];
            *reinterpret_cast<cuda_vector<VEC> *>(partial + (slice * ROWS + r) * w.n + column) =
                result;
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

/* Copies the matrix's kept rows to shared memory; the caller synchronises the block. VEC: that of
 * the products. */
template <int VEC> __device__ inline void cuda_keep(float *kept, const cuda_matrix &w)
{
    const cuda_rounds order(w, VEC);
    unsigned columns = w.n / VEC, size = UNROLL_K * columns;

    for (unsigned i = threadIdx.x; i < order.kept_groups * size; i += SEQUENCE_THREADS) {
        unsigned group = order.group(i / size), within = i % size * VEC;

        if (group < order.groups)
            reinterpret_cast<cuda_vector<VEC> *>(kept)[i] =
                cuda_load<VEC>(w.global + (size_t)group * UNROLL_K * w.n + within);
    }
}

/* Prefetches a row of N numbers for the next bin into the L2 cache. */
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

/* How a sequence uses a block's shared memory, found by sequence_plan.cu. */
struct cuda_plan {
    unsigned padded;  /* a row's stride in shared memory */
    unsigned kept;    /* kept rows of rh_c [H,H] and of h_ru; backward, of h_ru_t, twice as many */
    unsigned partial; /* numbers of the slices' sums */
};

enum { SEQUENCE_CHOICES = 4 };
typedef void sequence_function(struct gru_sequence, cuda_plan);
/* [backward][columns by four][rows: 1, 2, 4, 8] */
extern sequence_function *const cuda_sequence_kernels[2][2][SEQUENCE_CHOICES];

/* Runs gru_sequence or gru_sequence_backward with 2 to the power of CHOICE rows a block, up to 8,
 * and at most SHARED bytes of shared memory; returns false without effect if these do not suffice.
 * For tests: every choice has the same bits. */
bool cuda_sequence_with(struct cuda_context *c, const struct gru_sequence *s, bool backward,
                        unsigned choice, size_t shared);
#endif
