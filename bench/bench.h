/* bench.h - what the benchmarks share: their options, timing against the machine's own matrix
 * product, and figures as text or JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BENCH_BENCH_H
#define LFADS_BENCH_BENCH_H
#include <stdbool.h>
#include <stddef.h>

enum { MOST_FLAGS = 64, MOST_REPEATS = 1000 };

struct options {
    const char *workload; /* W1, W2 or W3 */
    size_t threads, repeats;
    size_t bins, channels, samples; /* 0: the workload's, or 128 samples */
    bool json;
    const char *device;            /* gpu:N; NULL: the processor */
    const char *precision;         /* of step's and sample's products */
    const char *flags[MOST_FLAGS]; /* name=value of the program's flags, over the workload's */
    size_t n_flags;
};

/* Figures of one benchmark, in the order in which they are put. */
struct figures {
    bool json;
    size_t count;
};
void figures_begin(struct figures *figures, const struct options *options, const char *what);
void figures_text(struct figures *figures, const char *name, const char *value);
void figures_number(struct figures *figures, const char *name, double value, const char *unit);
void figures_end(struct figures *figures);

/* The median; sorts TIMES. */
double median(double *times, size_t count);
/* Largest resident set so far, in MiB. */
double peak_memory(void);

/* dnnl_sgemm of 1024 x 1024 matrices, on as many threads side by side as are asked for. */
struct peak {
    float *memory;
    size_t threads;
};
bool peak_create(struct peak *peak, size_t threads);
void peak_free(struct peak *peak);
/* GFLOP/s of all threads together, now. */
double peak_rate(const struct peak *peak);

/* Runs WORK repeatedly, each time between two rounds of the peak's products, so that a machine
 * whose speed drifts slows both. Sets the median and least seconds, and the median of the pairs'
 * ratios of the work's rate (GFLOP a run) to the products'. */
struct timing {
    double seconds, least; /* of one run */
    double peak, ratio;    /* GFLOP/s of the products; the work's rate as a share of it */
};
void time_against_peak(struct timing *timing, const struct peak *peak, size_t repeats, double gflop,
                       void (*work)(void *payload), void *payload);

/* The benchmarks; each returns an exit status. */
int bench_step(const struct options *options);
int bench_device_step(const struct options *options);
int bench_device_sample(const struct options *options);
int bench_ops(const struct options *options);
int bench_sample(const struct options *options);
int bench_latency(const struct options *options);
int bench_startup(const struct options *options);
#endif
