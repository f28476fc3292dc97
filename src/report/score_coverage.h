/* score_coverage.h - how much of the truth lies in a band. The function depends on its arrays only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_SCORE_COVERAGE_H
#define LFADS_REPORT_SCORE_COVERAGE_H
#include <stddef.h>

/* Rows are bins. */
struct covered {
    size_t rows, channels;
    size_t stride;       /* of low and high between rows, in numbers */
    const double *truth; /* [rows,channels] */
    const double *low, *high;
    double conversion; /* low and high times it are in the truth's unit */
};

/* Adds to KNOWN [channels] in how many rows the truth is no NaN, to INSIDE [channels] in how many
 * it lies in the band, its ends included. */
void score_coverage(double *inside, double *known, const struct covered *covered);
#endif
