/* sequence_plan.cu - when a GRU's time loop runs in one kernel, and how many trials a block
 * carries.
 *
 * For large networks or many trials the backend declines, and the caller goes from bin to bin
 * (model/gru.c).
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/sequence.h"

/* At most one element of a state per thread and row; kernels count rows in 32 bits. */
enum { MAX_UNITS = SEQUENCE_THREADS };

static const unsigned rows_of[SEQUENCE_CHOICES] = {1, 2, 4, 8};

bool cuda_sequence_open(struct cuda_context *c)
{
    for (const auto &direction : cuda_sequence_kernels)
        for (const auto &kernels : direction)
            for (sequence_function *kernel : kernels)
                if (!cuda_check(c, cudaFuncSetAttribute(kernel,
                                                        cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                        (int)c->max_shared)))
                    return false;
    return true;
}
/* Bytes of a block's arrays without the weights. */
static size_t array_bytes(const cuda_plan &plan, unsigned rows, unsigned units)
{
    return (4 * rows * plan.padded + (3 * units + 3) / 4 * 4 + plan.partial) * sizeof(float);
}

/* The plan for ROWS rows a block with SHARED bytes; false if their arrays do not fit. */
static bool make_plan(cuda_plan *plan, size_t shared, unsigned rows, unsigned units, unsigned vec)
{
    unsigned gate_sums = cuda_slices(2 * units, vec) * 2, state_sums = cuda_slices(units, vec);
    size_t bytes;

    plan->padded = (units + UNROLL_K - 1) / UNROLL_K * UNROLL_K;
    plan->partial = rows * units * (gate_sums > state_sums ? gate_sums : state_sums);
    plan->partial = (plan->partial + 3) / 4 * 4;
    bytes = array_bytes(*plan, rows, units);
    if (bytes > shared)
        return false;
    plan->kept = (unsigned)cuda_min(units, (shared - bytes) / (3 * (size_t)units * sizeof(float)));
    plan->kept = plan->kept / UNROLL_K * UNROLL_K;
    return true;
}

/* The part of the device that runs a sequence: after a fork other branches share it. */
struct device_model {
    double processors, multiply_adds; /* MULTIPLY_ADDS: per cycle and processor */
};
static struct device_model device_model_of(const struct cuda_context *c)
{
    struct device_model m;

    m.processors = c->forked ? fmax(1, c->processors / MAX_BRANCHES) : c->processors;
    m.multiply_adds = c->capability <= 80 ? 64 : 128;
    return m;
}

/* An estimate of a bin's clock cycles. A processor reads up to 64 bytes per cycle from the L2
 * cache, all processors together about 24 times their number, and 128 bytes per cycle from its
 * shared memory, x included: x is read once for four columns of a thread, or for one. Both overlap
 * with the multiplications. Between products: about 150 instructions for each element of a state,
 * and a latency. */
static double cycles(const cuda_plan &plan, const struct device_model &m, size_t rows,
                     unsigned a_block, unsigned units, unsigned vec)
{
    double blocks = ceil((double)rows / a_block), at_once = fmin(blocks, m.processors);
    double numbers = 3.0 * units * units, streamed = 12.0 * units * (units - plan.kept);
    double x = a_block / (vec > 1 ? 8.0 : 2.0),
           between_products = 2000 + 150.0 / 128 * a_block * units;
    double cost = fmax(streamed / 64, streamed * at_once / (24 * m.processors));

    cost = fmax(cost, numbers * 4 / 128 * ((double)plan.kept / units + x));
    cost = fmax(cost, numbers * a_block / m.multiply_adds);
    return ceil(blocks / m.processors) * (cost + between_products);
}

/* The same for single operations, bin by bin: four launches of about 4 microseconds at 1.5 GHz,
 * products at 0.6 of the peak, and elementwise kernels that read or write 14 numbers for each
 * element of a state, at 3 numbers per cycle and processor. */
static double cycles_by_bins(const struct device_model &m, size_t rows, unsigned units)
{
    double numbers = 3.0 * units * units, state = (double)rows * units;

    return 4 * 4e-6 * 1.5e9 + numbers * (double)rows / (0.6 * m.multiply_adds * m.processors) +
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

    cuda_launch(c, cuda_sequence_kernels[backward][is_by_four(s)][choice],
                dim3((unsigned)((s->rows + rows - 1) / rows)), dim3(SEQUENCE_THREADS), shared, *s,
                plan);
}

bool cuda_sequence_with(struct cuda_context *c, const struct gru_sequence *s, bool backward,
                        unsigned choice, size_t shared)
{
    cuda_plan plan;

    if (choice >= SEQUENCE_CHOICES ||
        !make_plan(&plan, shared, rows_of[choice], (unsigned)s->units, is_by_four(s) ? 4 : 1))
        return false;
    launch(c, s, backward, choice, plan);
    return true;
}

/* Runs the whole sequence in one kernel; false if that does not pay. The choice depends on sizes
 * and the device only. */
static bool run(struct cuda_context *c, const struct gru_sequence *s, bool backward)
{
    unsigned units = (unsigned)s->units, best = SEQUENCE_CHOICES, vec = is_by_four(s) ? 4 : 1;
    const struct device_model m = device_model_of(c);
    double min_cycles = cycles_by_bins(m, s->rows, units);
    cuda_plan plan, best_plan = {};

    if (s->units > MAX_UNITS || (s->bins + 1) * s->rows > UINT32_MAX)
        return false;
    for (unsigned i = 0; i < SEQUENCE_CHOICES; i++) {
        if (!make_plan(&plan, c->max_shared, rows_of[i], units, vec))
            continue;
        double estimate = cycles(plan, m, s->rows, rows_of[i], units, vec);

        if (estimate < min_cycles) {
            best = i;
            best_plan = plan;
            min_cycles = estimate;
        }
    }
    if (best == SEQUENCE_CHOICES)
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
