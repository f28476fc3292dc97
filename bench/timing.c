/* timing.c - medians; the speed of the machine's matrix product in the same run.
 * SPDX-License-Identifier: Apache-2.0 */
#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "base/workers.h"
#include "bench.h"

enum { SIDE = 1024, WARM_UPS = 2 };

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double median(double *times, size_t count)
{
    qsort(times, count, sizeof *times, compare);
    return times[count / 2];
}

double peak_memory(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

double seconds_now(bool processor_time, size_t threads)
{
    struct timespec t;

    if (!processor_time)
        return clock_seconds();
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return ((double)t.tv_sec + 1e-9 * (double)t.tv_nsec) / (double)threads;
}

bool peak_create(struct peak *peak, size_t threads, bool processor_time)
{
    size_t count = threads * 3 * SIDE * SIDE;

    peak->processor_time = processor_time;
    peak->threads = threads;
    peak->workers = workers_create(threads);
    peak->memory = aligned_alloc(64, count * sizeof *peak->memory);
    for (size_t i = 0; peak->memory && i < count; i++)
        peak->memory[i] = (float)(i % 7) - 3;
    return peak->memory != NULL;
}

void peak_free(struct peak *peak)
{
    workers_free(peak->workers);
    free(peak->memory);
}

static void multiply(void *payload, size_t item, size_t thread)
{
    float *a = (float *)payload + thread * 3 * SIDE * SIDE;

    (void)item;
    dnnl_sgemm('N', 'N', SIDE, SIDE, SIDE, 1, a, SIDE, a + SIDE * SIDE, SIDE, 0,
               a + 2 * SIDE * SIDE, SIDE);
}

double peak_rate(const struct peak *peak)
{
    double start = seconds_now(peak->processor_time, peak->threads);

    workers_run(peak->workers, peak->threads, multiply, peak->memory);
    return 2e-9 * SIDE * SIDE * SIDE * (double)peak->threads /
           (seconds_now(peak->processor_time, peak->threads) - start);
}

void time_against_peak(struct timing *timing, const struct peak *peak, size_t repeats, double gflop,
                       void (*work)(void *payload), void *payload)
{
    double times[MAX_REPEATS], rates[MAX_REPEATS], ratios[MAX_REPEATS];

    for (size_t i = 0; i < repeats + WARM_UPS; i++) {
        double before = peak_rate(peak), seconds, rate;
        double start = seconds_now(peak->processor_time, peak->threads);
        size_t k = i - WARM_UPS;

        work(payload);
        seconds = seconds_now(peak->processor_time, peak->threads) - start;
        /* averages the times of a product, not its rates */
        rate = 2 / (1 / before + 1 / peak_rate(peak));
        if (i < WARM_UPS)
            continue;
        times[k] = seconds;
        rates[k] = rate;
        ratios[k] = gflop / seconds / rate;
    }
    timing->seconds = median(times, repeats);
    timing->min = times[0];
    timing->peak = median(rates, repeats);
    timing->ratio = median(ratios, repeats);
}
