/* decoder_plan.cu - how many trials a block of the decoder carries, the layout of its arrays, and
 * which weights it keeps in shared memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/decoder.h"

/* Above this, launching single operations costs less. */
static const double MAX_CYCLES_PER_BIN = 150000;

static unsigned round_up(unsigned count) { return (count + UNROLL_K - 1) / UNROLL_K * UNROLL_K; }

static struct decoder_weights weights_of(const float *weights, size_t k, size_t n, size_t ld,
                                         bool tall)
{
    struct decoder_weights w = {};

    w.weights = weights;
    w.k = weights ? (unsigned)k : 0; /* NULL: nothing is fed back */
    w.n = (unsigned)n;
    w.ld = (unsigned)ld;
    w.tall = tall;
    return w;
}

static void set_weights(struct decoder_plan *p, const struct decoder_sequence *d)
{
    size_t c = d->con.units, g = d->gen.units, f = d->n_factors, n = d->inferred;

    p->recurrent[CON_GATE_WEIGHTS] = weights_of(d->con.h_ru, c, 2 * c, 2 * c, false);
    p->recurrent[CON_CANDIDATE_WEIGHTS] = weights_of(d->con.rh_c, c, c, c, false);
    p->recurrent[GEN_GATE_WEIGHTS] = weights_of(d->gen.h_ru, g, 2 * g, 2 * g, false);
    p->recurrent[GEN_CANDIDATE_WEIGHTS] = weights_of(d->gen.rh_c, g, g, g, false);
    p->narrow[FED_GATE_WEIGHTS] = weights_of(d->fed_ru, f, 2 * c, 2 * c, false);
    p->narrow[FED_CANDIDATE_WEIGHTS] = weights_of(d->fed_c, f, c, c, false);
    p->narrow[MEAN_WEIGHTS] = weights_of(d->mean_w, c, n, n, true);
    p->narrow[LOGVAR_WEIGHTS] = weights_of(d->logvar_w, c, n, n, true);
    p->narrow[DRIVE_GATE_WEIGHTS] = weights_of(d->in_ru, d->inputs, 2 * g, 2 * g, false);
    p->narrow[DRIVE_CANDIDATE_WEIGHTS] = weights_of(d->in_c, d->inputs, g, g, false);
    p->narrow[FACTOR_WEIGHTS] = weights_of(d->fac_w, g, f, f, true);
}

static void set_weights_backward(struct decoder_plan *p, const struct decoder_sequence *d)
{
    size_t c = d->con.units, g = d->gen.units, f = d->n_factors, n = d->inferred;

    p->recurrent[CON_GATE_WEIGHTS] = weights_of(d->con.h_ru, 2 * c, c, c, false);
    p->recurrent[CON_CANDIDATE_WEIGHTS] = weights_of(d->con.rh_c, c, c, c, false);
    p->recurrent[GEN_GATE_WEIGHTS] = weights_of(d->gen.h_ru, 2 * g, g, g, false);
    p->recurrent[GEN_CANDIDATE_WEIGHTS] = weights_of(d->gen.rh_c, g, g, g, false);
    p->narrow[FED_GATE_WEIGHTS] = weights_of(d->fed_ru, 2 * c, f, d->ldfed, true);
    p->narrow[FED_CANDIDATE_WEIGHTS] = weights_of(d->fed_c, c, f, d->ldfed, true);
    p->narrow[MEAN_WEIGHTS] = weights_of(d->mean_w, n, c, c, false);
    p->narrow[LOGVAR_WEIGHTS] = weights_of(d->logvar_w, n, c, c, false);
    p->narrow[DRIVE_GATE_WEIGHTS] = weights_of(d->in_ru, 2 * g, n, d->inputs, true);
    p->narrow[DRIVE_CANDIDATE_WEIGHTS] = weights_of(d->in_c, g, n, d->inputs, true);
    p->narrow[FACTOR_WEIGHTS] = weights_of(d->fac_w, f, g, g, false);
}

/* Reserves COUNT numbers for each of ROWS rows of ARRAY. */
static void reserve(struct decoder_plan *p, enum decoder_array array, size_t rows, size_t count)
{
    p->offset[array] = p->numbers;
    p->numbers += round_up((unsigned)(rows * count));
}

/* The arrays for ROWS rows a block, without the weights. */
static void lay_out_arrays(struct decoder_plan *p, const struct decoder_sequence *d, unsigned rows,
                           bool backward)
{
    unsigned c = (unsigned)d->con.units, g = (unsigned)d->gen.units, n = (unsigned)d->inferred;
    unsigned partial = 0, vec = p->by_four ? 4 : 1;

    p->rows = rows;
    p->numbers = 0;
    p->con_ld = round_up(c);
    p->gen_ld = round_up(g);
    p->con_gates_ld = backward ? round_up(2 * c) : p->con_ld;
    p->gen_gates_ld = backward ? round_up(2 * g) : p->gen_ld;
    p->factors_ld = round_up((unsigned)d->n_factors);
    p->drive_ld = round_up(backward ? 2 * n : (unsigned)d->inputs);
    reserve(p, CON_H, rows, p->con_ld);
    reserve(p, CON_SIDE, rows, p->con_ld);
    reserve(p, CON_GATES, rows, p->con_gates_ld);
    reserve(p, GEN_H, rows, p->gen_ld);
    reserve(p, GEN_SIDE, rows, p->gen_ld);
    reserve(p, GEN_GATES, rows, p->gen_gates_ld);
    reserve(p, OUT, rows, backward ? 0 : p->gen_ld);
    reserve(p, FACTORS, rows, p->factors_ld);
    reserve(p, DRIVE, rows, p->drive_ld);
    reserve(p, CON_BIAS, 1, backward ? 0 : 3 * c);
    reserve(p, GEN_BIAS, 1, backward ? 0 : 3 * g);
    reserve(p, CON_RU, rows, 2 * c);
    reserve(p, CON_C, rows, c);
    reserve(p, CON_START, rows, backward ? c : 0);
    reserve(p, GEN_MASK, rows, d->out_mask ? g : 0);
    reserve(p, GEN_RU, rows, backward ? 2 * g : 0);
    reserve(p, GEN_C, rows, backward ? g : 0);
    reserve(p, GEN_START, rows, backward ? g : 0);
    for (struct decoder_weights &m : p->recurrent) {
        m.slices = cuda_slices(m.n, vec);
        partial = m.slices * m.n > partial ? m.slices * m.n : partial;
    }
    reserve(p, PARTIAL, rows, partial);
}

/* Keeps as many weights as fit into CAPACITY numbers of shared memory: first the narrow ones, whose
 * loads do not overlap with other work, then rows of the recurrent ones. Returns how many numbers
 * are streamed from global memory in each bin. */
static double keep_weights(struct decoder_plan *p, size_t capacity)
{
    double streamed_weights = 0;

    for (struct decoder_weights &m : p->narrow) {
        bool fits = p->numbers + round_up(m.k * m.n) <= capacity;

        m.kept = p->numbers;
        m.kept_rows = fits ? m.k : 0;
        p->numbers += round_up(m.kept_rows * m.n);
        streamed_weights += (double)(m.k - m.kept_rows) * m.n;
    }
    for (struct decoder_weights &m : p->recurrent) {
        m.kept = p->numbers;
        m.kept_rows = (unsigned)cuda_min(m.k, (capacity - p->numbers) / m.n) / UNROLL_K * UNROLL_K;
        p->numbers += m.kept_rows * m.n;
        streamed_weights += (double)(m.k - m.kept_rows) * m.n;
    }
    return streamed_weights;
}

/* An estimate of a bin's clock cycles for all rows, by sequence_plan.cu's rules. */
static double cycles(const struct decoder_plan &p, const struct cuda_context *c, size_t rows,
                     double streamed_weights)
{
    double blocks = ceil((double)rows / p.rows), at_once = fmin(blocks, c->processors);
    double numbers = 0, streamed = 4 * streamed_weights, cost;

    for (const struct decoder_weights &m : p.narrow)
        numbers += (double)m.k * m.n;
    for (const struct decoder_weights &m : p.recurrent)
        numbers += (double)m.k * m.n;
    cost = fmax(streamed / 64, streamed * at_once / (24.0 * c->processors));
    cost = fmax(cost, numbers * 4 / 128 * (1 + p.rows / 16.0));
    cost = fmax(cost, numbers * p.rows / 128);
    return ceil(blocks / c->processors) * cost;
}

bool cuda_decoder_plan(struct decoder_plan *plan, const struct cuda_context *c,
                       const struct decoder_sequence *d, bool backward)
{
    size_t capacity = c->max_shared / sizeof(float) / UNROLL_K * UNROLL_K;
    double min_cycles = MAX_CYCLES_PER_BIN;
    bool found = false;
    struct decoder_plan p = {};

    p.by_four = d->con.units % 4 == 0 && d->gen.units % 4 == 0;
    if (backward)
        set_weights_backward(&p, d);
    else
        set_weights(&p, d);
    for (const struct decoder_weights &m : p.recurrent)
        p.by_four = p.by_four && cuda_by_four(m.weights);
    for (unsigned rows = 1; rows < 1u << DECODER_CHOICES; rows *= 2) {
        lay_out_arrays(&p, d, rows, backward);
        if (p.numbers > capacity)
            break;
        double estimate = cycles(p, c, d->con.rows, keep_weights(&p, capacity));

        if (estimate < min_cycles) {
            *plan = p;
            min_cycles = estimate;
            found = true;
        }
    }
    return found;
}

bool cuda_decoder_allow(struct cuda_context *c, decoder_function *const kernels[2][DECODER_CHOICES])
{
    for (unsigned i = 0; i < 2 * DECODER_CHOICES; i++)
        if (!cuda_check(c, cudaFuncSetAttribute(kernels[i / DECODER_CHOICES][i % DECODER_CHOICES],
                                                cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                (int)c->max_shared)))
            return false;
    return true;
}

bool cuda_decoder_run(struct cuda_context *c, const struct decoder_sequence *d, bool backward,
                      decoder_function *const kernels[2][DECODER_CHOICES])
{
    struct decoder_plan plan;
    unsigned choice = 0;

    if (!cuda_decoder_plan(&plan, c, d, backward))
        return false;
    while (1u << choice < plan.rows)
        choice++;
    cuda_launch(c, kernels[plan.by_four][choice],
                dim3((unsigned)((d->con.rows + plan.rows - 1) / plan.rows)), dim3(SEQUENCE_THREADS),
                plan.numbers * sizeof(float), *d, plan);
    return true;
}
