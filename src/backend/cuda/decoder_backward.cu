/* decoder_backward.cu - the gradient of decoder.cu, from the last bin to the first.
 *
 * The kernel computes only what passes from bin to bin: the gradients in the tapes, of fed-back
 * factors and of u. Gradients of weights are products over all bins, computed later.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/decoder.h"

/* Starts to copy the generator's tape of bin T. */
static __device__ void fetch_generator(const struct decoder_block &b, unsigned t)
{
    const struct decoder_sequence &d = b.d;
    const unsigned G = (unsigned)d.gen.units, count = b.count() * G;
    const size_t offset = (t * d.gen.rows + b.first()) * G;

    cuda_fetch(b.of(GEN_RU), d.gen.ru + 2 * offset, 2 * count);
    cuda_fetch(b.of(GEN_C), d.gen.c + offset, count);
    cuda_fetch(b.of(GEN_START), d.gen.h + offset, count);
    if (d.out_mask)
        cuda_fetch(b.of(GEN_MASK), d.out_mask + offset, count);
}

static __device__ void fetch_controller(const struct decoder_block &b, unsigned t)
{
    const struct decoder_sequence &d = b.d;
    const unsigned C = (unsigned)d.con.units, count = b.count() * C;
    const size_t offset = (t * d.con.rows + b.first()) * C;

    cuda_fetch(b.of(CON_RU), d.con.ru + 2 * offset, 2 * count);
    cuda_fetch(b.of(CON_C), d.con.c + offset, count);
    cuda_fetch(b.of(CON_START), d.con.h + offset, count);
}

template <int VEC> static __device__ void begin(const struct decoder_block &b)
{
    const struct decoder_sequence &d = b.d;
    const unsigned C = (unsigned)d.con.units, G = (unsigned)d.gen.units, F = (unsigned)d.n_factors;
    const size_t last = d.con.bins * d.con.rows + b.first();

    decoder_begin<VEC>(b);
    FOR_ROW_COL(r, j, b.count(), C)
    {
        b.of(CON_H)[r * b.plan.con_ld + j] = d.con.dh[(size_t)(b.first() + r) * C + j];
    }
    FOR_ROW_COL(r, j, b.count(), G)
    {
        b.of(GEN_H)[r * b.plan.gen_ld + j] = d.gen.dh[(size_t)(b.first() + r) * G + j];
    }
    FOR_ROW_COL(r, j, b.count(), F)
    {
        b.of(FACTORS)[r * b.plan.factors_ld + j] = d.dfactors[(last + r) * F + j];
    }
    fetch_generator(b, (unsigned)d.con.bins - 1);
    fetch_controller(b, (unsigned)d.con.bins - 1);
    cuda_fetched();
    __syncthreads();
}

/* A cell's bin, for the code that both cells share. */
struct cell {
    const struct gru_sequence &s;
    enum decoder_recurrent gates_weights, candidate_weights;
    unsigned ld, gates_ld;
    float *dh, *side, *gates;    /* gradients */
    const float *ru, *c, *start; /* the tape's */
    size_t row;                  /* of the tape */
};
static __device__ inline struct cell generator_at(const struct decoder_block &b, unsigned t)
{
    return cell{b.d.gen,        GEN_GATE_WEIGHTS,    GEN_CANDIDATE_WEIGHTS,
                b.plan.gen_ld,  b.plan.gen_gates_ld, b.of(GEN_H),
                b.of(GEN_SIDE), b.of(GEN_GATES),     b.of(GEN_RU),
                b.of(GEN_C),    b.of(GEN_START),     t * b.d.gen.rows + b.first()};
}
static __device__ inline struct cell controller_at(const struct decoder_block &b, unsigned t)
{
    return cell{b.d.con,        CON_GATE_WEIGHTS,    CON_CANDIDATE_WEIGHTS,
                b.plan.con_ld,  b.plan.con_gates_ld, b.of(CON_H),
                b.of(CON_SIDE), b.of(CON_GATES),     b.of(CON_RU),
                b.of(CON_C),    b.of(CON_START),     t * b.d.con.rows + b.first()};
}

/* gru_state_backward for one unit, whose new state's gradient is DH. */
static __device__ inline void state_backward(const struct cell &cell, unsigned r, unsigned j,
                                             float dh)
{
    const unsigned H = (unsigned)cell.s.units;
    struct cuda_state_gradient d = cuda_state_backward(dh, cell.start[r * H + j], cell.c[r * H + j],
                                                       cell.ru[r * 2 * H + H + j], cell.s.clip);

    cell.dh[r * cell.ld + j] = d.h;
    cell.s.c[(cell.row + r) * H + j] = cell.side[r * cell.ld + j] = d.c;
    cell.s.ru[(cell.row + r) * 2 * H + H + j] = cell.gates[r * cell.gates_ld + H + j] = d.u;
}

/* gru_gates_backward, from the slices' sums of the gradient of r*h. */
template <int ROWS>
static __device__ inline void gates_backward(const struct decoder_block &b, const struct cell &cell)
{
    const unsigned H = (unsigned)cell.s.units;

    FOR_ROW_COL(r, j, b.count(), H)
    {
        float drh = b.sum<ROWS>(cell.candidate_weights, r, j);
        float reset = cell.ru[r * 2 * H + j];

        cell.dh[r * cell.ld + j] += drh * reset;
        cell.s.ru[(cell.row + r) * 2 * H + j] = cell.gates[r * cell.gates_ld + j] =
            cuda_reset_gradient(drh, cell.start[r * H + j], reset);
    }
}

/* Adds the gates' part of the gradient of the state before the bin. */
template <int ROWS>
static __device__ inline void join_gates(const struct decoder_block &b, const struct cell &cell)
{
    const unsigned H = (unsigned)cell.s.units;

    FOR_ROW_COL(r, j, b.count(), H)
    {
        cell.dh[r * cell.ld + j] += b.sum<ROWS>(cell.gates_weights, r, j);
    }
}

static __device__ inline void generator_state(const struct decoder_block &b,
                                              const struct cell &cell)
{
    const struct decoder_view weights = decoder_view_of(b, FACTOR_WEIGHTS);
    const unsigned G = (unsigned)cell.s.units;

    FOR_ROW_COL(r, j, b.count(), G)
    {
        float dout = decoder_wide(b.of(FACTORS) + r * b.plan.factors_ld, weights, j);

        if (b.d.out_mask)
            dout *= b.of(GEN_MASK)[r * G + j];
        state_backward(cell, r, j, cell.dh[r * cell.ld + j] + dout);
    }
}

static __device__ inline void controller_state(const struct decoder_block &b,
                                               const struct cell &cell)
{
    const struct decoder_view means = decoder_view_of(b, MEAN_WEIGHTS);
    const struct decoder_view logvars = decoder_view_of(b, LOGVAR_WEIGHTS);

    FOR_ROW_COL(r, j, b.count(), (unsigned)cell.s.units)
    {
        const float *posterior = b.of(DRIVE) + r * b.plan.drive_ld;
        float dh = cell.dh[r * cell.ld + j] + decoder_wide(posterior, means, j);

        state_backward(cell, r, j, dh + decoder_wide(posterior + b.d.inferred, logvars, j));
    }
}

/* The gradient of u's posterior in bin T, through the sample. Lane r of a warp stores row r. */
template <int ROWS> static __device__ inline void sample(const struct decoder_block &b, unsigned t)
{
    const struct decoder_sequence &d = b.d;
    const struct decoder_view gates = decoder_view_of(b, DRIVE_GATE_WEIGHTS);
    const struct decoder_view candidate = decoder_view_of(b, DRIVE_CANDIDATE_WEIGHTS);
    const unsigned n = (unsigned)d.inferred, r = threadIdx.x % WARP;

    for (unsigned j = threadIdx.x / WARP; j < n; j += DECODER_WARPS) {
        const size_t offset = (t * d.con.rows + b.first() + r) * n + j;
        const bool valid = r < b.count();
        float du = valid ? d.du[offset] : 0, dmean = valid ? d.dmean[offset] : 0, sum[ROWS] = {};
        float dlogvar = valid ? d.dlogvar[offset] : 0, noise = valid ? d.noise[offset] : 0;
        float logvar = valid ? d.logvar[offset] : 0;
        float *posterior = b.of(DRIVE) + r * b.plan.drive_ld + j;

        decoder_tall<ROWS>(sum, b.of(GEN_GATES), b.plan.gen_gates_ld, gates, j);
        decoder_tall<ROWS>(sum, b.of(GEN_SIDE), b.plan.gen_ld, candidate, j);
        du += decoder_total<ROWS>(sum);
        if (!valid)
            continue;
        d.dmean[offset] = posterior[0] = dmean + du;
        dlogvar += du * noise * expf(logvar / 2) / 2;
        d.dlogvar[offset] = posterior[n] =
            logvar < SATURATION && logvar > -SATURATION ? dlogvar : 0;
    }
}

/* Adds the gradient of what bin T fed back to that of slot T's factors. Lane r of a warp stores row
 * r. */
template <int ROWS>
static __device__ inline void fed_back(const struct decoder_block &b, unsigned t)
{
    const struct decoder_sequence &d = b.d;
    const struct decoder_view gates = decoder_view_of(b, FED_GATE_WEIGHTS);
    const struct decoder_view candidate = decoder_view_of(b, FED_CANDIDATE_WEIGHTS);
    const unsigned F = (unsigned)d.n_factors, r = threadIdx.x % WARP;
    const size_t row = t * d.con.rows + b.first() + r;
    const bool valid = r < b.count();

    if (t == 0 && !d.fed_ru)
        return; /* bin 0 was not fed back */
    for (unsigned j = threadIdx.x / WARP; j < F; j += DECODER_WARPS) {
        float given = valid ? d.dfactors[row * F + j] : 0, sum[ROWS] = {}, dfed;
        float mask = valid && d.fed_mask ? d.fed_mask[row * d.ldm + j] : 1;

        decoder_tall<ROWS>(sum, b.of(CON_GATES), b.plan.con_gates_ld, gates, j);
        decoder_tall<ROWS>(sum, b.of(CON_SIDE), b.plan.con_ld, candidate, j);
        dfed = decoder_total<ROWS>(sum);
        if (valid)
            d.dfactors[row * F + j] = b.of(FACTORS)[r * b.plan.factors_ld + j] =
                given + dfed * mask;
    }
}

static __device__ void end(const struct decoder_block &b)
{
    const struct decoder_sequence &d = b.d;
    const unsigned C = (unsigned)d.con.units, G = (unsigned)d.gen.units;

    FOR_ROW_COL(r, j, b.count(), C)
    {
        d.con.dh[(size_t)(b.first() + r) * C + j] = b.of(CON_H)[r * b.plan.con_ld + j];
    }
    FOR_ROW_COL(r, j, b.count(), G)
    {
        d.gen.dh[(size_t)(b.first() + r) * G + j] = b.of(GEN_H)[r * b.plan.gen_ld + j];
    }
}

template <int ROWS, int VEC>
static __global__ void __launch_bounds__(SEQUENCE_THREADS, 1)
    decoder_backward_kernel(const __grid_constant__ struct decoder_sequence d,
                            const __grid_constant__ struct decoder_plan plan)
{
    SHARED_MEMORY(float, memory);
    const struct decoder_block b = {d, plan, memory};

    begin<VEC>(b);
    for (unsigned t = (unsigned)d.con.bins; t-- > 0;) {
        generator_state(b, generator_at(b, t));
        __syncthreads();
        decoder_product<ROWS, VEC>(b, GEN_SIDE, plan.gen_ld, GEN_CANDIDATE_WEIGHTS);
        __syncthreads();
        gates_backward<ROWS>(b, generator_at(b, t));
        __syncthreads();
        if (t > 0)
            fetch_generator(b, t - 1);
        sample<ROWS>(b, t);
        decoder_product<ROWS, VEC>(b, GEN_GATES, plan.gen_gates_ld, GEN_GATE_WEIGHTS);
        __syncthreads();
        join_gates<ROWS>(b, generator_at(b, t));
        controller_state(b, controller_at(b, t));
        __syncthreads();
        decoder_product<ROWS, VEC>(b, CON_SIDE, plan.con_ld, CON_CANDIDATE_WEIGHTS);
        __syncthreads();
        gates_backward<ROWS>(b, controller_at(b, t));
        __syncthreads();
        if (t > 0)
            fetch_controller(b, t - 1);
        fed_back<ROWS>(b, t);
        decoder_product<ROWS, VEC>(b, CON_GATES, plan.con_gates_ld, CON_GATE_WEIGHTS);
        cuda_fetched();
        __syncthreads();
        /* no barrier follows: in the next phase a thread reads the elements it writes here */
        join_gates<ROWS>(b, controller_at(b, t));
    }
    end(b);
}

/* [columns by four][rows: 1, 2, 4, 8] */
static decoder_function *const kernels[2][DECODER_CHOICES] = {
    {decoder_backward_kernel<1, 1>, decoder_backward_kernel<2, 1>, decoder_backward_kernel<4, 1>,
     decoder_backward_kernel<8, 1>},
    {decoder_backward_kernel<1, 4>, decoder_backward_kernel<2, 4>, decoder_backward_kernel<4, 4>,
     decoder_backward_kernel<8, 4>},
};

bool cuda_decoder_open_backward(struct cuda_context *c) { return cuda_decoder_allow(c, kernels); }

bool cuda_decoder_sequence_backward(SELF, const struct decoder_sequence *sequence)
{
    return cuda_decoder_run(cuda_begin(self, __func__), sequence, true, kernels);
}
