/* step.c - a whole training step: masks and noise, forward, backward, clipping, Adam.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workload.h"

static void step(void *payload) { workload_step(payload); }

/* Runs the steps alone, so that a profile of the process has nothing else. */
static void run_alone(struct workload *w, const struct options *options)
{
    double times[MAX_REPEATS];
    struct figures figures;

    for (size_t i = 0; i < options->repeats; i++) {
        double start = seconds_now(options->processor_time, options->threads);

        workload_step(w);
        times[i] = seconds_now(options->processor_time, options->threads) - start;
    }
    figures_begin(&figures, options, "step");
    figures_text(&figures, "workload", options->workload);
    figures_number(&figures, "ms_a_step", 1e3 * median(times, options->repeats), "ms, median");
    figures_end(&figures);
}

int bench_step(const struct options *options)
{
    struct workload w;
    struct peak peak;
    struct timing timing;
    struct figures figures;
    struct backend_choice choice;
    double gflop;

    if (options->device)
        return bench_device_step(options);
    if (!workload_backend(&choice, options) ||
        !workload_create(&w, options, choice.be, options->threads))
        return 1;
    if (options->alone) {
        run_alone(&w, options);
        workload_free(&w);
        backend_release(&choice);
        return 0;
    }
    if (!peak_create(&peak, options->threads, options->processor_time))
        return 1;
    gflop = 1e-9 * workload_operations(&w);
    time_against_peak(&timing, &peak, options->repeats, gflop, step, &w);
    figures_begin(&figures, options, "step");
    figures_text(&figures, "workload", options->workload);
    figures_text(&figures, "precision", options->precision);
    figures_number(&figures, "threads", (double)options->threads, "");
    figures_number(&figures, "ms_a_step", 1e3 * timing.seconds, "ms, median");
    figures_number(&figures, "least_ms_a_step", 1e3 * timing.min, "ms");
    figures_number(&figures, "trials_a_second", (double)w.batch / timing.seconds, "trials/s");
    figures_number(&figures, "gflop_a_step", gflop, "GFLOP in matrix products");
    figures_number(&figures, "gflop_a_second", gflop / timing.seconds, "GFLOP/s");
    figures_number(&figures, "sgemm_gflop_a_second", timing.peak, "GFLOP/s, dnnl_sgemm 1024^3");
    figures_number(&figures, "share_of_sgemm", timing.ratio, "median of the pairs");
    figures_number(&figures, "peak_memory", peak_memory(), "MiB");
    figures_end(&figures);
    workload_free(&w);
    backend_release(&choice);
    peak_free(&peak);
    return 0;
}
