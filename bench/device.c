/* device.c - training steps and posterior samples on a device. Steps are queued without waiting:
 * the trials are in its memory, and costs are collected after several steps.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "workload.h"

enum { WARM_UPS = 2, ROWS = 1 << 14 };

static double launches(const struct backend *be)
{
    return be->launches ? (double)be->launches(be) : 0;
}

/* Measures the seconds of REPEATS runs of WORK, each until the device has finished. */
static bool time_device(double *seconds, const struct backend *be, size_t repeats,
                        void (*work)(void *payload), void *payload)
{
    struct lfads_error err;

    for (size_t i = 0; i < repeats + WARM_UPS; i++) {
        double start = clock_seconds();

        work(payload);
        if (be->finish(be, &err) != LFADS_OK) {
            fprintf(stderr, "%s\n", err.text);
            return false;
        }
        if (i >= WARM_UPS)
            seconds[i - WARM_UPS] = clock_seconds() - start;
    }
    return true;
}

static void put_rate(struct figures *figures, const struct backend *be, double gflop_a_second)
{
    double peak = be->peak ? be->peak(be) : 0;

    figures_number(figures, "gflop_a_second", gflop_a_second, "GFLOP/s");
    if (peak > 0)
        figures_number(figures, "share_of_peak", gflop_a_second / peak, "of the device's peak");
}

static void run_steps(void *payload)
{
    for (int i = 0; i < DEVICE_STEPS; i++)
        workload_step(payload);
}

int bench_device_step(const struct options *options)
{
    double seconds[MAX_REPEATS], launched, step, gflop;
    struct backend_choice choice;
    struct figures figures;
    struct workload w;

    if (!workload_backend(&choice, options) || !workload_create(&w, options, choice.be, 1))
        return 1;
    launched = launches(choice.be);
    if (!time_device(seconds, choice.be, options->repeats, run_steps, &w))
        return 1;
    launched = launches(choice.be) - launched;
    step = median(seconds, options->repeats) / DEVICE_STEPS;
    gflop = 1e-9 * workload_operations(&w);
    figures_begin(&figures, options, "step");
    figures_text(&figures, "device", choice.be->name);
    figures_text(&figures, "workload", options->workload);
    figures_number(&figures, "ms_a_step", 1e3 * step, "ms, median of runs of 16 steps");
    figures_number(&figures, "trials_a_second", (double)w.batch / step, "trials/s");
    figures_number(&figures, "launches_a_step",
                   launched / (double)((options->repeats + WARM_UPS) * DEVICE_STEPS),
                   "kernels and replayed steps");
    figures_number(&figures, "gflop_a_step", gflop, "GFLOP in matrix products");
    put_rate(&figures, choice.be, gflop / step);
    figures_end(&figures);
    workload_free(&w);
    backend_release(&choice);
    return 0;
}

/* A group of trials with all samples in one shard. */
struct sampling {
    const struct workload *w;
    struct shard *shard;
    size_t trials, samples;
    real *output;
    acc *means;
};

static void run_samples(void *payload)
{
    const struct sampling *s = payload;
    const struct backend *be = s->shard->be;
    const struct model *m = s->w->model;

    shard_begin(s->shard, 0, s->trials, s->samples, POSTERIOR_SAMPLE, false,
                s->w->learner->parameters, NULL, NULL);
    workload_fill(s->w, s->shard, 0);
    workload_draw(s->w, s->shard, 0);
    shard_forward(s->shard);
    shard_output(s->shard, s->output);
    be->average_samples(be, s->means, s->output, model_outputs(m, 0), m->bins, s->trials,
                        s->samples, model_outputs(m, 0));
}

int bench_device_sample(const struct options *options)
{
    double seconds[MAX_REPEATS], trial, gflop;
    struct sampling s = {.samples = options->samples ? options->samples : 128};
    struct backend_choice choice;
    struct figures figures;
    struct workload w;
    struct lfads_error err = {.text = "no memory"};
    size_t numbers;

    if (!workload_backend(&choice, options) || !workload_create(&w, options, choice.be, 1))
        return 1;
    s.w = &w;
    s.trials = ROWS / s.samples > w.batch ? w.batch : ROWS / s.samples > 0 ? ROWS / s.samples : 1;
    numbers = w.model->bins * s.trials * model_outputs(w.model, 0);
    s.output = choice.be->memory_create(choice.be, numbers * s.samples * sizeof *s.output);
    s.means = choice.be->memory_create(choice.be, numbers * sizeof *s.means);
    if (!s.output || !s.means ||
        shard_create(&s.shard, choice.be, w.model, s.trials, s.samples, false, &err) != LFADS_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    if (!time_device(seconds, choice.be, options->repeats, run_samples, &s))
        return 1;
    trial = median(seconds, options->repeats) / (double)s.trials;
    gflop = 1e-9 * workload_sampling_operations(&w, (double)s.samples, 1);
    figures_begin(&figures, options, "sample");
    figures_text(&figures, "device", choice.be->name);
    figures_text(&figures, "workload", options->workload);
    figures_number(&figures, "samples", (double)s.samples, "a trial");
    figures_number(&figures, "trials_at_once", (double)s.trials, "");
    figures_number(&figures, "ms_a_trial", 1e3 * trial, "ms, median");
    figures_number(&figures, "gflop_a_trial", gflop, "GFLOP in matrix products");
    put_rate(&figures, choice.be, gflop / trial);
    figures_end(&figures);
    choice.be->memory_free(choice.be, s.output);
    choice.be->memory_free(choice.be, s.means);
    shard_free(s.shard);
    workload_free(&w);
    backend_release(&choice);
    return 0;
}
