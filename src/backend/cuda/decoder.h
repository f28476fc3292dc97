/* decoder.h - what both directions of the decoder's time loop share: where a block's arrays and
 * maps lie, and products that are too narrow for sequence.h's.
 *
 * Three kinds of maps: recurrent ones are sequence.h's products, with some of their rows in shared
 * memory. The narrow ones have few rows ("wide": a thread computes a number where it needs it) or
 * few columns ("tall": a warp computes a column). Each sum adds the same terms in the same order
 * whatever shared memory holds and however many rows a block carries.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CUDA_DECODER_H
#define LFADS_BACKEND_CUDA_DECODER_H
#include "backend/cuda/sequence.h"

#ifdef __CUDACC__
#define CUDA_CALLED __noinline__
#else
#define CUDA_CALLED
#endif

/* A block's arrays of ROWS rows; backward they hold the gradients of what they are named for. */
enum decoder_array {
    CON_H,     /* states */
    CON_SIDE,  /* r*h; backward: the candidate's */
    CON_GATES, /* u; backward: r and u side by side */
    GEN_H,
    GEN_SIDE,
    GEN_GATES,
    OUT,       /* forward: the generator's output */
    FACTORS,   /* as they are fed back; backward: of a slot */
    DRIVE,     /* [D] the generator's inputs; backward: [2n] of mean and log variance */
    CON_BIAS,  /* [3C], forward */
    GEN_BIAS,  /* [3G], forward */
    CON_RU,    /* [2C] what is fetched of the tapes, rows without gaps */
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
    CON_GATE_MAP,
    CON_CANDIDATE_MAP,
    GEN_GATE_MAP,
    GEN_CANDIDATE_MAP,
    RECURRENT_MAPS
};
enum decoder_narrow {
    FED_GATE_MAP,
    FED_CANDIDATE_MAP,
    MEAN_MAP,
    LOGVAR_MAP,
    DRIVE_GATE_MAP,
    DRIVE_CANDIDATE_MAP,
    FACTOR_MAP,
    NARROW_MAPS
};

/* A map [k,n] in global memory, rows LD apart; KEPT numbers into shared memory, if any of it is. */
struct decoder_map {
    const float *all;
    unsigned k, n, ld, kept;
    unsigned kept_rows; /* a narrow one has all or none */
    unsigned slices;    /* of a recurrent one's product */
    bool tall;
};

/* Found by decoder_plan.cu for sizes and a device. */
struct decoder_plan {
    unsigned con_ld, con_gates_ld, gen_ld, gen_gates_ld, factors_ld, drive_ld; /* rows' strides */
    unsigned at[DECODER_ARRAYS]; /* numbers into shared memory */
    struct decoder_map recurrent[RECURRENT_MAPS], narrow[NARROW_MAPS];
    unsigned rows, numbers; /* of trials a block; in shared memory */
    bool by_four;           /* recurrent maps' columns are read four at a time */
};

/* Finds how to run D, whose maps are those of the direction; false where it does not pay. */
bool cuda_decoder_plan(struct decoder_plan *plan, const struct cuda_context *c,
                       const struct decoder_sequence *d, bool backward);

enum { DECODER_CHOICES = 4, DECODER_WARPS = SEQUENCE_THREADS / WARP };
typedef void decoder_function(struct decoder_sequence, struct decoder_plan);
bool cuda_decoder_allow(struct cuda_context *c,
                        decoder_function *const kernels[2][DECODER_CHOICES]);
bool cuda_decoder_run(struct cuda_context *c, const struct decoder_sequence *d, bool backward,
                      decoder_function *const kernels[2][DECODER_CHOICES]);
bool cuda_decoder_open_backward(struct cuda_context *c);

/* ---- in a block ---- */

/* Hides X from the optimizer, so that values derived from it are recomputed where they are needed
 * and not kept in registers through the products. */
__device__ inline unsigned decoder_reload(unsigned x)
{
    CUDA_RELOAD(x);
    return x;
}

/* r and j of the block's pairs of a row and one of N columns, each always the same thread's. */
#define FOR_ROW_COL(r, j, rows, n)                                                                 \
    for (unsigned columns_ = decoder_reload(n), pairs_ = (rows)*columns_,                          \
                  pair_ = decoder_reload(threadIdx.x), r, j;                                       \
         pair_ < pairs_ && (r = pair_ / columns_, j = pair_ - r * columns_, true);                 \
         pair_ += SEQUENCE_THREADS)

/* A block at work on rows first() to first()+some()-1. */
struct decoder_block {
    const struct decoder_sequence &d;
    const struct decoder_plan &plan;
    float *memory;

    __device__ unsigned first() const { return decoder_reload(blockIdx.x) * plan.rows; }
    __device__ unsigned some() const
    {
        unsigned left = (unsigned)d.con.rows - first();

        return left < plan.rows ? left : plan.rows;
    }
    __device__ float *of(enum decoder_array array) const { return memory + plan.at[array]; }
    /* Column J of row R of the product with MAP, from its slices' sums. */
    template <int ROWS>
    __device__ float sum(enum decoder_recurrent map, unsigned r, unsigned j) const
    {
        return cuda_gather<ROWS>(of(PARTIAL), plan.recurrent[map].slices, plan.recurrent[map].n, r,
                                 j);
    }
    __device__ cuda_matrix recurrent(enum decoder_recurrent map) const
    {
        const struct decoder_map &m = plan.recurrent[map];

        return cuda_matrix{m.all, memory + m.kept, m.k, m.n, m.kept_rows};
    }
};

/* cuda_multiply, its places numbers into shared memory: a function to be called, for a kernel with
 * four copies of it would hold in registers what the others need. */
template <int ROWS, int VEC>
static __device__ CUDA_CALLED void decoder_multiply(unsigned partial, unsigned x, unsigned ldx,
                                                    const float *all, unsigned kept, unsigned k,
                                                    unsigned n, unsigned kept_rows)
{
    SHARED_MEMORY(float, memory);

    cuda_multiply<ROWS, VEC>(memory + partial, memory + x, ldx,
                             cuda_matrix{all, memory + kept, k, n, kept_rows});
}
template <int ROWS, int VEC>
static __device__ inline void decoder_product(const struct decoder_block &b, enum decoder_array x,
                                              unsigned ldx, enum decoder_recurrent map)
{
    const struct decoder_map &m = b.plan.recurrent[map];

    decoder_multiply<ROWS, VEC>(b.plan.at[PARTIAL], b.plan.at[x], ldx, m.all, m.kept, m.k, m.n,
                                m.kept_rows);
}

/* A narrow map's numbers, in shared or global memory: (k,j) at w[k*down + j*across]. */
struct decoder_view {
    const float *w;
    unsigned k, down, across;
};
__device__ inline struct decoder_view decoder_view_of(const struct decoder_block &b,
                                                      enum decoder_narrow map)
{
    const struct decoder_map &m = b.plan.narrow[map];

    if (!m.kept_rows)
        return decoder_view{m.all, m.k, m.ld, 1};
    return m.tall ? decoder_view{b.memory + m.kept, m.k, 1, m.k}
                  : decoder_view{b.memory + m.kept, m.k, m.n, 1};
}

/* Column J of the row x [k] times a wide map. */
__device__ inline float decoder_wide(const float *x, const struct decoder_view &map, unsigned j)
{
    const float *w = map.w + j;
    float sum = 0;

    for (unsigned k = 0; k < map.k; k++)
        sum = fmaf(x[k], w[k * map.down], sum);
    return sum;
}

/* Adds the lane's part of column J of the rows x (stride LDX) times a tall map to its sums. */
template <int ROWS>
__device__ inline void decoder_tall(float (&sum)[ROWS], const float *x, unsigned ldx,
                                    const struct decoder_view &map, unsigned j)
{
    const float *w = map.w + j * map.across;

    for (unsigned k = threadIdx.x % WARP; k < map.k; k += WARP) {
        float factor = w[k * map.down];

        CUDA_UNROLL
        for (int r = 0; r < ROWS; r++)
            sum[r] = fmaf(x[r * ldx + k], factor, sum[r]);
    }
}

/* Adds up the lanes' parts; lane r returns row r's. All lanes call it. */
template <int ROWS> __device__ inline float decoder_total(const float (&sum)[ROWS])
{
    float own = 0;

    CUDA_UNROLL
    for (int r = 0; r < ROWS; r++) {
        float total = cuda_warp_sum(sum[r]);

        own = threadIdx.x % WARP == (unsigned)r ? total : own;
    }
    return own;
}

/* Copies COUNT numbers into shared memory while the block goes on; they are there for all threads
 * after cuda_fetched and the barrier behind it. */
__device__ inline void cuda_fetch(float *to, const float *from, unsigned count)
{
    for (unsigned i = threadIdx.x; i < count; i += SEQUENCE_THREADS) {
#if defined(LFADS_EMULATED_CUDA)
        emulation::copy_beside(to + i, from + i);
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

/* Fills what is kept of all maps, and zeroes the arrays, with their paddings and rows that are not
 * there. A barrier is behind it. */
template <int VEC> __device__ inline void decoder_begin(const struct decoder_block &b)
{
    for (unsigned i = 0; i < RECURRENT_MAPS; i++)
        cuda_keep<VEC>(b.memory + b.plan.recurrent[i].kept, b.recurrent((enum decoder_recurrent)i));
    for (unsigned i = 0; i < NARROW_MAPS; i++) {
        const struct decoder_map &m = b.plan.narrow[i];

        for (unsigned e = threadIdx.x; e < m.kept_rows * m.n; e += SEQUENCE_THREADS) {
            unsigned k = e / m.n, j = e - k * m.n;

            b.memory[m.kept + (m.tall ? j * m.k + k : e)] = m.all[(size_t)k * m.ld + j];
        }
    }
    for (unsigned i = threadIdx.x; i < b.plan.at[PARTIAL]; i += SEQUENCE_THREADS)
        b.memory[i] = 0;
    __syncthreads();
}
#endif
