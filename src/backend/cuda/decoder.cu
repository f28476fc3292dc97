/* decoder.cu - controller and generator through all bins in one kernel, forward (model.md 5, 6).
 *
 * A block carries a few trials and shares nothing with other blocks. What passes from bin to bin
 * stays in shared memory, and so do the weights that fit; the others are read from the L2 cache,
 * once per bin for all trials of the block. A bin has eight phases between barriers; tall products
 * (factors, u) run concurrently with recurrent ones that do not depend on them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/decoder.h"

/* Starts to copy the encoders' and external inputs' part of the controller's input in bin T. */
static __device__ void fetch_inputs(const struct decoder_block &b, unsigned t)
{
    const struct decoder_sequence &d = b.d;
    const unsigned C = (unsigned)d.con.units, samples = (unsigned)d.samples;
    const unsigned rows = (unsigned)d.con.rows, first = b.first(), n_rows = b.count();

    for (unsigned r = 0; r < n_rows; r++) {
        size_t row = samples == 1 ? (size_t)t * rows + first + r
                                  : (size_t)t * (rows / samples) + (first + r) / samples;

        cuda_fetch(b.of(CON_RU) + r * 2 * C, d.con_ru + row * 2 * C, 2 * C);
        cuda_fetch(b.of(CON_C) + r * C, d.con_c + row * C, C);
    }
}

/* Starts to copy the generator's dropout mask and external inputs of bin T. */
static __device__ void fetch_drive(const struct decoder_block &b, unsigned t)
{
    const struct decoder_sequence &d = b.d;
    const unsigned G = (unsigned)d.gen.units, D = (unsigned)d.inputs, n = (unsigned)d.inferred;
    const unsigned n_rows = b.count();
    const size_t row = t * d.gen.rows + b.first();

    if (d.out_mask)
        cuda_fetch(b.of(GEN_MASK), d.out_mask + row * G, n_rows * G);
    for (unsigned r = 0; r < n_rows && D > n; r++)
        cuda_fetch(b.of(DRIVE) + r * b.plan.drive_ld + n, d.in + (row + r) * D + n, D - n);
}

template <int VEC> static __device__ void begin(const struct decoder_block &b)
{
    const struct decoder_sequence &d = b.d;
    const unsigned C = (unsigned)d.con.units, G = (unsigned)d.gen.units;
    float *con = b.of(CON_BIAS), *gen = b.of(GEN_BIAS);

    decoder_begin<VEC>(b);
    for (unsigned j = threadIdx.x; j < 3 * C; j += SEQUENCE_THREADS)
        con[j] = j < C ? d.con.b_ru[j] : j < 2 * C ? d.con.b_ru[j] + 1 : d.con.b_c[j - 2 * C];
    for (unsigned j = threadIdx.x; j < 3 * G; j += SEQUENCE_THREADS)
        gen[j] = j < G ? d.gen.b_ru[j] : j < 2 * G ? d.gen.b_ru[j] + 1 : d.gen.b_c[j - 2 * G];
    FOR_ROW_COL(r, j, b.count(), C)
    {
        b.of(CON_H)[r * b.plan.con_ld + j] = d.con.h[(size_t)(b.first() + r) * C + j];
    }
    FOR_ROW_COL(r, j, b.count(), G)
    {
        b.of(GEN_H)[r * b.plan.gen_ld + j] = d.gen.h[(size_t)(b.first() + r) * G + j];
        b.of(OUT)[r * b.plan.gen_ld + j] = d.out[(size_t)(b.first() + r) * G + j];
    }
    fetch_inputs(b, 0);
    cuda_fetched();
    __syncthreads();
}

/* Computes the factors of slot T, and what bin T feeds back. Lane r of a warp stores row r. */
template <int ROWS> static __device__ inline void factors(const struct decoder_block &b, unsigned t)
{
    const struct decoder_sequence &d = b.d;
    const struct decoder_view weights = decoder_view_of(b, FACTOR_WEIGHTS);
    const unsigned F = (unsigned)d.n_factors, r = threadIdx.x % WARP;
    const size_t row = t * d.con.rows + b.first() + r;
    const bool feeds = d.fed_ru && t < d.con.bins, valid = r < b.count();

    for (unsigned j = threadIdx.x / WARP; j < F; j += DECODER_WARPS) {
        float mask = feeds && valid && d.fed_mask ? d.fed_mask[row * d.ldm + j] : 1;
        float sum[ROWS] = {}, factor;

        decoder_tall<ROWS>(sum, b.of(OUT), b.plan.gen_ld, weights, j);
        factor = decoder_total<ROWS>(sum);
        if (valid)
            d.factors[row * F + j] = factor;
        if (valid && feeds)
            d.fed[row * F + j] = b.of(FACTORS)[r * b.plan.factors_ld + j] = factor * mask;
    }
}

/* A cell's arrays in the block, for the code that both cells share. */
struct cell {
    const struct gru_sequence &s;
    enum decoder_recurrent gate_weights, candidate_weights;
    unsigned ld;
    float *h, *side, *gates;
    const float *bias;
};
static __device__ inline struct cell controller(const struct decoder_block &b)
{
    return cell{b.d.con,     CON_GATE_WEIGHTS, CON_CANDIDATE_WEIGHTS, b.plan.con_ld,
                b.of(CON_H), b.of(CON_SIDE),   b.of(CON_GATES),       b.of(CON_BIAS)};
}
static __device__ inline struct cell generator(const struct decoder_block &b)
{
    return cell{b.d.gen,     GEN_GATE_WEIGHTS, GEN_CANDIDATE_WEIGHTS, b.plan.gen_ld,
                b.of(GEN_H), b.of(GEN_SIDE),   b.of(GEN_GATES),       b.of(GEN_BIAS)};
}

/* A cell's gates in bin T from its input, INPUT(row, column), and its state. */
template <int ROWS, class Input>
static __device__ inline void gates(const struct decoder_block &b, const struct cell &cell,
                                    unsigned t, Input input)
{
    const struct gru_sequence &s = cell.s;
    const unsigned H = (unsigned)s.units, ld = cell.ld;

    FOR_ROW_COL(r, j, b.count(), 2 * H)
    {
        size_t row = (s.one_bin ? 0 : t * s.rows) + b.first() + r;
        float x = input(r, j);
        float sum = b.sum<ROWS>(cell.gate_weights, r, j);
        float gate = cuda_sigmoid(x + sum + cell.bias[j]);

        s.ru[row * 2 * H + j] = gate;
        if (j < H)
            s.rh[row * H + j] = cell.side[r * ld + j] = gate * cell.h[r * ld + j];
        else
            cell.gates[r * ld + j - H] = gate;
    }
}

/* One unit's new state from the candidate's input X; stored in shared memory and on the tape. */
template <int ROWS>
static __device__ inline float state(const struct decoder_block &b, const struct cell &cell,
                                     unsigned t, unsigned r, unsigned j, float x)
{
    const struct gru_sequence &s = cell.s;
    const unsigned H = (unsigned)s.units;
    const size_t row = t * s.rows + b.first() + r, bin = s.one_bin ? b.first() + r : row;
    float sum = b.sum<ROWS>(cell.candidate_weights, r, j);
    float candidate = tanhf(x + sum + cell.bias[2 * H + j]);
    float *h = cell.h + r * cell.ld + j;

    s.c[bin * H + j] = candidate;
    *h = cuda_clip(cuda_blend(cell.gates[r * cell.ld + j], *h, candidate), s.clip);
    return s.h[(row + s.rows) * H + j] = *h;
}

template <int ROWS>
static __device__ inline void controller_gates(const struct decoder_block &b, unsigned t)
{
    const struct decoder_view fed = decoder_view_of(b, FED_GATE_WEIGHTS);
    const unsigned C = (unsigned)b.d.con.units;

    gates<ROWS>(b, controller(b), t, [&](unsigned r, unsigned j) {
        return b.of(CON_RU)[r * 2 * C + j] +
               decoder_wide(b.of(FACTORS) + r * b.plan.factors_ld, fed, j);
    });
}

template <int ROWS>
static __device__ inline void controller_state(const struct decoder_block &b, unsigned t)
{
    const struct decoder_view fed = decoder_view_of(b, FED_CANDIDATE_WEIGHTS);
    const unsigned C = (unsigned)b.d.con.units;

    FOR_ROW_COL(r, j, b.count(), C)
    {
        float x =
            b.of(CON_C)[r * C + j] + decoder_wide(b.of(FACTORS) + r * b.plan.factors_ld, fed, j);

        state<ROWS>(b, controller(b), t, r, j, x);
    }
}

/* Posterior and sample of u in bin T. Lane r of a warp stores row r. */
template <int ROWS> static __device__ inline void infer(const struct decoder_block &b, unsigned t)
{
    const struct decoder_sequence &d = b.d;
    const struct decoder_view means = decoder_view_of(b, MEAN_WEIGHTS);
    const struct decoder_view logvars = decoder_view_of(b, LOGVAR_WEIGHTS);
    const unsigned n = (unsigned)d.inferred, r = threadIdx.x % WARP;
    const size_t row = t * d.con.rows + b.first() + r;

    for (unsigned j = threadIdx.x / WARP; j < n; j += DECODER_WARPS) {
        float noise = r < b.count() ? d.noise[row * n + j] : 0;
        float of_mean[ROWS] = {}, of_logvar[ROWS] = {}, mean, logvar, sample;

        decoder_tall<ROWS>(of_mean, b.of(CON_H), b.plan.con_ld, means, j);
        decoder_tall<ROWS>(of_logvar, b.of(CON_H), b.plan.con_ld, logvars, j);
        mean = decoder_total<ROWS>(of_mean) + d.mean_b[j];
        logvar = cuda_saturated(decoder_total<ROWS>(of_logvar) + d.logvar_b[j]);
        if (r >= b.count())
            continue;
        d.mean[row * n + j] = mean;
        d.logvar[row * n + j] = logvar;
        d.sample[row * n + j] = sample = mean + expf(logvar / 2) * noise;
        d.in[row * d.inputs + j] = b.of(DRIVE)[r * b.plan.drive_ld + j] =
            d.mean_drives ? mean : sample;
    }
}

template <int ROWS>
static __device__ inline void generator_gates(const struct decoder_block &b, unsigned t)
{
    const struct decoder_view drive = decoder_view_of(b, DRIVE_GATE_WEIGHTS);

    gates<ROWS>(b, generator(b), t, [&](unsigned r, unsigned j) {
        return decoder_wide(b.of(DRIVE) + r * b.plan.drive_ld, drive, j);
    });
}

template <int ROWS>
static __device__ inline void generator_state(const struct decoder_block &b, unsigned t)
{
    const struct decoder_sequence &d = b.d;
    const struct decoder_view drive = decoder_view_of(b, DRIVE_CANDIDATE_WEIGHTS);
    const unsigned G = (unsigned)d.gen.units, ld = b.plan.gen_ld;

    FOR_ROW_COL(r, j, b.count(), G)
    {
        float x = decoder_wide(b.of(DRIVE) + r * b.plan.drive_ld, drive, j);
        float out = state<ROWS>(b, generator(b), t, r, j, x);

        out = d.out_mask ? out * b.of(GEN_MASK)[r * G + j] : out;
        b.of(OUT)[r * ld + j] = out;
        if (d.out != d.gen.h)
            d.out[((size_t)(t + 1) * d.gen.rows + b.first() + r) * G + j] = out;
    }
}

template <int ROWS, int VEC>
static __global__ void __launch_bounds__(SEQUENCE_THREADS, 1)
    decoder_kernel(const __grid_constant__ struct decoder_sequence d,
                   const __grid_constant__ struct decoder_plan plan)
{
    SHARED_MEMORY(float, memory);
    const struct decoder_block b = {d, plan, memory};

    begin<VEC>(b);
    for (unsigned t = 0; t < d.con.bins; t++) {
        fetch_drive(b, t);
        factors<ROWS>(b, t);
        decoder_product<ROWS, VEC>(b, CON_H, plan.con_ld, CON_GATE_WEIGHTS);
        __syncthreads();
        controller_gates<ROWS>(b, t);
        __syncthreads();
        decoder_product<ROWS, VEC>(b, CON_SIDE, plan.con_ld, CON_CANDIDATE_WEIGHTS);
        __syncthreads();
        controller_state<ROWS>(b, t);
        __syncthreads();
        if (t + 1 < d.con.bins)
            fetch_inputs(b, t + 1);
        infer<ROWS>(b, t);
        decoder_product<ROWS, VEC>(b, GEN_H, plan.gen_ld, GEN_GATE_WEIGHTS);
        cuda_fetched();
        __syncthreads();
        generator_gates<ROWS>(b, t);
        __syncthreads();
        decoder_product<ROWS, VEC>(b, GEN_SIDE, plan.gen_ld, GEN_CANDIDATE_WEIGHTS);
        __syncthreads();
        generator_state<ROWS>(b, t);
        __syncthreads();
    }
    factors<ROWS>(b, (unsigned)d.con.bins);
}

/* [columns by four][rows: 1, 2, 4, 8] */
static decoder_function *const kernels[2][DECODER_CHOICES] = {
    {decoder_kernel<1, 1>, decoder_kernel<2, 1>, decoder_kernel<4, 1>, decoder_kernel<8, 1>},
    {decoder_kernel<1, 4>, decoder_kernel<2, 4>, decoder_kernel<4, 4>, decoder_kernel<8, 4>},
};

bool cuda_decoder_open(struct cuda_context *c)
{
    return cuda_decoder_allow(c, kernels) && cuda_decoder_open_backward(c);
}

bool cuda_decoder_sequence(SELF, const struct decoder_sequence *sequence)
{
    return cuda_decoder_run(cuda_begin(self, __func__), sequence, false, kernels);
}
