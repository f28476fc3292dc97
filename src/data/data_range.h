/* data_range.h - which numbers the data may be: they follow from the distribution of the
 * observations. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_DATA_RANGE_H
#define LFADS_DATA_DATA_RANGE_H
#include <math.h>

#include "config/distribution.h"
#include "data/counts.h"

struct data_range {
    enum observed_data data;
    double above; /* DATA_INFLATED: what numbers other than 0 must exceed */
};

enum { DATA_RANGE_TEXT = 80 };

/* Whether X, as the float that the model computes with, is in the range. */
static inline bool data_range_has(const struct data_range *range, double x)
{
    float f = (float)x;

    switch (range->data) {
    case DATA_COUNTS:
        return is_count(x);
    case DATA_REALS:
        return isfinite(f);
    case DATA_POSITIVE:
        return isfinite(f) && f > 0;
    case DATA_INFLATED:
        return isfinite(f) && (f == 0 || (double)f > range->above);
    }
    return false;
}

/* Sets TEXT to the range in words. */
void data_range_text(char text[DATA_RANGE_TEXT], const struct data_range *range);
#endif
