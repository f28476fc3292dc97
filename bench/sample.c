/* sample.c - posterior sampling: a group of trials is encoded once; each is decoded with all its
 * samples.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/workers.h"
#include "run/passes.h"
#include "workload.h"

enum { GROUP = 16 };

struct sampling {
    const struct backend *be;
    struct workload *w;
    size_t threads, samples;
    struct workers *workers;
    struct shard **encoders, **decoders;
};

static void run_group(void *payload, size_t group, size_t thread)
{
    const struct sampling *s = payload;
    struct shard *encoded = s->encoders[thread], *decoded = s->decoders[thread];
    struct philox_address noise = {.seed = 1};

    shard_begin(encoded, 0, GROUP, 1, POSTERIOR_SAMPLE, false, s->w->learner->parameters, NULL,
                NULL);
    workload_fill(s->w, encoded, group * GROUP % s->w->batch);
    shard_encode(encoded);
    for (size_t b = 0; b < GROUP; b++) {
        shard_begin(decoded, 0, 1, s->samples, POSTERIOR_SAMPLE, false, s->w->learner->parameters,
                    NULL, NULL);
        passes_take(decoded, encoded, b);
        shard_address_noise(decoded, 1, (uint32_t)(group * GROUP + b));
        shard_draw_noise(decoded, &noise);
        shard_decode(decoded);
    }
}

/* Runs one group on each thread. */
static void run(void *payload)
{
    const struct sampling *s = payload;

    workers_run(s->workers, s->threads, run_group, payload);
}

static bool create(struct sampling *s)
{
    struct lfads_error err;

    s->workers = workers_create(s->threads);
    s->encoders = calloc(s->threads, sizeof(struct shard *));
    s->decoders = calloc(s->threads, sizeof(struct shard *));
    for (size_t i = 0; i < s->threads && s->encoders && s->decoders; i++)
        if (shard_create(&s->encoders[i], s->be, s->w->model, GROUP, 1, false, &err) != LFADS_OK ||
            shard_create(&s->decoders[i], s->be, s->w->model, 1, s->samples, false, &err) !=
                LFADS_OK) {
            fprintf(stderr, "%s\n", err.text);
            return false;
        }
    return s->encoders && s->decoders;
}

static void release(struct sampling *s)
{
    for (size_t i = 0; s->encoders && s->decoders && i < s->threads; i++) {
        shard_free(s->encoders[i]);
        shard_free(s->decoders[i]);
    }
    workers_free(s->workers);
    free(s->encoders);
    free(s->decoders);
}

int bench_sample(const struct options *options)
{
    struct workload w;
    struct sampling s = {
        .w = &w, .threads = options->threads, .samples = options->samples ? options->samples : 128};
    struct backend_choice choice;
    struct peak peak;
    struct timing timing;
    struct figures figures;
    double trials = (double)(GROUP * options->threads), samples = (double)s.samples, gflop;

    if (options->device)
        return bench_device_sample(options);
    if (!workload_backend(&choice, options) ||
        !peak_create(&peak, options->threads, options->processor_time) ||
        !workload_create(&w, options, choice.be, 1))
        return 1;
    s.be = choice.be;
    if (!create(&s)) {
        release(&s);
        return 1;
    }
    gflop = 1e-9 * trials * workload_sampling_operations(&w, samples, 1);
    time_against_peak(&timing, &peak, options->repeats, gflop, run, &s);
    figures_begin(&figures, options, "sample");
    figures_text(&figures, "workload", options->workload);
    figures_text(&figures, "precision", options->precision);
    figures_number(&figures, "threads", (double)options->threads, "");
    figures_number(&figures, "samples", samples, "a trial");
    figures_number(&figures, "ms_a_trial", 1e3 * timing.seconds / trials, "ms, median");
    figures_number(&figures, "gflop_a_trial", gflop / trials, "GFLOP in matrix products");
    figures_number(&figures, "times_fewer_operations",
                   workload_sampling_operations(&w, samples, samples) /
                       workload_sampling_operations(&w, samples, 1),
                   "than with encoders run for each sample");
    figures_number(&figures, "sgemm_gflop_a_second", timing.peak, "GFLOP/s, dnnl_sgemm 1024^3");
    figures_number(&figures, "share_of_sgemm", timing.ratio, "median of the pairs");
    figures_number(&figures, "peak_memory", peak_memory(), "MiB");
    figures_end(&figures);
    release(&s);
    workload_free(&w);
    backend_release(&choice);
    peak_free(&peak);
    return 0;
}
