/* ops.c - single operations of the backend at the sizes of the workload's generator and encoders.
 * Products are rated by floating-point operations per second, other operations by bytes read and
 * written.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/workers.h"
#include "learn/optimizer.h"
#include "workload.h"

enum { ROWS = 16, ARRAYS = 6 };
static const double min_seconds = 0.02; /* of a measurement */

/* What operations work on: sizes, and arrays large enough for all of them. */
struct run {
    const struct backend *be;
    size_t bins, units, channels, factors, size;
    float *array[ARRAYS];
    double *sums;
    struct update update;
    uint32_t step_trial[2];
};

struct operation {
    const char *name;
    void (*call)(const struct run *r);
    double (*work)(const struct run *r); /* floating-point operations, or bytes */
    bool product;
};

#define MULTIPLY(name, m, n, k, transposed)                                                        \
    static void name(const struct run *r)                                                          \
    {                                                                                              \
        r->be->product(r->be, matrix_of(r->array[0], n),                                           \
                       (struct operand){r->array[1], (transposed) ? (m) : (k), transposed, false}, \
                       operand_of(r->array[2], n), m, n, k, true);                                 \
    }                                                                                              \
    static double name##_work(const struct run *r)                                                 \
    {                                                                                              \
        return 2.0 * (double)(m) * (double)(n) * (double)(k);                                      \
    }

MULTIPLY(gates_product, (size_t)ROWS, 2 * r->units, r->units, false)
MULTIPLY(candidate_product, (size_t)ROWS, r->units, r->units, false)
MULTIPLY(gates_backward_product, (size_t)ROWS, r->units, 2 * r->units, false)
MULTIPLY(inputs_product, r->bins *ROWS, 2 * r->units, r->channels, false)
MULTIPLY(gates_weights, r->units, 2 * r->units, r->bins *ROWS, true)
MULTIPLY(candidate_weights, r->units, r->units, r->bins *ROWS, true)
MULTIPLY(factors_product, r->bins *ROWS, r->factors, r->units, false)
MULTIPLY(readout_product, r->bins *ROWS, r->channels, r->factors, false)

#define ELEMENTWISE(name, bytes, ...)                                                              \
    static void name(const struct run *r) { r->be->name(r->be, __VA_ARGS__); }                     \
    static double name##_work(const struct run *r) { return 4.0 * (double)(bytes); }

#define A(i) r->array[i]
#define BIN (ROWS * r->units)
ELEMENTWISE(gru_gates, BIN * 6, A(0), A(1), A(0), A(2), A(3), ROWS, r->units)
ELEMENTWISE(gru_state, BIN * 5, A(0), A(1), A(1), A(2), A(3), A(4), 5, ROWS, r->units)
ELEMENTWISE(gru_state_backward, BIN * 7, A(0), A(1), A(2), A(3), A(4), 5, ROWS, r->units)
ELEMENTWISE(gru_gates_backward, BIN * 6, A(0), A(1), A(2), A(3), ROWS, r->units)
ELEMENTWISE(copy_masked, BIN * 3, A(0), r->units, A(1), r->units, A(2), r->units, ROWS, r->units)
ELEMENTWISE(add_masked, BIN * 4, A(0), r->units, A(1), r->units, A(2), r->units, ROWS, r->units)
ELEMENTWISE(sum_rows, r->bins *BIN * 2, A(0), operand_of(A(1), 2 * r->units), r->bins *ROWS,
            2 * r->units)
ELEMENTWISE(poisson_backward, r->bins *ROWS * r->channels * 3, A(0), 0.01f, A(1), NULL,
            r->bins *ROWS * r->channels)
ELEMENTWISE(exponential, BIN * 2, A(0), BIN, A(1), BIN, 1, BIN)
ELEMENTWISE(add_scaled, r->size * 3, A(0), &r->update.scale, A(1), r->size)
ELEMENTWISE(adam, r->size * 7, A(0), A(1), A(2), A(3), &r->update,
            &(const struct adam_options){0.9, 0.999}, r->size)

static void dropout_mask(const struct run *r)
{
    struct philox_address from = {.seed = 1, .purpose = PHILOX_GEN_OUTPUT_MASK};

    r->be->dropout_mask(r->be, A(0), &from, r->step_trial, 0.95f, r->bins, ROWS, r->units);
}
static double dropout_mask_work(const struct run *r)
{
    return 4.0 * (double)(r->bins * ROWS * r->units);
}

static void poisson(const struct run *r)
{
    r->be->poisson(r->be, r->sums, A(0), A(1), NULL, false, r->bins, ROWS, 1, r->channels);
}
static double poisson_work(const struct run *r)
{
    return 8.0 * (double)(r->bins * ROWS * r->channels);
}

#define PRODUCT(name)                                                                              \
    {                                                                                              \
#name, name, name##_work, true                                                             \
    }
#define BYTES(name)                                                                                \
    {                                                                                              \
#name, name, name##_work, false                                                            \
    }
static const struct operation operations[] = {
    PRODUCT(gates_product),
    PRODUCT(candidate_product),
    PRODUCT(gates_backward_product),
    PRODUCT(inputs_product),
    PRODUCT(gates_weights),
    PRODUCT(candidate_weights),
    PRODUCT(factors_product),
    PRODUCT(readout_product),
    BYTES(gru_gates),
    BYTES(gru_state),
    BYTES(gru_state_backward),
    BYTES(gru_gates_backward),
    BYTES(copy_masked),
    BYTES(add_masked),
    BYTES(sum_rows),
    BYTES(dropout_mask),
    BYTES(poisson),
    BYTES(poisson_backward),
    BYTES(exponential),
    BYTES(add_scaled),
    BYTES(adam),
};

/* Fills the arrays with small numbers, so that repeated operations in place stay finite. */
static bool create(struct run *r, const struct model *m)
{
    size_t max_width =
        2 * (m->gen_units > m->sessions[0].channels ? m->gen_units : m->sessions[0].channels);
    size_t count = m->bins * ROWS * max_width;

    *r = (struct run){.be = backend_cpu(),
                      .bins = m->bins,
                      .units = m->gen_units,
                      .channels = m->sessions[0].channels,
                      .factors = m->factors,
                      .size = m->size,
                      .update = {.scale = 0.001f, .rate = 0.001f}};
    count = count > 2 * m->gen_units * max_width ? count : 2 * m->gen_units * max_width;
    count = count > m->size ? count : m->size;
    r->sums = calloc(ROWS, sizeof *r->sums);
    for (int i = 0; i < ARRAYS; i++) {
        r->array[i] = memory_create(count * sizeof(float));
        for (size_t j = 0; r->array[i] && j < count; j++)
            r->array[i][j] = 0.001f * (float)((j * 7 + (size_t)i) % 13);
    }
    return r->sums && r->array[ARRAYS - 1];
}

/* A measurement: an operation that is called repeatedly. */
struct measurement {
    const struct operation *operation;
    const struct run *run;
    bool processor_time;
    double rate; /* calls per second */
};

static void repeat(void *payload, size_t item, size_t thread)
{
    struct measurement *m = payload;
    double start = seconds_now(m->processor_time, 1), seconds;
    size_t calls = 0;

    (void)item, (void)thread;
    do {
        m->operation->call(m->run);
        calls++;
        seconds = seconds_now(m->processor_time, 1) - start;
    } while (seconds < min_seconds);
    m->rate = (double)calls / seconds;
}

/* Returns calls per second on one thread, as in a shard. */
static double rate(const struct operation *operation, const struct run *r, bool processor_time)
{
    struct measurement m = {.operation = operation, .run = r, .processor_time = processor_time};

    workers_run(NULL, 1, repeat, &m);
    return m.rate;
}

int bench_ops(const struct options *options)
{
    struct workload w;
    struct peak peak;
    struct run r;
    struct figures figures;
    char unit[80];

    if (!peak_create(&peak, 1, options->processor_time) ||
        !workload_create(&w, options, backend_cpu(), 1) || !create(&r, w.model))
        return 1;
    figures_begin(&figures, options, "ops");
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        const struct operation *o = &operations[i];
        double rates[MAX_REPEATS], ratios[MAX_REPEATS], billions;

        rate(o, &r, options->processor_time);
        for (size_t k = 0; k < options->repeats; k++) {
            double sgemm = peak_rate(&peak);

            rates[k] = rate(o, &r, options->processor_time);
            ratios[k] = 1e-9 * rates[k] * o->work(&r) / sgemm;
        }
        billions = 1e-9 * median(rates, options->repeats) * o->work(&r);
        snprintf(unit, sizeof unit, o->product ? "GFLOP/s, %.2f of dnnl_sgemm 1024^3" : "GB/s",
                 median(ratios, options->repeats));
        figures_number(&figures, o->name, billions, unit);
    }
    figures_end(&figures);
    for (int i = 0; i < ARRAYS; i++)
        free(r.array[i]);
    free(r.sums);
    workload_free(&w);
    peak_free(&peak);
    return 0;
}
