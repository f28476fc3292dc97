/* data_range.c - the ranges of data in words.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/data_range.h"

#include <stdio.h>

void data_range_text(char text[DATA_RANGE_TEXT], const struct data_range *range)
{
    switch (range->data) {
    case DATA_COUNTS:
        snprintf(text, DATA_RANGE_TEXT, "whole counts from 0 to a million");
        return;
    case DATA_REALS:
        snprintf(text, DATA_RANGE_TEXT, "finite numbers");
        return;
    case DATA_POSITIVE:
        snprintf(text, DATA_RANGE_TEXT, "finite numbers above 0");
        return;
    case DATA_INFLATED:
        snprintf(text, DATA_RANGE_TEXT, "0 and finite numbers above --zig_loc=%g", range->above);
        return;
    }
}
