/* bench.h - shared by the benchmarks: options, timing relative to the machine's matrix product,
 * figures as text or JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BENCH_BENCH_H
#define LFADS_BENCH_BENCH_H
#include <stdbool.h>
#include <stddef.h>

enum { MAX_FLAGS = 64, MAX_REPEATS = 1000 };

struct options {
    const char *workload; /* W1, W2 or W3 */
    size_t threads, repeats;
    size_t bins, channels, samples; /* 0: the workload's, or 128 samples */
    bool json;
    bool alone;            /* the step without the product that it is compared with */
    bool processor_time;   /* instead of the clock's, in step, sample and ops */
    const char *device;    /* gpu:N; NULL: the processor */
    const char *precision; /* of matrix products, in step and sample */
    const char
        *flags[MAX_FLAGS]; /* name=value of the program's flags; they override the workload's */
    size_t n_flags;
};

/* The figures of one benchmark, written in the order of the calls. */
struct figures {
    bool json;
    size_t count;
};
void figures_begin(struct figures *figures, const struct options *options, const char *what);
void figures_text(struct figures *figures, const char *name, const char *value);
void figures_number(struct figures *figures, const char *name, double value, const char *unit);
void figures_end(struct figures *figures);

/* Returns the median; sorts TIMES. */
double median(double *times, size_t count);
/* Returns the seconds since a fixed moment. PROCESSOR_TIME: those that this process has computed,
 * divided by THREADS; other work on the machine hardly changes them, nor do they have waits. */
double seconds_now(bool processor_time, size_t threads);
/* Returns the largest resident set so far, in MiB. */
double peak_memory(void);

/* Runs dnnl_sgemm of 1024 x 1024 matrices on each of THREADS threads. */
struct peak {
    float *memory;
    size_t threads;
    struct workers *workers;
    bool processor_time; /* measures by it */
};
bool peak_create(struct peak *peak, size_t threads, bool processor_time);
void peak_free(struct peak *peak);
/* Measures the GFLOP/s of all threads together. */
double peak_rate(const struct peak *peak);

/* Runs WORK repeatedly, each time between two rounds of the peak's products, so that a drift of the
 * machine's speed affects both. Sets the median and the minimum of the seconds, and the median of
 * the ratios of the work's rate (GFLOP per run) to the products' rate next to it. */
struct timing {
    double seconds, min; /* per run */
    double peak, ratio;  /* GFLOP/s of the products; the work's rate divided by it */
};
void time_against_peak(struct timing *timing, const struct peak *peak, size_t repeats, double gflop,
                       void (*work)(void *payload), void *payload);

/* The benchmarks. Each returns an exit status. */
int bench_step(const struct options *options);
int bench_device_step(const struct options *options);
int bench_device_sample(const struct options *options);
int bench_ops(const struct options *options);
int bench_sample(const struct options *options);
int bench_latency(const struct options *options);
int bench_startup(const struct options *options);
#endif
