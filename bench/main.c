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
#include <time.h>

#include "base/workers.h"
#include "workload.h"

enum { REPEATS = 9, SIDE = 1024 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

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

/* GFLOP/s of dnnl_sgemm at 1024^3, THREADS of them side by side. */
static double peak(size_t threads)
{
    size_t count = threads * 3 * SIDE * SIDE;
    float *memory = aligned_alloc(64, count * sizeof *memory);
    double times[REPEATS];

    for (size_t i = 0; i < count; i++)
        memory[i] = (float)(i % 7) - 3;
    for (int i = -1; i < REPEATS; i++) {
        double start = now();

        workers_run(threads, threads, multiply, memory);
        if (i >= 0)
            times[i] = now() - start;
    }
    free(memory);
    return (double)threads * 2e-9 * SIDE * SIDE * SIDE / median(times, REPEATS);
}

static int bench_step(const char *name, size_t threads)
{
    struct workload w;
    struct rusage usage;
    double times[REPEATS], time, rate, before, after;

    if (!workload_create(&w, name, backend_cpu(), threads))
        return 1;
    before = peak(threads);
    for (int i = -2; i < REPEATS; i++) {
        double start = now();

        workload_step(&w);
        if (i >= 0)
            times[i] = now() - start;
    }
    after = peak(threads);
    time = median(times, REPEATS);
    rate = 1e-9 * workload_operations(&w) / time;
    getrusage(RUSAGE_SELF, &usage);
    printf("%s, %zu threads: %.1f ms a step (fastest %.1f), %.0f trials/s, %.2f GFLOP a step\n",
           name, threads, 1e3 * time, 1e3 * times[0], (double)w.batch / time,
           1e-9 * workload_operations(&w));
    printf("  %.1f GFLOP/s, %.1f %% of dnnl_sgemm at %d^3 in this run (%.1f), %ld MiB at most\n",
           rate, 200 * rate / (before + after), SIDE, (before + after) / 2, usage.ru_maxrss >> 10);
    workload_free(&w);
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
