/* sequence.cu - a GRU's whole time loop in one kernel, forward and backward.
 *
 * A block carries a few trials through all bins and shares nothing with other blocks. States, gates
 * and as much of the recurrent weights as fit stay in shared memory; what is left of the weights
 * comes from the second-level cache, bin by bin, once for the block's trials. Networks whose
 * weights are too many for that to pay are composed of products and elementwise kernels, bin by
 * bin.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/sequence.h"

enum { MOST_UNITS = 384 }; /* of a sequence in one kernel */

/* Bin T's place in the tape; the slots of the states before and after it. */
struct place {
    size_t bin, before, after;
};
static __device__ struct place place_of(const struct gru_sequence &s, size_t t)
{
    struct place p;

    p.bin = s.one_bin ? 0 : t * s.rows;
    p.before = (s.reverse ? t + 1 : t) * s.rows;
    p.after = (s.reverse ? t : t + 1) * s.rows;
    return p;
}

/* Where the block's arrays lie in shared memory, each row padded to a multiple of BY. */
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

template <int ROWS, int VEC>
static __global__ void __launch_bounds__(SEQUENCE_THREADS, 1)
    sequence_kernel(struct gru_sequence s, cuda_plan plan)
{
    SHARED_MEMORY(float, memory);
    const unsigned H = (unsigned)s.units, ld = plan.padded;
    const arrays<ROWS> a(memory, plan, H);
    const size_t first = (size_t)blockIdx.x * ROWS;
    const unsigned some = s.rows - first < ROWS ? (unsigned)(s.rows - first) : ROWS;
    const cuda_matrix gates = {s.h_ru, a.kept, H, 2 * H, plan.kept};
    const cuda_matrix candidate = {s.rh_c, a.kept + plan.kept * 2 * H, H, H, plan.kept};
    const unsigned gate_slices = cuda_slices(2 * H, VEC), slices = cuda_slices(H, VEC);

    cuda_keep<VEC>(a.kept, gates);
    cuda_keep<VEC>(a.kept + plan.kept * 2 * H, candidate);
    for (unsigned i = threadIdx.x; i < 4 * ROWS * ld; i += SEQUENCE_THREADS)
        a.state[i] = 0; /* rows that are not there, and paddings */
    for (unsigned j = threadIdx.x; j < 3 * H; j += SEQUENCE_THREADS)
        a.bias[j] = j < H ? s.b_ru[j] : j < 2 * H ? s.b_ru[j] + 1 : s.b_c[j - 2 * H];
    __syncthreads();
    for (unsigned r = 0; r < some; r++)
        for (unsigned j = threadIdx.x; j < H; j += SEQUENCE_THREADS)
            a.state[r * ld + j] = s.h[((s.reverse ? s.bins : 0) * s.rows + first + r) * H + j];
    __syncthreads();
    for (size_t i = 0; i < s.bins; i++) {
        size_t t = s.reverse ? s.bins - 1 - i : i;
        const struct place p = place_of(s, t);

        if (s.has_inputs && i + 1 < s.bins && !s.one_bin) {
            size_t next = place_of(s, s.reverse ? t - 1 : t + 1).bin + first;

            cuda_ask_for(s.ru + next * 2 * H, some * 2 * H);
            cuda_ask_for(s.c + next * H, some * H);
        }
        cuda_multiply<ROWS, VEC>(a.partial, a.state, ld, gates);
        __syncthreads();
        for (unsigned r = 0; r < some; r++)
            for (unsigned j = threadIdx.x; j < 2 * H; j += SEQUENCE_THREADS) {
                size_t row = p.bin + first + r;
                float *ru = s.ru + row * 2 * H + j;
                float sum = cuda_gather<ROWS>(a.partial, gate_slices, 2 * H, r, j);
                float g = cuda_sigmoid((s.has_inputs ? *ru + sum : sum) + a.bias[j]);

                *ru = g;
                if (j < H)
                    s.rh[row * H + j] = a.side[r * ld + j] = g * a.state[r * ld + j];
                else
                    a.gate[r * ld + j - H] = g;
            }
        __syncthreads();
        cuda_multiply<ROWS, VEC>(a.partial, a.side, ld, candidate);
        __syncthreads();
        for (unsigned r = 0; r < some; r++)
            for (unsigned j = threadIdx.x; j < H; j += SEQUENCE_THREADS) {
                float *c = s.c + (p.bin + first + r) * H + j, *h = a.state + r * ld + j;
                float sum = cuda_gather<ROWS>(a.partial, slices, H, r, j);
                float made = tanhf((s.has_inputs ? *c + sum : sum) + a.bias[2 * H + j]);

                *c = made;
                *h = cuda_clip(cuda_blend(a.gate[r * ld + j], *h, made), s.clip);
                s.h[(p.after + first + r) * H + j] = *h;
            }
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
    const size_t first = (size_t)blockIdx.x * ROWS;
    const unsigned some = s.rows - first < ROWS ? (unsigned)(s.rows - first) : ROWS;
    /* gradients of both gates stand side by side, without a gap between r and u */
    const unsigned ld_gate = 2 * ld;
    const cuda_matrix gates = {s.h_ru, a.kept, 2 * H, H, 2 * plan.kept};
    const cuda_matrix candidate = {s.rh_c, a.kept + plan.kept * 2 * H, H, H, plan.kept};
    const unsigned slices = cuda_slices(H, VEC);

    cuda_keep<VEC>(a.kept, gates);
    cuda_keep<VEC>(a.kept + plan.kept * 2 * H, candidate);
    for (unsigned i = threadIdx.x; i < 4 * ROWS * ld; i += SEQUENCE_THREADS)
        a.state[i] = 0;
    __syncthreads();
    for (unsigned r = 0; r < some; r++)
        for (unsigned j = threadIdx.x; j < H; j += SEQUENCE_THREADS)
            a.state[r * ld + j] = s.dh[(first + r) * H + j];
    __syncthreads();
    for (size_t i = s.bins; i-- > 0;) {
        size_t t = s.reverse ? s.bins - 1 - i : i;
        const struct place p = place_of(s, t);

        if (i > 0) {
            const struct place next = place_of(s, s.reverse ? t + 1 : t - 1);

            cuda_ask_for(s.ru + (next.bin + first) * 2 * H, some * 2 * H);
            cuda_ask_for(s.c + (next.bin + first) * H, some * H);
            cuda_ask_for(s.h + (next.before + first) * H, some * H);
            if (s.dstates)
                cuda_ask_for(s.dstates + (next.bin + first) * H, some * H);
        }
        for (unsigned r = 0; r < some; r++)
            for (unsigned j = threadIdx.x; j < H; j += SEQUENCE_THREADS) {
                size_t at = (p.bin + first + r) * H + j;
                float *u = s.ru + (p.bin + first + r) * 2 * H + H + j, *dh = a.state + r * ld + j;

                if (s.dstates)
                    *dh += s.dstates[at] * (s.mask ? s.mask[at] : 1);
                struct cuda_state_gradient d = cuda_state_backward(
                    *dh, s.h[(p.before + first + r) * H + j], s.c[at], *u, s.clip);

                *dh = d.h;
                s.c[at] = a.side[r * ld + j] = d.c;
                *u = a.gate[r * ld_gate + H + j] = d.u;
            }
        __syncthreads();
        cuda_multiply<ROWS, VEC>(a.partial, a.side, ld, candidate);
        __syncthreads();
        for (unsigned r = 0; r < some; r++)
            for (unsigned j = threadIdx.x; j < H; j += SEQUENCE_THREADS) {
                float *reset = s.ru + (p.bin + first + r) * 2 * H + j;
                float h = s.h[(p.before + first + r) * H + j];
                float drh = cuda_gather<ROWS>(a.partial, slices, H, r, j);

                a.state[r * ld + j] += drh * *reset;
                *reset = a.gate[r * ld_gate + j] = cuda_reset_gradient(drh, h, *reset);
            }
        __syncthreads();
        cuda_multiply<ROWS, VEC>(a.partial, a.gate, ld_gate, gates);
        __syncthreads();
        /* a thread goes on with the columns that it gathers here: no barrier is needed after it */
        for (unsigned r = 0; r < some; r++)
            for (unsigned j = threadIdx.x; j < H; j += SEQUENCE_THREADS)
                a.state[r * ld + j] += cuda_gather<ROWS>(a.partial, slices, H, r, j);
    }
    for (unsigned r = 0; r < some; r++)
        for (unsigned j = threadIdx.x; j < H; j += SEQUENCE_THREADS)
            s.dh[(first + r) * H + j] = a.state[r * ld + j];
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

/* The plan for ROWS rows a block; false where their arrays do not fit. */
static bool make_plan(cuda_plan *plan, const struct cuda_context *c, unsigned rows, unsigned units,
                      unsigned vec)
{
    unsigned of_gates = cuda_slices(2 * units, vec) * 2, of_state = cuda_slices(units, vec);
    size_t bytes;

    plan->padded = (units + BY - 1) / BY * BY;
    plan->partial = rows * units * (of_gates > of_state ? of_gates : of_state);
    plan->partial = (plan->partial + 3) / 4 * 4;
    bytes = array_bytes(*plan, rows, units);
    if (bytes > c->shared_most)
        return false;
    plan->kept =
        (unsigned)cuda_least(units, (c->shared_most - bytes) / (3 * (size_t)units * sizeof(float)));
    plan->kept = plan->kept / BY * BY;
    return true;
}

/* Clock cycles of a bin, as far as they can be told beforehand: a processor takes 64 bytes a cycle
 * from the second-level cache, all together about 24 times their number, and 128 from its shared
 * memory; it multiplies 128 pairs. */
static double cycles(const cuda_plan &plan, const struct cuda_context *c, size_t rows,
                     unsigned a_block, unsigned units)
{
    double blocks = ceil((double)rows / a_block), at_once = fmin(blocks, c->processors);
    double numbers = 3.0 * units * units, streamed = 12.0 * units * (units - plan.kept);
    double worst = fmax(streamed / 64, streamed * at_once / (24.0 * c->processors));

    worst = fmax(worst, numbers * 4 / 128 * (1 + a_block / 16.0));
    worst = fmax(worst, numbers * a_block / 128);
    return ceil(blocks / c->processors) * worst;
}

static bool aligned(const void *memory) { return (uintptr_t)memory % sizeof(float4) == 0; }

/* Runs the whole sequence in one kernel; false where that does not pay. */
static bool run(struct cuda_context *c, const struct gru_sequence *s, bool backward)
{
    bool by_four = s->units % 4 == 0 && aligned(s->h_ru) && aligned(s->rh_c);
    unsigned units = (unsigned)s->units, best = CHOICES;
    double least = 0;
    cuda_plan plan, best_plan = {};

    if (s->units > MOST_UNITS)
        return false;
    for (unsigned i = 0; i < CHOICES; i++) {
        if (!make_plan(&plan, c, rows_of[i], units, by_four ? 4 : 1))
            continue;
        double estimate = cycles(plan, c, s->rows, rows_of[i], units);

        if (best == CHOICES || estimate < least) {
            best = i;
            best_plan = plan;
            least = estimate;
        }
    }
    if (best == CHOICES)
        return false;
    size_t shared = array_bytes(best_plan, rows_of[best], units) +
                    (size_t)best_plan.kept * 3 * units * sizeof(float);

    cuda_launch(c, kernels[backward][by_four][best],
                dim3((unsigned)((s->rows + rows_of[best] - 1) / rows_of[best])),
                dim3(SEQUENCE_THREADS), shared, *s, best_plan);
    return true;
}

/* ---- the composition ---- */

static void compose(SELF, const struct gru_sequence *s)
{
    size_t H = s->units, rows = s->rows;

    for (size_t i = 0; i < s->bins; i++) {
        size_t t = s->reverse ? s->bins - 1 - i : i, bin = s->one_bin ? 0 : t * rows;
        const float *h = s->h + (s->reverse ? t + 1 : t) * rows * H;
        float *ru = s->ru + bin * 2 * H, *rh = s->rh + bin * H, *c = s->c + bin * H;

        cuda_product(self, ru, 2 * H, h, H, false, s->h_ru, 2 * H, false, rows, 2 * H, H,
                     s->has_inputs);
        cuda_gru_gates(self, ru, rh, s->b_ru, h, rows, H);
        cuda_product(self, c, H, rh, H, false, s->rh_c, H, false, rows, H, H, s->has_inputs);
        cuda_gru_state(self, s->h + (s->reverse ? t : t + 1) * rows * H, c, s->b_c, ru, h, s->clip,
                       rows, H);
    }
}

static void compose_backward(SELF, const struct gru_sequence *s)
{
    size_t H = s->units, rows = s->rows;

    for (size_t i = s->bins; i-- > 0;) {
        size_t t = s->reverse ? s->bins - 1 - i : i, bin = t * rows;
        const float *h = s->h + (s->reverse ? t + 1 : t) * rows * H;
        float *ru = s->ru + bin * 2 * H, *c = s->c + bin * H;

        if (s->dstates)
            cuda_add_masked(self, s->dh, H, s->dstates + bin * H, H,
                            s->mask ? s->mask + bin * H : NULL, H, rows, H);
        cuda_gru_state_backward(self, s->dh, c, ru, s->dh, h, s->clip, rows, H);
        cuda_product(self, s->drh, H, c, H, false, s->rh_c, H, false, rows, H, H, false);
        cuda_gru_gates_backward(self, s->dh, ru, s->drh, h, rows, H);
        cuda_product(self, s->dh, H, ru, 2 * H, false, s->h_ru, H, false, rows, H, 2 * H, true);
    }
}

void cuda_gru_sequence(SELF, const struct gru_sequence *sequence)
{
    if (sequence->rows && !run(cuda_begin(self, __func__), sequence, false))
        compose(self, sequence);
}

void cuda_gru_sequence_backward(SELF, const struct gru_sequence *sequence)
{
    if (sequence->rows && !run(cuda_begin(self, __func__), sequence, true))
        compose_backward(self, sequence);
}
