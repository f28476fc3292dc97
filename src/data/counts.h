/* counts.h - which numbers are counts of spikes: integers from 0 to a million.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_COUNTS_H
#define LFADS_DATA_COUNTS_H
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

enum { COUNT_MAX = 1000000 };

/* Returns VALUE if it is a count, else a number that differs from it; 0 for NaN. Has no branches,
 * so that the compiler vectorises loops over it. */
static inline int32_t count_of(double value)
{
    double limited = value > 0 ? value : 0;

    return (int32_t)(limited < COUNT_MAX ? limited : COUNT_MAX);
}

static inline bool is_count(double value) { return (double)count_of(value) == value; }

/* Returns the integer that VALUE is but for errors of rounding, a part in a million; else VALUE. */
static inline double near_whole(double value)
{
    double whole = round(value);

    return fabs(value - whole) <= 1e-6 * fmax(1, fabs(value)) ? whole : value;
}
#endif
