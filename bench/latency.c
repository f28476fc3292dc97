/* latency.c - the time from a trial's data to its rates, with all memory allocated before; the time
 * of that trial's recurrent products only, a lower bound; and the time from a bin to its rates, for
 * a causal model of these sizes. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/workers.h"
#include "model/causal.h"
#include "workload.h"

enum { CALLS = 20 }; /* calls per measurement */

struct latency {
    const struct workload *w;
    struct shard *shard;
    real *output;
    double seconds;
};

static void denoise(void *payload, size_t item, size_t thread)
{
    struct latency *l = payload;
    struct shard *s = l->shard;
    double start = clock_seconds();

    (void)item, (void)thread;
    for (int i = 0; i < CALLS; i++) {
        shard_begin(s, 0, 1, 1, POSTERIOR_MEAN, false, l->w->learner->parameters, NULL, NULL);
        workload_fill(l->w, s, 0);
        workload_draw(l->w, s, 0);
        shard_encode(s);
        shard_generate(s);
        shard_output(s, l->output);
    }
    l->seconds = (clock_seconds() - start) / CALLS;
}

/* Sends a trial bin by bin: the seconds of a bin behind those that come first. */
static void denoise_bins(void *payload, size_t item, size_t thread)
{
    struct latency *l = payload;
    struct shard *s = l->shard;
    size_t first = causal_first_bins(s->model), bins = s->model->bins, ready;
    double start = 0;

    (void)item, (void)thread;
    shard_begin(s, 0, 1, 1, POSTERIOR_MEAN, false, l->w->learner->parameters, NULL, NULL);
    workload_draw(l->w, s, 0);
    causal_begin(s);
    workload_fill(l->w, s, 0);
    for (size_t t = 0; t < bins; t++) {
        if (t == first)
            start = clock_seconds();
        causal_bin(s, t, &ready);
        if (ready)
            shard_output(s, l->output);
    }
    l->seconds = (clock_seconds() - start) / (double)(bins - first);
}

static void multiply(const struct shard *s, const struct gru *gru, const struct gru_tape *tape)
{
    size_t units = gru->units;

    s->be->product(s->be, matrix_of(tape->pre_ru, 2 * units), operand_of(tape->h, units),
                   operand_of(gru->h_ru, 2 * units), 1, 2 * units, units, false);
    s->be->product(s->be, matrix_of(tape->pre_c, units), operand_in(s->be, tape->rh),
                   operand_of(gru->rh_c, units), 1, units, units, false);
}

static void products(void *payload, size_t item, size_t thread)
{
    struct latency *l = payload;
    struct shard *s = l->shard;
    const struct model *m = s->model;
    double start = clock_seconds();

    (void)item, (void)thread;
    for (int i = 0; i < CALLS; i++)
        for (size_t t = 0; t < m->bins; t++) {
            for (enum encoder e = 0; e < ENCODERS; e++)
                if (model_has_encoder(m, e))
                    multiply(s, &s->w.encoder[e], &s->encoder[e]);
            if (m->co_dim)
                multiply(s, &s->w.con, &s->con);
            multiply(s, &s->w.gen, &s->gen);
        }
    l->seconds = (clock_seconds() - start) / CALLS;
}

/* Returns the median in microseconds. */
static double measure(struct latency *l, size_t repeats, void (*work)(void *, size_t, size_t))
{
    double times[MAX_REPEATS];

    workers_run(NULL, 1, work, l);
    for (size_t i = 0; i < repeats; i++) {
        workers_run(NULL, 1, work, l);
        times[i] = 1e6 * l->seconds;
    }
    return median(times, repeats);
}

/* Sets *MICROSECONDS to the median time of a bin. */
static bool measure_bins(double *microseconds, const struct options *options)
{
    static const char *const causal[] = {"do_causal_controller=true", "num_steps_for_gen_ic=10"};
    struct options with = *options;
    struct workload w;
    struct latency l = {.w = &w};
    struct lfads_error err;
    bool made;

    for (size_t i = 0; i < sizeof causal / sizeof causal[0] && with.n_flags < MAX_FLAGS; i++)
        with.flags[with.n_flags++] = causal[i];
    if (!workload_create(&w, &with, backend_cpu(), 1))
        return false;
    l.output = calloc(2 * w.model->bins * w.model->sessions[0].channels, sizeof *l.output);
    made = l.output && causal_first_bins(w.model) < w.model->bins &&
           shard_create(&l.shard, backend_cpu(), w.model, 1, 1, false, &err) == LFADS_OK;
    if (made)
        *microseconds = measure(&l, options->repeats, denoise_bins);
    free(l.output);
    shard_free(l.shard);
    workload_free(&w);
    return made;
}

int bench_latency(const struct options *options)
{
    struct workload w;
    struct latency l = {.w = &w};
    struct figures figures;
    struct lfads_error err;
    double total, products_only, bin;

    if (!workload_create(&w, options, backend_cpu(), 1))
        return 1;
    l.output = calloc(2 * w.model->bins * w.model->sessions[0].channels, sizeof *l.output);
    if (!l.output || shard_create(&l.shard, backend_cpu(), w.model, 1, 1, false, &err) != LFADS_OK)
        return 1;
    total = measure(&l, options->repeats, denoise);
    products_only = measure(&l, options->repeats, products);
    if (!measure_bins(&bin, options))
        return 1;
    figures_begin(&figures, options, "latency");
    figures_text(&figures, "workload", options->workload);
    figures_number(&figures, "us_a_trial", total, "us, median");
    figures_number(&figures, "us_a_bin", bin, "us, median, of a causal model");
    figures_number(&figures, "us_recurrent_products_alone", products_only, "us, median");
    figures_number(&figures, "times_the_products", total / products_only, "");
    figures_end(&figures);
    free(l.output);
    shard_free(l.shard);
    workload_free(&w);
    return 0;
}
