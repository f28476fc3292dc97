/* counts.h - what may be a count of spikes: a whole number from 0 to a million.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_COUNTS_H
#define LFADS_DATA_COUNTS_H
#include <stdbool.h>
#include <stdint.h>

enum { COUNT_MAX = 1000000 };

/* The count that VALUE is, or one that differs from VALUE; 0 for NaN. Without branches, so that
 * loops over it are made into vector instructions. */
static inline int32_t count_of(double value)
{
    double limited = value > 0 ? value : 0;

    return (int32_t)(limited < COUNT_MAX ? limited : COUNT_MAX);
}

static inline bool is_count(double value) { return (double)count_of(value) == value; }
#endif
