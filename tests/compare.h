/* compare.h - numbers of ours against what they should be, element by element.
 *
 * Each element has an allowance of its own, so that a small number among large ones is compared as
 * strictly as they are. NaN equals NaN only, an infinity itself only; no allowance covers either.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_COMPARE_H
#define LFADS_TESTS_COMPARE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/real.h"

/* What comparing found: the element that is furthest off, measured in its allowance. Starts as
 * zeros. */
struct comparison {
    size_t count, failed; /* elements; those beyond their allowance */
    size_t at;            /* the worst one's place */
    double got, wanted, allowed;
    double ratio; /* its difference over its allowance: above 1 fails, infinite where no number
                     could be right */
};

/* |got - wanted| may be ABSOLUTE + RELATIVE*|wanted| + EACH[i], the last one 0 without the array.
 */
struct allowance {
    double absolute, relative;
    const double *each;
};

/* Adds one element, whose place is how many there were before it. */
void compare_number(struct comparison *c, double got, double wanted, double allowed);
struct comparison compare_reals(const real *got, const real *wanted, size_t count,
                                const struct allowance *allowance);
struct comparison compare_accs(const acc *got, const acc *wanted, size_t count,
                               const struct allowance *allowance);
/* Prints one line, which begins with NAME, if an element fails; returns whether none does. */
bool compare_passes(const struct comparison *c, const char *name);
#endif
