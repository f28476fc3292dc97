/* compare.h - compares arrays with their expected values, element by element.
 *
 * Each element has its own allowance, so that small numbers among large ones are compared as
 * strictly as these. NaN equals only NaN and an infinity only itself, whatever the allowance.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_COMPARE_H
#define LFADS_TESTS_COMPARE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/real.h"

/* The result of a comparison: counts, and the worst element, whose error is the largest in units of
 * its allowance. Starts as zeros. */
struct comparison {
    size_t count, failed; /* elements; those whose error exceeds their allowance */
    size_t index;         /* of the worst element */
    double actual, expected, allowed;
    double ratio; /* its error over its allowance: above 1 it fails; infinite for NaN, infinities
                     and an allowance of 0 */
};

/* The allowance of element i: ABSOLUTE + RELATIVE*|expected| + EACH[i]; EACH may be NULL. */
struct allowance {
    double absolute, relative;
    const double *each;
};

/* Compares the next element. */
void compare_number(struct comparison *c, double actual, double expected, double allowed);
/* Compare COUNT elements. */
struct comparison compare_reals(const real *actual, const real *expected, size_t count,
                                const struct allowance *allowance);
struct comparison compare_accs(const acc *actual, const acc *expected, size_t count,
                               const struct allowance *allowance);
/* Returns whether no element fails; else prints one line that begins with NAME. */
bool compare_passes(const struct comparison *c, const char *name);
#endif
