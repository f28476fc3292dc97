/* operation_case.h - what the files of operations' cases share.
 *
 * These files are compiled twice: for backends, and with tracked numbers (tracked.cpp), which
 * derive how far each result may be off. A case therefore rounds the inputs that it computes to
 * float. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_OPERATION_CASE_H
#define LFADS_TESTS_OPERATION_CASE_H
#include "cases.h"

enum { BINS = 3, SAMPLES = 2 }; /* in every case that has bins or samples */

/* Returns x rounded to float, an exact number in either type. */
static inline real exact(double x) { return (real)(float)x; }

/* Sets a part of X to numbers beyond, at and next to the limits of log rates and log variances. */
static inline void reach_limits(real *x, size_t count)
{
    static const double numbers[] = {-1000, -80.5, -80, -79.5, 79.5, 80, 80.5, 1000};

    for (size_t i = 0; i < count; i += 3)
        x[i] = exact(numbers[i / 3 % (sizeof numbers / sizeof numbers[0])]);
}

/* The same for the numbers on one side only. */
static inline void fall_below(real *x, size_t count)
{
    reach_limits(x, count);
    for (size_t i = 0; i < count; i++)
        x[i] = x[i] > 0 ? -x[i] : x[i];
}

#define CASE(name)                                                                                 \
    void case_##name(const struct backend *be, struct arrays *a, size_t rows, size_t n)
#endif
