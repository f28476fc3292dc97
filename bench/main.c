/* main.c - lfads-bench: speed as a ratio to what the machine's matrix product reaches in the same
 * run.
 *
 *   lfads-bench step [W1|W2|W3] [threads]
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/workers.h"
#include "workload.h"

enum { REPEATS = 15, SIDE = 1024 };

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *times, size_t count)
{
    qsort(times, count, sizeof *times, compare);
    return times[count / 2];
}

/* One product of SIDE x SIDE matrices on a thread of its own. */
static void multiply(void *payload, size_t item, size_t thread)
{
    float *a = (float *)payload + thread * 3 * SIDE * SIDE;

    (void)item;
    dnnl_sgemm('N', 'N', SIDE, SIDE, SIDE, 1, a, SIDE, a + SIDE * SIDE, SIDE, 0,
               a + 2 * SIDE * SIDE, SIDE);
}

/* Seconds of one round of dnnl_sgemm at 1024^3, THREADS of them side by side. */
static double time_products(float *memory, size_t threads)
{
    double start = clock_seconds();

    workers_run(threads, threads, multiply, memory);
    return clock_seconds() - start;
}

static double time_step(struct workload *w)
{
    double start = clock_seconds();

    workload_step(w);
    return clock_seconds() - start;
}

/* Steps and products in turn, so that a machine whose speed drifts slows both; the ratio is the
 * median of the pairs'. */
static int bench_step(const char *name, size_t threads)
{
    size_t count = threads * 3 * SIDE * SIDE;
    float *memory = aligned_alloc(64, count * sizeof *memory);
    double times[REPEATS], rates[REPEATS], ratios[REPEATS], work, products;
    struct workload w;
    struct rusage usage;

    if (!memory || !workload_create(&w, name, backend_cpu(), threads))
        return 1;
    for (size_t i = 0; i < count; i++)
        memory[i] = (float)(i % 7) - 3;
    work = 1e-9 * workload_operations(&w);
    products = (double)threads * 2e-9 * SIDE * SIDE * SIDE;
    for (int i = -2; i < REPEATS; i++) {
        double before = time_products(memory, threads), step = time_step(&w);
        double after = time_products(memory, threads);

        if (i < 0)
            continue;
        times[i] = step;
        rates[i] = 2 * products / (before + after);
        ratios[i] = work / step / rates[i];
    }
    getrusage(RUSAGE_SELF, &usage);
    printf("%s, %zu threads: %.1f ms a step, %.0f trials/s, %.2f GFLOP a step, %.1f GFLOP/s\n",
           name, threads, 1e3 * median(times, REPEATS), (double)w.batch / median(times, REPEATS),
           work, work / median(times, REPEATS));
    printf("  %.1f %% of dnnl_sgemm at %d^3 in this run (%.1f GFLOP/s), %ld MiB at most\n",
           100 * median(ratios, REPEATS), SIDE, median(rates, REPEATS), usage.ru_maxrss >> 10);
    workload_free(&w);
    free(memory);
    return 0;
}

int main(int argc, char **argv)
{
    size_t threads = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;

    if (argc < 2 || strcmp(argv[1], "step") != 0 || threads < 1 || threads > 1024) {
        fprintf(stderr, "usage: lfads-bench step [W1|W2|W3] [threads]\n");
        return 2;
    }
    return bench_step(argc > 2 ? argv[2] : "W1", threads);
}
