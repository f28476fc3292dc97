/* decoder.h - the layout of a block's shared memory, and products with narrow weights, for both
 * directions of the decoder's time loop.
 *
 * Weights are of three kinds. Recurrent ones use the product of sequence.h and keep some rows in
 * shared memory. Narrow ones have few rows ("wide": each thread computes the element that it needs)
 * or few columns ("tall": a warp computes a column). Each sum adds the same terms in the same order
 * for any contents of shared memory and any number of rows a block carries.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CUDA_DECODER_H
#define LFADS_BACKEND_CUDA_DECODER_H
#include "backend/cuda/sequence.h"

#ifdef __CUDACC__
#define CUDA_CALLED __noinline__
#else
#define CUDA_CALLED
#endif

/* A block's arrays of ROWS rows; in the backward pass they hold gradients. */
enum decoder_array {
    CON_H,     /* states */
    CON_SIDE,  /* r*h; backward: the candidate's */
    CON_GATES, /* u; backward: r and u side by side */
    GEN_H,
    GEN_SIDE,
    GEN_GATES,
    OUT,       /* forward: the generator's output */
    FACTORS,   /* [F] fed back; backward: of a slot */
    DRIVE,     /* [D] the generator's inputs; backward: [2n] of mean and log variance */
    CON_BIAS,  /* [3C], forward */
    GEN_BIAS,  /* [3G], forward */
    CON_RU,    /* [2C] copied from the tapes, rows without padding */
    CON_C,     /* [C] */
    CON_START, /* [C] backward: the state before the bin */
    GEN_MASK,  /* [G] */
    GEN_RU,    /* [2G] backward */
    GEN_C,     /* [G] backward */
    GEN_START, /* [G] backward */
    PARTIAL,   /* sums of slices */
    DECODER_ARRAYS
};

enum decoder_recurrent {
    CON_GATE_WEIGHTS,
    CON_CANDIDATE_WEIGHTS,
    GEN_GATE_WEIGHTS,
    GEN_CANDIDATE_WEIGHTS,
    RECURRENT_WEIGHTS
};
enum decoder_narrow {
    FED_GATE_WEIGHTS,
    FED_CANDIDATE_WEIGHTS,
    MEAN_WEIGHTS,
    LOGVAR_WEIGHTS,
    DRIVE_GATE_WEIGHTS,
    DRIVE_CANDIDATE_WEIGHTS,
    FACTOR_WEIGHTS,
    NARROW_WEIGHTS
};

/* Weights [k,n] in global memory, row stride LD, and their copy in shared memory. */
struct decoder_weights {
    const float *weights;
    unsigned k, n, ld;
    unsigned kept;      /* the copy's offset in shared memory, in numbers */
    unsigned kept_rows; /* rows copied; of narrow weights all or none */
    unsigned slices;    /* of the product with recurrent weights */
    bool tall;
};

/* Found by decoder_plan.cu; depends on sizes and the device only. */
struct decoder_plan {
    unsigned con_ld, con_gates_ld, gen_ld, gen_gates_ld, factors_ld, drive_ld; /* row strides */
    unsigned offset[DECODER_ARRAYS]; /* in shared memory, in numbers */
    struct decoder_weights recurrent[RECURRENT_WEIGHTS], narrow[NARROW_WEIGHTS];
    unsigned rows, numbers; /* rows per block; numbers in shared memory */
    bool by_four;           /* reads recurrent weights four columns at a time */
};

/* Finds how to run D, whose weights are those of the direction (transposed if backward); false if
 * one kernel does not pay. */
bool cuda_decoder_plan(struct decoder_plan *plan, const struct cuda_context *c,
                       const struct decoder_sequence *d, bool backward);

enum { DECODER_CHOICES = 4, DECODER_WARPS = SEQUENCE_THREADS / WARP };
typedef void decoder_function(struct decoder_sequence, struct decoder_plan);
bool cuda_decoder_allow(struct cuda_context *c,
                        decoder_function *const kernels[2][DECODER_CHOICES]);
bool cuda_decoder_run(struct cuda_context *c, const struct decoder_sequence *d, bool backward,
                      decoder_function *const kernels[2][DECODER_CHOICES]);
bool cuda_decoder_open_backward(struct cuda_context *c);

/* ---- device code ---- */

/* Hides X from the optimizer, so that values derived from it are recomputed, not kept in registers
 * through the products. */
__device__ inline unsigned decoder_reload(unsigned x)
{
    CUDA_RELOAD(x);
    return x;
}

/* Visits all pairs of one of ROWS rows, r, and one of N columns, j; a pair is always the same
 * thread's. */
#define FOR_ROW_COL(r, j, rows, n)                                                                 \
    for (unsigned columns_ = decoder_reload(n), pairs_ = (rows)*columns_,                          \
                  pair_ = decoder_reload(threadIdx.x), r, j;                                       \
         pair_ < pairs_ && (r = pair_ / columns_, j = pair_ - r * columns_, true);                 \
         pair_ += SEQUENCE_THREADS)

/* The block's rows are first() to first()+count()-1. */
struct decoder_block {
    const struct decoder_sequence &d;
    const struct decoder_plan &plan;
    float *memory;

    __device__ unsigned first() const { return decoder_reload(blockIdx.x) * plan.rows; }
    __device__ unsigned count() const
    {
        unsigned remaining = (unsigned)d.con.rows - first();

        return remaining < plan.rows ? remaining : plan.rows;
    }
    __device__ float *of(enum decoder_array array) const { return memory + plan.offset[array]; }
    /* Column J of row R of the product with WEIGHTS, from its slices' sums. */
    template <int ROWS>
    __device__ float sum(enum decoder_recurrent weights, unsigned r, unsigned j) const
    {
        return cuda_gather<ROWS>(of(PARTIAL), plan.recurrent[weights].slices,
                                 plan.recurrent[weights].n, r, j);
    }
    __device__ cuda_matrix recurrent(enum decoder_recurrent weights) const
    {
        const struct decoder_weights &m = plan.recurrent[weights];

        return cuda_matrix{m.weights, memory + m.kept, m.k, m.n, m.kept_rows};
    }
};

/* cuda_multiply with offsets in shared memory for pointers. It is not inlined: a kernel with four
 * inlined copies would hold values for the other copies in registers. */
template <int ROWS, int VEC>
static __device__ CUDA_CALLED void decoder_multiply(unsigned partial, unsigned x, unsigned ldx,
                                                    const float *weights, unsigned kept, unsigned k,
                                                    unsigned n, unsigned kept_rows)
{
    SHARED_MEMORY(float, memory);

    cuda_multiply<ROWS, VEC>(memory + partial, memory + x, ldx,
                             cuda_matrix{weights, memory + kept, k, n, kept_rows});
}
template <int ROWS, int VEC>
static __device__ inline void decoder_product(const struct decoder_block &b, enum decoder_array x,
                                              unsigned ldx, enum decoder_recurrent weights)
{
    const struct decoder_weights &m = b.plan.recurrent[weights];

    decoder_multiply<ROWS, VEC>(b.plan.offset[PARTIAL], b.plan.offset[x], ldx, m.weights, m.kept,
                                m.k, m.n, m.kept_rows);
}

/* Narrow weights in shared or global memory: element (k,j) is w[k*down + j*across]. */
struct decoder_view {
    const float *w;
    unsigned k, down, across;
};
__device__ inline struct decoder_view decoder_view_of(const struct decoder_block &b,
                                                      enum decoder_narrow weights)
{
    const struct decoder_weights &m = b.plan.narrow[weights];

    if (!m.kept_rows)
        return decoder_view{m.weights, m.k, m.ld, 1};
    return m.tall ? decoder_view{b.memory + m.kept, m.k, 1, m.k}
                  : decoder_view{b.memory + m.kept, m.k, m.n, 1};
}

/* Column J of the row x [k] times wide weights. */
__device__ inline float decoder_wide(const float *x, const struct decoder_view &view, unsigned j)
{
    const float *w = view.w + j;
    float sum = 0;

    for (unsigned k = 0; k < view.k; k++)
        sum = fmaf(x[k], w[k * view.down], sum);
    return sum;
}

/* Adds the lane's part of column J of the rows x (stride LDX) times tall weights to its sums. */
template <int ROWS>
__device__ inline void decoder_tall(float (&sum)[ROWS], const float *x, unsigned ldx,
                                    const struct decoder_view &view, unsigned j)
{
    const float *w = view.w + j * view.across;

    for (unsigned k = threadIdx.x % WARP; k < view.k; k += WARP) {
        float weight = w[k * view.down];

        CUDA_UNROLL
        for (int r = 0; r < ROWS; r++)
            sum[r] = fmaf(x[r * ldx + k], weight, sum[r]);
    }
}

/* Sums the lanes' parts; lane r returns the sum of row r. All lanes call it. */
template <int ROWS> __device__ inline float decoder_total(const float (&sum)[ROWS])
{
    float result = 0;

    CUDA_UNROLL
    for (int r = 0; r < ROWS; r++) {
        float total = cuda_warp_sum(sum[r]);

        result = threadIdx.x % WARP == (unsigned)r ? total : result;
    }
    return result;
}

/* Starts to copy COUNT numbers into shared memory and returns. All threads see them after
 * cuda_fetched and the barrier that follows it. */
__device__ inline void cuda_fetch(float *to, const float *from, unsigned count)
{
    for (unsigned i = threadIdx.x; i < count; i += SEQUENCE_THREADS) {
#if defined(LFADS_EMULATED_CUDA)
        emulation::copy_async(to + i, from + i);
#elif defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
        asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(
                         (unsigned)__cvta_generic_to_shared(to + i)),
                     "l"(from + i)
                     : "memory");
#else
        to[i] = from[i];
#endif
    }
}
__device__ inline void cuda_fetched()
{
#if defined(LFADS_EMULATED_CUDA)
    emulation::wait_for_copies();
#elif defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

/* Copies the kept weights, and zeroes the arrays with their paddings and unused rows. Ends with a
 * barrier. */
template <int VEC> __device__ inline void decoder_begin(const struct decoder_block &b)
{
    for (unsigned i = 0; i < RECURRENT_WEIGHTS; i++)
        cuda_keep<VEC>(b.memory + b.plan.recurrent[i].kept, b.recurrent((enum decoder_recurrent)i));
    for (unsigned i = 0; i < NARROW_WEIGHTS; i++) {
        const struct decoder_weights &m = b.plan.narrow[i];

        for (unsigned e = threadIdx.x; e < m.kept_rows * m.n; e += SEQUENCE_THREADS) {
            unsigned k = e / m.n, j = e - k * m.n;

            b.memory[m.kept + (m.tall ? j * m.k + k : e)] = m.weights[(size_t)k * m.ld + j];
        }
    }
    for (unsigned i = threadIdx.x; i < b.plan.offset[PARTIAL]; i += SEQUENCE_THREADS)
        b.memory[i] = 0;
    __syncthreads();
}
#endif
