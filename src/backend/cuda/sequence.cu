/* sequence.cu - a GRU's whole time loop in one kernel, forward and backward.
 *
 * A block carries a few trials through all bins and shares nothing with other blocks. States, gates
 * and as much of the recurrent weights as fit stay in shared memory; what is left of the weights
 * comes from the second-level cache, bin by bin, once for the block's trials. Where that does not
 * pay, for large networks or many trials, the caller goes from bin to bin (model/gru.c).
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/sequence.h"

/* Of a sequence in one kernel, so that a thread has no more numbers of a state than there are rows;
 * what it counts rows with has 32 bits. */
enum { MOST_UNITS = SEQUENCE_THREADS };

/* Bin T's place in the tape; the slots of the states before and after it. */
struct place {
    unsigned bin, before, after;
};
static __device__ struct place place_of(const struct gru_sequence &s, unsigned t)
{
    const unsigned rows = (unsigned)s.rows;
    struct place p;

    p.bin = s.one_bin ? 0 : t * rows;
    p.before = (s.reverse ? t + 1 : t) * rows;
    p.after = (s.reverse ? t : t + 1) * rows;
    return p;
}

/* Number J of row ROW, of rows of N. */
static __device__ size_t place_at(unsigned row, unsigned n, unsigned j)
{
    return (size_t)row * n + j;
}

/* Where the block's arrays lie in shared memory, each row padded to a multiple of UNROLL_K. */
template <int ROWS> struct arrays {
    float *state, *side, *gate, *bias, *partial, *kept;
    __device__ arrays(float *memory, const cuda_plan &plan, unsigned units)
    {
        state = memory;                       /* [ROWS] h, or dh */
        side = state + ROWS * plan.padded;    /* [ROWS] r*h, or the candidate's gradient */
        gate = side + ROWS * plan.padded;     /* [ROWS] u, or [ROWS] of both gates' gradients */
        bias = gate + 2 * ROWS * plan.padded; /* [3H] */
        partial = bias + (3 * units + 3) / 4 * 4;
        kept = partial + plan.partial;
    }
};

/* A thread's numbers of the block's rows of H units, the same ones in all phases: numbers thread,
 * thread + threads, ... of the rows one after another. */
template <int ROWS> struct share {
    unsigned count, units, first_row, first_unit;

    __device__ share(unsigned rows, unsigned units_) : count(rows * units_), units(units_)
    {
        first_row = threadIdx.x / units;
        first_unit = threadIdx.x % units;
    }
    /* Calls BODY(which of the thread's numbers, row, unit). */
    template <class F> __device__ void each(F body) const
    {
        unsigned r = first_row, j = first_unit;

        CUDA_RELOAD(r);
        CUDA_RELOAD(j);
        CUDA_UNROLL
        for (int q = 0; q < ROWS; q++) {
            if (q * SEQUENCE_THREADS + threadIdx.x >= count)
                break;
            body(q, r, j);
            r += SEQUENCE_THREADS / units;
            j += SEQUENCE_THREADS % units;
            if (j >= units) {
                j -= units;
                r++;
            }
        }
    }
};

/* Whether what a phase reads from global memory is read before the product that precedes it, or,
 * where the product leaves no registers for it, before the barrier between them. */
template <int ROWS> static constexpr bool is_early = ROWS < 4;

/* Keeps what is kept of both matrices, and clears the rows of states and gates, for there are rows
 * that no trial has, and paddings. */
template <int ROWS, int VEC>
static __device__ void prepare(const arrays<ROWS> &a, unsigned ld, const cuda_matrix &gates,
                               const cuda_matrix &candidate)
{
    cuda_keep<VEC>(const_cast<float *>(gates.kept), gates);
    cuda_keep<VEC>(const_cast<float *>(candidate.kept), candidate);
    for (unsigned i = threadIdx.x; i < 4 * ROWS * ld; i += SEQUENCE_THREADS)
        a.state[i] = 0;
}

/* Prefetches the tape of the block's rows in the bin at P: forward the inputs, backward all. */
static __device__ void prefetch_bin(const struct gru_sequence &s, const struct place &p,
                                    unsigned first, unsigned rows, bool backward)
{
    const unsigned H = (unsigned)s.units;

    cuda_prefetch(s.ru + place_at(p.bin + first, 2 * H, 0), rows * 2 * H);
    cuda_prefetch(s.c + place_at(p.bin + first, H, 0), rows * H);
    if (!backward)
        return;
    cuda_prefetch(s.h + place_at(p.before + first, H, 0), rows * H);
    if (s.dstates)
        cuda_prefetch(s.dstates + place_at(p.bin + first, H, 0), rows * H);
    if (s.dstates && s.mask)
        cuda_prefetch(s.mask + place_at(p.bin + first, H, 0), rows * H);
}

/* What a bin's first phase backward reads, in a thread's share. */
template <int ROWS> struct bin_numbers {
    float h[ROWS], u[ROWS], c[ROWS], from_state[ROWS], mask[ROWS];

    __device__ void read(const struct gru_sequence &s, const struct place &p, unsigned first,
                         const share<ROWS> &own)
    {
        const unsigned H = own.units;

        CUDA_UNROLL
        for (int q = 0; q < ROWS; q++) /* all: what keeps a value keeps a register */
            h[q] = u[q] = c[q] = from_state[q] = mask[q] = 0;
        own.each([&](int q, unsigned r, unsigned j) {
            size_t at = place_at(p.bin + first + r, H, j);

            h[q] = s.h[place_at(p.before + first + r, H, j)];
            c[q] = s.c[at];
            u[q] = s.ru[place_at(p.bin + first + r, 2 * H, H + j)];
            from_state[q] = s.dstates ? s.dstates[at] : 0;
            mask[q] = s.dstates && s.mask ? s.mask[at] : 1;
        });
    }
};

template <int ROWS, int VEC>
static __global__ void __launch_bounds__(SEQUENCE_THREADS, 1)
    sequence_kernel(struct gru_sequence s, cuda_plan plan)
{
    SHARED_MEMORY(float, memory);
    const unsigned H = (unsigned)s.units, ld = plan.padded;
    const arrays<ROWS> a(memory, plan, H);
    const unsigned first = blockIdx.x * ROWS, bins = (unsigned)s.bins;
    const unsigned left = (unsigned)s.rows - first, some = left < ROWS ? left : ROWS;
    const share<ROWS> own(some, H);
    const cuda_matrix gates = {s.h_ru, a.kept, H, 2 * H, plan.kept};
    const cuda_matrix candidate = {s.rh_c, a.kept + plan.kept * 2 * H, H, H, plan.kept};

    prepare<ROWS, VEC>(a, ld, gates, candidate);
    for (unsigned j = threadIdx.x; j < 3 * H; j += SEQUENCE_THREADS)
        a.bias[j] = j < H ? s.b_ru[j] : j < 2 * H ? s.b_ru[j] + 1 : s.b_c[j - 2 * H];
    __syncthreads();
    own.each([&](int, unsigned r, unsigned j) {
        a.state[r * ld + j] =
            s.h[place_at(place_of(s, s.reverse ? bins - 1 : 0).before + first + r, H, j)];
    });
    __syncthreads();
    for (unsigned i = 0; i < bins; i++) {
        unsigned t = s.reverse ? bins - 1 - i : i;
        const struct place p = place_of(s, t);
        float r_in[ROWS] = {}, u_in[ROWS] = {};
        auto read_gates = [&] {
            if (s.has_inputs)
                own.each([&](int q, unsigned r, unsigned j) {
                    const float *in = s.ru + place_at(p.bin + first + r, 2 * H, j);

                    r_in[q] = in[0];
                    u_in[q] = in[H];
                });
        };

        if (s.has_inputs && i + 1 < bins && !s.one_bin)
            prefetch_bin(s, place_of(s, s.reverse ? t - 1 : t + 1), first, some, false);
        if (is_early<ROWS>)
            read_gates();
        cuda_multiply<ROWS, VEC>(a.partial, a.state, ld, gates);
        if (!is_early<ROWS>)
            read_gates();
        __syncthreads();
        own.each([&](int q, unsigned r, unsigned j) {
            unsigned row = p.bin + first + r;
            float of_r = cuda_gather<ROWS>(a.partial, cuda_slices(2 * H, VEC), 2 * H, r, j);
            float of_u = cuda_gather<ROWS>(a.partial, cuda_slices(2 * H, VEC), 2 * H, r, H + j);
            float reset = cuda_sigmoid((s.has_inputs ? r_in[q] + of_r : of_r) + a.bias[j]);
            float update = cuda_sigmoid((s.has_inputs ? u_in[q] + of_u : of_u) + a.bias[H + j]);

            s.ru[place_at(row, 2 * H, j)] = reset;
            s.ru[place_at(row, 2 * H, H + j)] = a.gate[r * ld + j] = update;
            s.rh[place_at(row, H, j)] = a.side[r * ld + j] = reset * a.state[r * ld + j];
        });
        __syncthreads();
        float c_in[ROWS] = {};
        auto read_candidate = [&] {
            if (s.has_inputs)
                own.each([&](int q, unsigned r, unsigned j) {
                    c_in[q] = s.c[place_at(p.bin + first + r, H, j)];
                });
        };

        if (is_early<ROWS>)
            read_candidate();
        cuda_multiply<ROWS, VEC>(a.partial, a.side, ld, candidate);
        if (!is_early<ROWS>)
            read_candidate();
        __syncthreads();
        own.each([&](int q, unsigned r, unsigned j) {
            float *h = a.state + r * ld + j;
            float sum = cuda_gather<ROWS>(a.partial, cuda_slices(H, VEC), H, r, j);
            float made = tanhf((s.has_inputs ? c_in[q] + sum : sum) + a.bias[2 * H + j]);

            s.c[place_at(p.bin + first + r, H, j)] = made;
            *h = cuda_clip(cuda_blend(a.gate[r * ld + j], *h, made), s.clip);
            s.h[place_at(p.after + first + r, H, j)] = *h;
        });
        __syncthreads();
    }
}

template <int ROWS, int VEC>
static __global__ void __launch_bounds__(SEQUENCE_THREADS, 1)
    sequence_backward_kernel(struct gru_sequence s, cuda_plan plan)
{
    SHARED_MEMORY(float, memory);
    const unsigned H = (unsigned)s.units, ld = plan.padded;
    const arrays<ROWS> a(memory, plan, H);
    const unsigned first = blockIdx.x * ROWS, bins = (unsigned)s.bins;
    const unsigned left = (unsigned)s.rows - first, some = left < ROWS ? left : ROWS;
    const share<ROWS> own(some, H);
    /* gradients of both gates stand side by side, without a gap between r and u */
    const unsigned ld_gate = 2 * ld;
    const cuda_matrix gates = {s.h_ru, a.kept, 2 * H, H, 2 * plan.kept};
    const cuda_matrix candidate = {s.rh_c, a.kept + plan.kept * 2 * H, H, H, plan.kept};
    bin_numbers<ROWS> now;

    prepare<ROWS, VEC>(a, ld, gates, candidate);
    __syncthreads();
    own.each([&](int, unsigned r, unsigned j) {
        a.state[r * ld + j] = s.dh[place_at(first + r, H, j)];
    });
    if (is_early<ROWS>)
        now.read(s, place_of(s, s.reverse ? 0 : bins - 1), first, own);
    __syncthreads();
    for (unsigned i = bins; i-- > 0;) {
        unsigned t = s.reverse ? bins - 1 - i : i, next = s.reverse ? t + 1 : t - 1;
        const struct place p = place_of(s, t);

        if (i > 0)
            prefetch_bin(s, place_of(s, next), first, some, true);
        if (!is_early<ROWS>)
            now.read(s, p, first, own);
        own.each([&](int q, unsigned r, unsigned j) {
            unsigned row = p.bin + first + r;
            float *dh = a.state + r * ld + j;

            if (s.dstates)
                *dh += now.from_state[q] * now.mask[q];
            struct cuda_state_gradient d =
                cuda_state_backward(*dh, now.h[q], now.c[q], now.u[q], s.clip);

            *dh = d.h;
            s.c[place_at(row, H, j)] = a.side[r * ld + j] = d.c;
            s.ru[place_at(row, 2 * H, H + j)] = a.gate[r * ld_gate + H + j] = d.u;
        });
        __syncthreads();
        float h[ROWS] = {}, reset[ROWS] = {};
        auto read_reset = [&] {
            own.each([&](int q, unsigned r, unsigned j) {
                h[q] = s.h[place_at(p.before + first + r, H, j)];
                reset[q] = s.ru[place_at(p.bin + first + r, 2 * H, j)];
            });
        };

        if (is_early<ROWS>)
            read_reset();
        cuda_multiply<ROWS, VEC>(a.partial, a.side, ld, candidate);
        if (!is_early<ROWS>)
            read_reset();
        __syncthreads();
        own.each([&](int q, unsigned r, unsigned j) {
            float drh = cuda_gather<ROWS>(a.partial, cuda_slices(H, VEC), H, r, j);

            a.state[r * ld + j] += drh * reset[q];
            s.ru[place_at(p.bin + first + r, 2 * H, j)] = a.gate[r * ld_gate + j] =
                cuda_reset_gradient(drh, h[q], reset[q]);
        });
        __syncthreads();
        if (is_early<ROWS> && i > 0)
            now.read(s, place_of(s, next), first, own);
        cuda_multiply<ROWS, VEC>(a.partial, a.gate, ld_gate, gates);
        __syncthreads();
        /* a thread goes on with the numbers that it gathers here: no barrier is needed after it */
        own.each([&](int, unsigned r, unsigned j) {
            a.state[r * ld + j] += cuda_gather<ROWS>(a.partial, cuda_slices(H, VEC), H, r, j);
        });
    }
    own.each([&](int, unsigned r, unsigned j) {
        s.dh[place_at(first + r, H, j)] = a.state[r * ld + j];
    });
}

/* ---- choosing ---- */

typedef void sequence_function(struct gru_sequence, cuda_plan);

enum { CHOICES = 4 };
static const unsigned rows_of[CHOICES] = {1, 2, 4, 8};
/* [backward][vectors of four][choice] */
static sequence_function *const kernels[2][2][CHOICES] = {
    {{sequence_kernel<1, 1>, sequence_kernel<2, 1>, sequence_kernel<4, 1>, sequence_kernel<8, 1>},
     {sequence_kernel<1, 4>, sequence_kernel<2, 4>, sequence_kernel<4, 4>, sequence_kernel<8, 4>}},
    {{sequence_backward_kernel<1, 1>, sequence_backward_kernel<2, 1>,
      sequence_backward_kernel<4, 1>, sequence_backward_kernel<8, 1>},
     {sequence_backward_kernel<1, 4>, sequence_backward_kernel<2, 4>,
      sequence_backward_kernel<4, 4>, sequence_backward_kernel<8, 4>}},
};

bool cuda_sequence_open(struct cuda_context *c)
{
    for (unsigned i = 0; i < 2 * 2 * CHOICES; i++)
        if (!cuda_check(c, cudaFuncSetAttribute(kernels[i / 8][i / 4 % 2][i % 4],
                                                cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                (int)c->shared_most)))
            return false;
    return true;
}

/* Bytes of a block's arrays but the weights. */
static size_t array_bytes(const cuda_plan &plan, unsigned rows, unsigned units)
{
    return (4 * rows * plan.padded + (3 * units + 3) / 4 * 4 + plan.partial) * sizeof(float);
}

/* The plan for ROWS rows a block with SHARED bytes; false where their arrays do not fit. */
static bool make_plan(cuda_plan *plan, size_t shared, unsigned rows, unsigned units, unsigned vec)
{
    unsigned of_gates = cuda_slices(2 * units, vec) * 2, of_state = cuda_slices(units, vec);
    size_t bytes;

    plan->padded = (units + UNROLL_K - 1) / UNROLL_K * UNROLL_K;
    plan->partial = rows * units * (of_gates > of_state ? of_gates : of_state);
    plan->partial = (plan->partial + 3) / 4 * 4;
    bytes = array_bytes(*plan, rows, units);
    if (bytes > shared)
        return false;
    plan->kept =
        (unsigned)cuda_least(units, (shared - bytes) / (3 * (size_t)units * sizeof(float)));
    plan->kept = plan->kept / UNROLL_K * UNROLL_K;
    return true;
}

/* The part of the device that a sequence has: after a fork other branches run beside it. */
struct device_model {
    double processors, pairs; /* PAIRS: multiplications with addition per cycle and processor */
};
static struct device_model device_model_of(const struct cuda_context *c)
{
    struct device_model m;

    m.processors = c->forked ? fmax(1, c->processors / MAX_BRANCHES) : c->processors;
    m.pairs = c->capability <= 80 ? 64 : 128;
    return m;
}

/* Clock cycles of a bin, as far as they can be told beforehand: a processor takes 64 bytes a cycle
 * from the second-level cache, all together about 24 times their number, and 128 from its shared
 * memory, where x is read too: at once for four columns of a thread, or for one. The two overlap.
 * Between products: about 150 instructions a number of a state, and what no instruction hides. */
static double cycles(const cuda_plan &plan, const struct device_model &m, size_t rows,
                     unsigned a_block, unsigned units, unsigned vec)
{
    double blocks = ceil((double)rows / a_block), at_once = fmin(blocks, m.processors);
    double numbers = 3.0 * units * units, streamed = 12.0 * units * (units - plan.kept);
    double x = a_block / (vec > 1 ? 8.0 : 2.0), between = 2000 + 150.0 / 128 * a_block * units;
    double worst = fmax(streamed / 64, streamed * at_once / (24 * m.processors));

    worst = fmax(worst, numbers * 4 / 128 * ((double)plan.kept / units + x));
    worst = fmax(worst, numbers * a_block / m.pairs);
    return ceil(blocks / m.processors) * (worst + between);
}

/* The same of the operations bin by bin: four launches of about 4 microseconds at 1.5 GHz, products
 * at 0.6 of what can be multiplied, and 14 numbers for each one of a state that elementwise kernels
 * read or write, of which a processor's share of the memory moves 3 a cycle. */
static double cycles_by_bins(const struct device_model &m, size_t rows, unsigned units)
{
    double numbers = 3.0 * units * units, state = (double)rows * units;

    return 4 * 4e-6 * 1.5e9 + numbers * (double)rows / (0.6 * m.pairs * m.processors) +
           14 * state / (3 * m.processors);
}

static bool is_by_four(const struct gru_sequence *s)
{
    return s->units % 4 == 0 && cuda_by_four(s->h_ru) && cuda_by_four(s->rh_c);
}

static void launch(struct cuda_context *c, const struct gru_sequence *s, bool backward,
                   unsigned choice, const cuda_plan &plan)
{
    unsigned units = (unsigned)s->units, rows = rows_of[choice];
    size_t shared = array_bytes(plan, rows, units) + (size_t)plan.kept * 3 * units * sizeof(float);

    cuda_launch(c, kernels[backward][is_by_four(s)][choice],
                dim3((unsigned)((s->rows + rows - 1) / rows)), dim3(SEQUENCE_THREADS), shared, *s,
                plan);
}

bool cuda_sequence_with(struct cuda_context *c, const struct gru_sequence *s, bool backward,
                        unsigned choice, size_t shared)
{
    cuda_plan plan;

    if (choice >= CHOICES ||
        !make_plan(&plan, shared, rows_of[choice], (unsigned)s->units, is_by_four(s) ? 4 : 1))
        return false;
    launch(c, s, backward, choice, plan);
    return true;
}

/* Runs the whole sequence in one kernel; false where that does not pay. It depends on sizes and the
 * device only. */
static bool run(struct cuda_context *c, const struct gru_sequence *s, bool backward)
{
    unsigned units = (unsigned)s->units, best = CHOICES, vec = is_by_four(s) ? 4 : 1;
    const struct device_model m = device_model_of(c);
    double least = cycles_by_bins(m, s->rows, units);
    cuda_plan plan, best_plan = {};

    if (s->units > MOST_UNITS || (s->bins + 1) * s->rows > UINT32_MAX)
        return false;
    for (unsigned i = 0; i < CHOICES; i++) {
        if (!make_plan(&plan, c->shared_most, rows_of[i], units, vec))
            continue;
        double estimate = cycles(plan, m, s->rows, rows_of[i], units, vec);

        if (estimate < least) {
            best = i;
            best_plan = plan;
            least = estimate;
        }
    }
    if (best == CHOICES)
        return false;
    launch(c, s, backward, best, best_plan);
    return true;
}

bool cuda_gru_sequence(SELF, const struct gru_sequence *sequence)
{
    return !sequence->rows || run(cuda_begin(self, __func__), sequence, false);
}

bool cuda_gru_sequence_backward(SELF, const struct gru_sequence *sequence)
{
    return !sequence->rows || run(cuda_begin(self, __func__), sequence, true);
}
