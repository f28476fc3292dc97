/* integrator.c - the integrating network: forward pass, back-propagation through time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "synth/integrator.h"

#include <stdlib.h>
#include <string.h>

#include "backend/backend.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/workers.h"

enum { BATCH = 128, STEPS = 2500, WARM_UP = 100, MAX_ATTEMPTS = 3, TEST_TRIALS = 1024 };

enum lfads_status integrator_create(struct integrator *integrator, size_t units,
                                    struct lfads_error *err)
{
    struct integrator *g = integrator;

    *g = (struct integrator){.units = units, .size = units * units + 3 * units + 1};
    g->weights = memory_create(g->size * sizeof *g->weights);
    if (!g->weights)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a network of %zu units", units);
    g->w = g->weights;
    g->in = g->w + units * units;
    g->bias = g->in + units;
    g->out = g->bias + units;
    g->out_bias = g->out + units;
    return LFADS_OK;
}

void integrator_release(struct integrator *integrator)
{
    free(integrator->weights);
    integrator->weights = NULL;
}

void integrator_run(const struct integrator *integrator, real *states, real *output,
                    const real *input, size_t bins, size_t count)
{
    const struct integrator *g = integrator;
    const struct backend *be = backend_cpu();
    size_t n = g->units;

    for (size_t t = 0; t < bins; t++) {
        real *h = states + t * count * n;

        for (size_t r = 0; r < count; r++)
            for (size_t j = 0; j < n; j++)
                h[r * n + j] = input[t * count + r] * g->in[j] + g->bias[j];
        if (t > 0)
            be->product(be, matrix_of(h, n), operand_of(h - count * n, n), operand_of(g->w, n),
                        count, n, n, true);
        for (size_t i = 0; i < count * n; i++)
            h[i] = real_tanh(h[i]);
        for (size_t r = 0; r < count; r++)
            output[t * count + r] = *g->out_bias;
        be->product(be, matrix_of(output + t * count, 1), operand_of(h, n), operand_of(g->out, 1),
                    count, 1, n, true);
    }
}

/* Draws inputs [T,count] of standard deviation DEVIATION and sets the targets: their running sums,
 * limited to [-1,1]. */
static void draw_trials(real *input, real *target, size_t bins, size_t count, double deviation,
                        uint64_t seed, uint32_t step)
{
    const struct backend *be = backend_cpu();
    struct philox_address from = {.seed = seed, .purpose = PHILOX_CO_NOISE};
    const uint32_t step_trial[2] = {step, 0};

    be->normals(be, input, &from, step_trial, bins, count, 1, 1);
    for (size_t r = 0; r < count; r++) {
        double sum = 0;

        for (size_t t = 0; t < bins; t++) {
            input[t * count + r] *= (real)deviation;
            sum += (double)input[t * count + r];
            target[t * count + r] = real_clip((real)sum, 1);
        }
    }
}

static double mean_square(const real *output, const real *target, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (double)((output[i] - target[i]) * (output[i] - target[i]));
    return sum / (double)count;
}

/* The arrays of a training step. */
struct training_state {
    struct integrator gradient, m, v;
    real *input, *target, *output, *states; /* [T,BATCH] and [T,BATCH,N] */
    real *dh, *transposed;                  /* [BATCH,N], [N,N] */
};

static enum lfads_status training_state_create(struct training_state *l, size_t units, size_t bins,
                                               struct lfads_error *err)
{
    size_t rows = bins * TEST_TRIALS;
    enum lfads_status status = integrator_create(&l->gradient, units, err);

    if (status == LFADS_OK)
        status = integrator_create(&l->m, units, err);
    if (status == LFADS_OK)
        status = integrator_create(&l->v, units, err);
    l->input = memory_create((3 * rows + rows * units) * sizeof(real));
    l->dh = memory_create((BATCH + units) * units * sizeof(real));
    if (status == LFADS_OK && (!l->input || !l->dh))
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to train a network");
    if (status != LFADS_OK)
        return status;
    l->target = l->input + rows;
    l->output = l->target + rows;
    l->states = l->output + rows;
    l->transposed = l->dh + BATCH * units;
    return LFADS_OK;
}

static void training_state_release(struct training_state *l)
{
    integrator_release(&l->gradient);
    integrator_release(&l->m);
    integrator_release(&l->v);
    free(l->input);
    free(l->dh);
}

/* The gradient of the mean squared error, backward through the bins. */
static void differentiate(struct training_state *l, const struct integrator *g, size_t bins)
{
    const struct backend *be = backend_cpu();
    size_t n = g->units;
    real share = 2 / (real)(BATCH * bins);

    be->clear(be, l->gradient.weights, g->size);
    be->clear(be, l->dh, BATCH * n);
    be->transpose(be, l->transposed, g->w, n, n);
    for (size_t t = bins; t-- > 0;) {
        real *h = l->states + t * BATCH * n, *dz = l->output + t * BATCH;

        for (size_t r = 0; r < BATCH; r++)
            dz[r] = share * (dz[r] - l->target[t * BATCH + r]);
        be->product(be, matrix_of(l->gradient.out, 1), transpose_of(h, n), operand_of(dz, 1), n, 1,
                    BATCH, true);
        be->sum_rows(be, l->gradient.out_bias, operand_of(dz, 1), BATCH, 1);
        for (size_t r = 0; r < BATCH; r++)
            for (size_t j = 0; j < n; j++) {
                real d = l->dh[r * n + j] + dz[r] * g->out[j];

                h[r * n + j] = d * (1 - h[r * n + j] * h[r * n + j]); /* before tanh */
            }
        be->product(be, matrix_of(l->gradient.in, n), transpose_of(l->input + t * BATCH, 1),
                    operand_of(h, n), 1, n, BATCH, true);
        be->sum_rows(be, l->gradient.bias, operand_of(h, n), BATCH, n);
        if (t > 0)
            be->product(be, matrix_of(l->gradient.w, n), transpose_of(h - BATCH * n, n),
                        operand_of(h, n), n, n, BATCH, true);
        be->product(be, matrix_of(l->dh, n), operand_of(h, n), operand_of(l->transposed, n), BATCH,
                    n, n, false);
    }
}

/* Updates by Adam, with the gradient clipped to norm 1. The learning rate rises first, then falls
 * to zero as a cosine. */
static void update(struct training_state *l, struct integrator *g, int step)
{
    const struct backend *be = backend_cpu();
    double rate = 0.003 * (1 + cos(M_PI * step / STEPS)) / 2, norm;
    double correction1 = 1 - pow(0.9, step + 1), correction2 = 1 - pow(0.999, step + 1);
    acc squares = 0;

    rate *= fmin(1, (step + 1.0) / WARM_UP);
    be->sum_squares(be, &squares, 1, l->gradient.weights, g->size);
    norm = fmax(1, sqrt(squares));
    for (size_t i = 0; i < g->size; i++) {
        real d = l->gradient.weights[i] / (real)norm, *m = &l->m.weights[i], *v = &l->v.weights[i];

        *m += (d - *m) * (real)0.1;
        *v += (d * d - *v) * (real)0.001;
        g->weights[i] -=
            (real)(rate / correction1) * *m / (real_sqrt(*v / (real)correction2) + (real)1e-8);
    }
}

/* Sets the first weights. Recurrent weights are near the identity: a network that keeps its state
 * is half an integrator. */
static void initialise(struct integrator *g, uint64_t seed)
{
    size_t n = g->units;
    struct philox_address address = {.seed = seed, .purpose = PHILOX_INITIAL_VALUES};
    real root = real_sqrt((real)n);

    memset(g->weights, 0, g->size * sizeof *g->weights);
    for (size_t i = 0; i < n; i++) {
        address.time = (uint32_t)i;
        philox_normals(g->w + i * n, &address, (uint32_t)n);
        for (size_t j = 0; j < n; j++)
            g->w[i * n + j] *= (real)0.1 / root;
        g->w[i * n + i] += (real)0.9;
    }
    address.time = (uint32_t)n;
    philox_normals(g->in, &address, (uint32_t)n);
    address.time++;
    philox_normals(g->out, &address, (uint32_t)n);
    for (size_t j = 0; j < n; j++)
        g->out[j] /= root;
}

static double test_error(struct training_state *l, const struct integrator *g, size_t bins,
                         double deviation, uint64_t seed)
{
    draw_trials(l->input, l->target, bins, TEST_TRIALS, deviation, seed, STEPS);
    integrator_run(g, l->states, l->output, l->input, bins, TEST_TRIALS);
    return mean_square(l->output, l->target, bins * TEST_TRIALS);
}

/* A training, as one work item: its products then stay on one thread, and its result does not
 * depend on the number of threads. */
struct training {
    struct integrator *network;
    struct training_state state;
    size_t bins;
    double deviation, limit, error, began;
    uint64_t seed;
    const struct lfads_callbacks *callbacks;
    struct lfads_error *err;
    enum lfads_status status;
};

static enum lfads_status report(const struct training *t, int step)
{
    struct lfads_progress progress = {.what = "training an integrator",
                                      .share = (step + 1.0) / STEPS,
                                      .seconds = clock_seconds() - t->began};

    if (progress_report(t->callbacks, &progress))
        return lfads_fail(t->err, LFADS_INTERRUPTED, "stopped while the integrator was trained");
    return LFADS_OK;
}

static void train_once(struct training *t, uint64_t seed)
{
    struct training_state *l = &t->state;
    struct integrator *g = t->network;

    t->began = clock_seconds();
    initialise(g, seed);
    memset(l->m.weights, 0, g->size * sizeof(real));
    memset(l->v.weights, 0, g->size * sizeof(real));
    for (int step = 0; step < STEPS && t->status == LFADS_OK; step++) {
        draw_trials(l->input, l->target, t->bins, BATCH, t->deviation, seed, (uint32_t)step);
        integrator_run(g, l->states, l->output, l->input, t->bins, BATCH);
        differentiate(l, g, t->bins);
        update(l, g, step);
        t->status = report(t, step);
    }
    if (t->status == LFADS_OK)
        t->error = test_error(l, g, t->bins, t->deviation, seed);
}

static void train(void *payload, size_t item, size_t thread)
{
    struct training *t = payload;

    (void)item;
    (void)thread;
    for (uint64_t attempt = 0;
         attempt < MAX_ATTEMPTS && t->status == LFADS_OK && !(t->error < t->limit); attempt++)
        train_once(t, t->seed + attempt);
}

enum lfads_status integrator_train(struct integrator *integrator, double *error, size_t bins,
                                   double deviation, double limit, uint64_t seed,
                                   const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct training t = {.network = integrator,
                         .bins = bins,
                         .deviation = deviation,
                         .limit = limit,
                         .error = HUGE_VAL,
                         .seed = seed,
                         .callbacks = callbacks,
                         .err = err};

    t.status = training_state_create(&t.state, integrator->units, bins, err);
    if (t.status == LFADS_OK)
        workers_run(NULL, 1, train, &t);
    training_state_release(&t.state);
    *error = t.error;
    if (t.status == LFADS_OK && !(t.error < limit))
        return lfads_fail(err, LFADS_NUMERIC,
                          "the integrator's error is %.4f after %d trainings, and %.4f is wanted: "
                          "choose another --u_std, --N or --T",
                          t.error, MAX_ATTEMPTS, limit);
    return t.status;
}
