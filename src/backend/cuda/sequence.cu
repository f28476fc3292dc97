/* sequence.cu - a GRU's whole time loop in one kernel, forward and backward.
 *
 * A block carries a few trials through all bins and shares nothing with other blocks. States, gates
 * and as many rows of the recurrent weights as fit stay in shared memory; the other rows are read
 * from the L2 cache, once per bin for all trials of the block. sequence_plan.cu decides when this
 * pays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/sequence.h"

/* Rows of the tape in bin T, and of the states before and after it. */
struct bin_rows {
    unsigned bin, before, after;
};
static __device__ struct bin_rows rows_of_bin(const struct gru_sequence &s, unsigned t)
{
    const unsigned rows = (unsigned)s.rows;
    struct bin_rows p;

    p.bin = s.one_bin ? 0 : t * rows;
    p.before = (s.reverse ? t + 1 : t) * rows;
    p.after = (s.reverse ? t : t + 1) * rows;
    return p;
}

/* The index of element J of row ROW, for rows of N elements. */
static __device__ size_t element(unsigned row, unsigned n, unsigned j)
{
    return (size_t)row * n + j;
}

/* The block's arrays in shared memory, each row padded to a multiple of UNROLL_K. */
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

/* The elements that a thread owns of the block's rows of H units, the same in all phases: elements
 * thread, thread + threads, ... of the concatenated rows. */
template <int ROWS> struct thread_elements {
    unsigned count, units, first_row, first_unit;

    __device__ thread_elements(unsigned rows, unsigned units_) : count(rows * units_), units(units_)
    {
        first_row = threadIdx.x / units;
        first_unit = threadIdx.x % units;
    }
    /* Calls BODY(index among the thread's elements, row, unit). */
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

/* Whether a phase reads from global memory before the product that precedes it. With more rows the
 * product needs the registers, so the phase reads between the product and the barrier. */
template <int ROWS> static constexpr bool is_early = ROWS < 4;

/* Loads the kept rows of both matrices, and clears the rows of states and gates: their paddings and
 * rows without a trial are read, too. */
template <int ROWS, int VEC>
static __device__ void prepare(const arrays<ROWS> &a, unsigned ld, const cuda_matrix &gates,
                               const cuda_matrix &candidate)
{
    cuda_keep<VEC>(const_cast<float *>(gates.kept), gates);
    cuda_keep<VEC>(const_cast<float *>(candidate.kept), candidate);
    for (unsigned i = threadIdx.x; i < 4 * ROWS * ld; i += SEQUENCE_THREADS)
        a.state[i] = 0;
}

/* Whether the state after the bin whose first row is ROW has a gradient of its own. */
static __device__ bool has_gradient(const struct gru_sequence &s, unsigned row)
{
    return s.dstates.x && row >= s.dstates.first * s.rows &&
           row < (s.dstates.first + s.dstates.count) * s.rows;
}

/* Prefetches the tape of the block's rows in the bin at P: the inputs if forward, all if backward.
 */
static __device__ void prefetch_bin(const struct gru_sequence &s, const struct bin_rows &p,
                                    unsigned first, unsigned rows, bool backward)
{
    const unsigned H = (unsigned)s.units;

    cuda_prefetch(s.ru + element(p.bin + first, 2 * H, 0), rows * 2 * H);
    cuda_prefetch(s.c + element(p.bin + first, H, 0), rows * H);
    if (!backward)
        return;
    cuda_prefetch(s.h + element(p.before + first, H, 0), rows * H);
    if (has_gradient(s, p.bin)) {
        const unsigned row = p.bin + first - (unsigned)(s.dstates.first * s.rows);
        const unsigned ldx = (unsigned)s.dstates.ldx, ldm = (unsigned)s.dstates.ldm;

        cuda_prefetch(s.dstates.x + element(row, ldx, 0), (rows - 1) * ldx + H);
        if (s.dstates.mask)
            cuda_prefetch(s.dstates.mask + element(row, ldm, 0), (rows - 1) * ldm + H);
    }
}

/* ---- forward ---- */

/* Loads the biases and the initial states; barriers before and after the states. */
template <int ROWS>
static __device__ void begin(const struct gru_sequence &s, const arrays<ROWS> &a,
                             const thread_elements<ROWS> &elements, unsigned ld, unsigned first)
{
    const unsigned H = (unsigned)s.units, bins = (unsigned)s.bins;

    for (unsigned j = threadIdx.x; j < 3 * H; j += SEQUENCE_THREADS)
        a.bias[j] = j < H ? s.b_ru[j] : j < 2 * H ? s.b_ru[j] + 1 : s.b_c[j - 2 * H];
    __syncthreads();
    elements.each([&](int, unsigned r, unsigned j) {
        a.state[r * ld + j] =
            s.h[element(rows_of_bin(s, s.reverse ? bins - 1 : 0).before + first + r, H, j)];
    });
    __syncthreads();
}

/* Gates and r*h of the bin at P from the slices' sums and the gates' inputs. */
template <int ROWS, int VEC>
static __device__ inline void gates_forward(const struct gru_sequence &s, const arrays<ROWS> &a,
                                            const thread_elements<ROWS> &elements, unsigned ld,
                                            unsigned first, const struct bin_rows &p,
                                            const float (&r_in)[ROWS], const float (&u_in)[ROWS])
{
    const unsigned H = (unsigned)s.units;

    elements.each([&](int q, unsigned r, unsigned j) {
        unsigned row = p.bin + first + r;
        float sum_r = cuda_gather<ROWS>(a.partial, cuda_slices(2 * H, VEC), 2 * H, r, j);
        float sum_u = cuda_gather<ROWS>(a.partial, cuda_slices(2 * H, VEC), 2 * H, r, H + j);
        float reset = cuda_sigmoid((s.has_inputs ? r_in[q] + sum_r : sum_r) + a.bias[j]);
        float update = cuda_sigmoid((s.has_inputs ? u_in[q] + sum_u : sum_u) + a.bias[H + j]);

        s.ru[element(row, 2 * H, j)] = reset;
        s.ru[element(row, 2 * H, H + j)] = a.gate[r * ld + j] = update;
        s.rh[element(row, H, j)] = a.side[r * ld + j] = reset * a.state[r * ld + j];
    });
}

/* Candidate and new state of the bin at P from the slices' sums and the candidate's input. */
template <int ROWS, int VEC>
static __device__ inline void state_forward(const struct gru_sequence &s, const arrays<ROWS> &a,
                                            const thread_elements<ROWS> &elements, unsigned ld,
                                            unsigned first, const struct bin_rows &p,
                                            const float (&c_in)[ROWS])
{
    const unsigned H = (unsigned)s.units;

    elements.each([&](int q, unsigned r, unsigned j) {
        float *h = a.state + r * ld + j;
        float sum = cuda_gather<ROWS>(a.partial, cuda_slices(H, VEC), H, r, j);
        float c = tanhf((s.has_inputs ? c_in[q] + sum : sum) + a.bias[2 * H + j]);

        s.c[element(p.bin + first + r, H, j)] = c;
        *h = cuda_clip(cuda_blend(a.gate[r * ld + j], *h, c), s.clip);
        s.h[element(p.after + first + r, H, j)] = *h;
    });
}

template <int ROWS, int VEC>
static __global__ void __launch_bounds__(SEQUENCE_THREADS, 1)
    sequence_kernel(struct gru_sequence s, cuda_plan plan)
{
    SHARED_MEMORY(float, memory);
    const unsigned H = (unsigned)s.units, ld = plan.padded;
    const arrays<ROWS> a(memory, plan, H);
    const unsigned first = blockIdx.x * ROWS, bins = (unsigned)s.bins;
    const unsigned remaining = (unsigned)s.rows - first,
                   n_rows = remaining < ROWS ? remaining : ROWS;
    const thread_elements<ROWS> elements(n_rows, H);
    const cuda_matrix gates = {s.h_ru, a.kept, H, 2 * H, plan.kept};
    const cuda_matrix candidate = {s.rh_c, a.kept + plan.kept * 2 * H, H, H, plan.kept};

    prepare<ROWS, VEC>(a, ld, gates, candidate);
    begin<ROWS>(s, a, elements, ld, first);
    for (unsigned i = 0; i < bins; i++) {
        unsigned t = s.reverse ? bins - 1 - i : i;
        const struct bin_rows p = rows_of_bin(s, t);
        float r_in[ROWS] = {}, u_in[ROWS] = {}, c_in[ROWS] = {};
        auto read_gates = [&] {
            if (s.has_inputs)
                elements.each([&](int q, unsigned r, unsigned j) {
                    const float *in = s.ru + element(p.bin + first + r, 2 * H, j);

                    r_in[q] = in[0];
                    u_in[q] = in[H];
                });
        };
        auto read_candidate = [&] {
            if (s.has_inputs)
                elements.each([&](int q, unsigned r, unsigned j) {
                    c_in[q] = s.c[element(p.bin + first + r, H, j)];
                });
        };

        if (s.has_inputs && i + 1 < bins && !s.one_bin)
            prefetch_bin(s, rows_of_bin(s, s.reverse ? t - 1 : t + 1), first, n_rows, false);
        if (is_early<ROWS>)
            read_gates();
        cuda_multiply<ROWS, VEC>(a.partial, a.state, ld, gates);
        if (!is_early<ROWS>)
            read_gates();
        __syncthreads();
        gates_forward<ROWS, VEC>(s, a, elements, ld, first, p, r_in, u_in);
        __syncthreads();
        if (is_early<ROWS>)
            read_candidate();
        cuda_multiply<ROWS, VEC>(a.partial, a.side, ld, candidate);
        if (!is_early<ROWS>)
            read_candidate();
        __syncthreads();
        state_forward<ROWS, VEC>(s, a, elements, ld, first, p, c_in);
        __syncthreads();
    }
}

/* ---- backward ---- */

/* What the first phase of a bin reads of the tape, for the thread's elements. */
template <int ROWS> struct bin_values {
    float h[ROWS], u[ROWS], c[ROWS], from_state[ROWS], mask[ROWS];

    __device__ void read(const struct gru_sequence &s, const struct bin_rows &p, unsigned first,
                         const thread_elements<ROWS> &elements)
    {
        const unsigned H = elements.units, ldx = (unsigned)s.dstates.ldx;
        const unsigned ldm = (unsigned)s.dstates.ldm;
        const unsigned row = p.bin + first - (unsigned)(s.dstates.first * s.rows);
        const bool given = has_gradient(s, p.bin);

        CUDA_UNROLL
        for (int q = 0; q < ROWS; q++) /* sets all: a value that lives on occupies a register */
            h[q] = u[q] = c[q] = from_state[q] = mask[q] = 0;
        elements.each([&](int q, unsigned r, unsigned j) {
            size_t index = element(p.bin + first + r, H, j);

            h[q] = s.h[element(p.before + first + r, H, j)];
            c[q] = s.c[index];
            u[q] = s.ru[element(p.bin + first + r, 2 * H, H + j)];
            from_state[q] = given ? s.dstates.x[element(row + r, ldx, j)] : 0;
            mask[q] = given && s.dstates.mask ? s.dstates.mask[element(row + r, ldm, j)] : 1;
        });
    }
};

/* From the gradient of the state after the bin at P to that of the state before it as far as it
 * passes directly, of the candidate and of the update gate. */
template <int ROWS>
static __device__ inline void state_backward(const struct gru_sequence &s, const arrays<ROWS> &a,
                                             const thread_elements<ROWS> &elements, unsigned ld,
                                             unsigned first, const struct bin_rows &p,
                                             const bin_values<ROWS> &values)
{
    const unsigned H = (unsigned)s.units, ld_gate = 2 * ld;

    elements.each([&](int q, unsigned r, unsigned j) {
        unsigned row = p.bin + first + r;
        float *dh = a.state + r * ld + j;

        if (s.dstates.x)
            *dh += values.from_state[q] * values.mask[q];
        struct cuda_state_gradient d =
            cuda_state_backward(*dh, values.h[q], values.c[q], values.u[q], s.clip);

        *dh = d.h;
        s.c[element(row, H, j)] = a.side[r * ld + j] = d.c;
        s.ru[element(row, 2 * H, H + j)] = a.gate[r * ld_gate + H + j] = d.u;
    });
}

/* The product with the candidate's weights in the bin at P, and from its sums the gradient of the
 * reset gate. */
template <int ROWS, int VEC>
static __device__ inline void reset_backward(const struct gru_sequence &s, const arrays<ROWS> &a,
                                             const thread_elements<ROWS> &elements, unsigned ld,
                                             unsigned first, const struct bin_rows &p,
                                             const cuda_matrix &candidate)
{
    const unsigned H = (unsigned)s.units, ld_gate = 2 * ld;
    float h[ROWS] = {}, reset[ROWS] = {};
    auto read_reset = [&] {
        elements.each([&](int q, unsigned r, unsigned j) {
            h[q] = s.h[element(p.before + first + r, H, j)];
            reset[q] = s.ru[element(p.bin + first + r, 2 * H, j)];
        });
    };

    if (is_early<ROWS>)
        read_reset();
    cuda_multiply<ROWS, VEC>(a.partial, a.side, ld, candidate);
    if (!is_early<ROWS>)
        read_reset();
    __syncthreads();
    elements.each([&](int q, unsigned r, unsigned j) {
        float drh = cuda_gather<ROWS>(a.partial, cuda_slices(H, VEC), H, r, j);

        a.state[r * ld + j] += drh * reset[q];
        s.ru[element(p.bin + first + r, 2 * H, j)] = a.gate[r * ld_gate + j] =
            cuda_reset_gradient(drh, h[q], reset[q]);
    });
}

template <int ROWS, int VEC>
static __global__ void __launch_bounds__(SEQUENCE_THREADS, 1)
    sequence_backward_kernel(struct gru_sequence s, cuda_plan plan)
{
    SHARED_MEMORY(float, memory);
    const unsigned H = (unsigned)s.units, ld = plan.padded;
    const arrays<ROWS> a(memory, plan, H);
    const unsigned first = blockIdx.x * ROWS, bins = (unsigned)s.bins;
    const unsigned remaining = (unsigned)s.rows - first,
                   n_rows = remaining < ROWS ? remaining : ROWS;
    const thread_elements<ROWS> elements(n_rows, H);
    /* a row of gates' gradients is r's and u's without a gap between them */
    const cuda_matrix gates = {s.h_ru, a.kept, 2 * H, H, 2 * plan.kept};
    const cuda_matrix candidate = {s.rh_c, a.kept + plan.kept * 2 * H, H, H, plan.kept};
    bin_values<ROWS> values;

    prepare<ROWS, VEC>(a, ld, gates, candidate);
    __syncthreads();
    elements.each(
        [&](int, unsigned r, unsigned j) { a.state[r * ld + j] = s.dh[element(first + r, H, j)]; });
    if (is_early<ROWS>)
        values.read(s, rows_of_bin(s, s.reverse ? 0 : bins - 1), first, elements);
    __syncthreads();
    for (unsigned i = bins; i-- > 0;) {
        unsigned t = s.reverse ? bins - 1 - i : i, next = s.reverse ? t + 1 : t - 1;
        const struct bin_rows p = rows_of_bin(s, t);

        if (i > 0)
            prefetch_bin(s, rows_of_bin(s, next), first, n_rows, true);
        if (!is_early<ROWS>)
            values.read(s, p, first, elements);
        state_backward<ROWS>(s, a, elements, ld, first, p, values);
        __syncthreads();
        reset_backward<ROWS, VEC>(s, a, elements, ld, first, p, candidate);
        __syncthreads();
        if (is_early<ROWS> && i > 0)
            values.read(s, rows_of_bin(s, next), first, elements);
        cuda_multiply<ROWS, VEC>(a.partial, a.gate, 2 * ld, gates);
        __syncthreads();
        /* no barrier follows: in the next phase a thread reads the elements it writes here */
        elements.each([&](int, unsigned r, unsigned j) {
            a.state[r * ld + j] += cuda_gather<ROWS>(a.partial, cuda_slices(H, VEC), H, r, j);
        });
    }
    elements.each(
        [&](int, unsigned r, unsigned j) { s.dh[element(first + r, H, j)] = a.state[r * ld + j]; });
}

sequence_function *const cuda_sequence_kernels[2][2][SEQUENCE_CHOICES] = {
    {{sequence_kernel<1, 1>, sequence_kernel<2, 1>, sequence_kernel<4, 1>, sequence_kernel<8, 1>},
     {sequence_kernel<1, 4>, sequence_kernel<2, 4>, sequence_kernel<4, 4>, sequence_kernel<8, 4>}},
    {{sequence_backward_kernel<1, 1>, sequence_backward_kernel<2, 1>,
      sequence_backward_kernel<4, 1>, sequence_backward_kernel<8, 1>},
     {sequence_backward_kernel<1, 4>, sequence_backward_kernel<2, 4>,
      sequence_backward_kernel<4, 4>, sequence_backward_kernel<8, 4>}},
};
