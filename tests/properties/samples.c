/* samples.c - for random configurations: several samples of a trial that are decoded together,
 * after one pass of the encoders, equal those of separate passes of one sample each. In double with
 * the reference, in float with products in bfloat16. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "random_model.h"
#include "run/passes.h"

enum { CONFIGURATIONS = 200, TRIALS = 3, SAMPLES = 4, NOT_RUN = 77 };

static void begin(struct shard *s, const struct random_model *r, size_t trials, size_t samples)
{
    shard_begin(s, r->session, trials, samples, POSTERIOR_SAMPLE, false, r->learner->parameters,
                NULL, NULL);
}

static void draw_noise(const struct random_model *r, struct shard *s, size_t trial, size_t sample)
{
    struct philox_address from = {.seed = r->seed, .sample = (uint32_t)sample};

    shard_address_noise(s, 9, (uint32_t)trial);
    shard_draw_noise(s, &from);
}

/* With the reference both are the same sums in the same order, so they have the same bits. In
 * bfloat16 operands of few rows are not rounded. */
#ifdef LFADS_REAL_DOUBLE
static const double tolerance = 0;
#else
static const double tolerance = 0x1p-6; /* four units of the last place */
#endif

static void compare(struct comparison *c, double ours, double theirs)
{
    compare_number(c, ours, theirs, tolerance * (1 + fabs(theirs)));
}

/* Compares row ROW of MANY [T,rows,n] with ONE [T,n]. */
static bool is_row(const char *name, const real *many, size_t rows, size_t row, const real *one,
                   size_t bins, size_t n)
{
    struct comparison c = {.count = 0};

    for (size_t t = 0; t < bins; t++)
        for (size_t j = 0; j < n; j++)
            compare(&c, (double)many[(t * rows + row) * n + j], (double)one[t * n + j]);
    return compare_passes(&c, name);
}

static bool is_cost(const char *name, acc ours, acc theirs)
{
    struct comparison c = {.count = 0};

    compare(&c, ours, theirs);
    return compare_passes(&c, name);
}

/* Computes sample SAMPLE of trial TRIAL alone and compares it with its row of the decoded samples.
 */
static bool check_sample(const struct random_model *r, const struct shard *encoded,
                         const struct shard *decoded, const real *output, size_t trial,
                         size_t sample)
{
    const struct model *m = r->model;
    size_t width = model_outputs(m, r->session), n = model_channels(m, r->session);
    struct shard *alone = random_model_shard(r, 1, 1, false);
    real *one = calloc(m->bins * width, sizeof *one);
    bool passes;

    begin(alone, r, 1, 1);
    for (enum trial_array array = 0; array < TRIAL_ARRAYS; array++) {
        size_t width_of = model_trial_width(m, r->session, array);

        for (size_t t = 0; t < model_trial_bins(m, array) && width_of; t++)
            memcpy(alone->data[array] + t * width_of,
                   encoded->data[array] + (t * TRIALS + trial) * width_of, width_of * sizeof(real));
    }
    /* the encoded shard has zeros where the data were missing */
    for (size_t i = 0; i < m->bins * n && encoded->missing_weight; i++)
        if (encoded->missing_weight[(i / n * TRIALS + trial) * n + i % n] == 0)
            alone->data[TRIAL_OBSERVED][i] = (real)NAN;
    shard_set_scales(alone, 1.25);
    draw_noise(r, alone, trial, sample);
    shard_forward(alone);
    shard_output(alone, one);
    passes = is_row("output", output, SAMPLES, sample, one, m->bins, width);
    passes &= is_row("states", decoded->gen.h + SAMPLES * m->gen_units, SAMPLES, sample,
                     alone->gen.h + m->gen_units, m->bins, m->gen_units);
    if (m->co_dim)
        passes &= is_row("inputs", decoded->co_sample, SAMPLES, sample, alone->co_sample, m->bins,
                         m->co_dim);
    passes &=
        is_cost("log-likelihood", decoded->cost[TERM_LOGLIK][sample], alone->cost[TERM_LOGLIK][0]);
    passes &= is_cost("divergence", decoded->cost[TERM_KL_CO][sample], alone->cost[TERM_KL_CO][0]);
    free(one);
    shard_free(alone);
    if (passes)
        return true;
    printf("seed %llu, trial %zu, sample %zu:\n %s\n", (unsigned long long)r->seed, trial, sample,
           r->text);
    return false;
}

static int check(uint64_t seed, const struct backend *be)
{
    struct random_model r;
    struct shard *encoded, *decoded;
    struct batch_source source;
    real *output;
    int failed = 0;

    random_model_create(&r, seed, be, TRIALS, 1);
    source = random_model_batch(&r);
    encoded = random_model_shard(&r, TRIALS, 1, false);
    decoded = random_model_shard(&r, 1, SAMPLES, false);
    output =
        calloc(r.model->bins * SAMPLES * 2 * model_channels(r.model, r.session), sizeof *output);
    begin(encoded, &r, TRIALS, 1);
    source.load(source.payload, encoded, 0);
    shard_encode(encoded);
    for (size_t trial = 0; trial < TRIALS; trial++) {
        begin(decoded, &r, 1, SAMPLES);
        passes_take(decoded, encoded, trial);
        draw_noise(&r, decoded, trial, 0);
        shard_decode(decoded);
        shard_output(decoded, output);
        for (size_t sample = 0; sample < SAMPLES && !failed; sample++)
            failed = !check_sample(&r, encoded, decoded, output, trial, sample);
    }
    free(output);
    shard_free(encoded);
    shard_free(decoded);
    random_model_free(&r);
    return failed;
}

static int check_all(const struct backend *be)
{
    int failed = 0;

    for (uint64_t seed = 1; seed <= CONFIGURATIONS; seed++)
        failed += check(seed, be);
    printf("%d configurations, %d failed\n", CONFIGURATIONS, failed);
    return failed != 0;
}

int main(void)
{
#ifdef LFADS_REAL_DOUBLE
    return check_all(backend_reference());
#else
    struct backend *be;
    struct lfads_error err;
    int failed;

    if (backend_cpu_bf16_create(&be, &err) != LFADS_OK) {
        printf("not run: %s\n", err.text);
        return NOT_RUN;
    }
    failed = check_all(be);
    backend_cpu_bf16_free(be);
    return failed;
#endif
}
