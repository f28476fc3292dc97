/* compare.c - compares arrays with their expected values, element by element.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compare.h"

#include <stdio.h>

/* Returns the error in units of ALLOWED. */
static double ratio_of(double actual, double expected, double allowed)
{
    double difference = fabs(actual - expected);

    if (isnan(actual) || isnan(expected))
        return isnan(actual) && isnan(expected) ? 0 : (double)INFINITY;
    if (actual == expected)
        return 0;
    if (isinf(actual) || isinf(expected) || !(allowed > 0))
        return (double)INFINITY;
    return difference / allowed;
}

void compare_number(struct comparison *c, double actual, double expected, double allowed)
{
    double ratio = ratio_of(actual, expected, allowed);

    c->failed += ratio > 1;
    if (c->count == 0 || ratio > c->ratio) {
        c->index = c->count;
        c->actual = actual;
        c->expected = expected;
        c->allowed = allowed;
        c->ratio = ratio;
    }
    c->count++;
}

static double allowance_of(const struct allowance *a, size_t i, double expected)
{
    return a->absolute + a->relative * fabs(expected) + (a->each ? a->each[i] : 0);
}

struct comparison compare_reals(const real *actual, const real *expected, size_t count,
                                const struct allowance *allowance)
{
    struct comparison c = {.count = 0};

    for (size_t i = 0; i < count; i++)
        compare_number(&c, (double)actual[i], (double)expected[i],
                       allowance_of(allowance, i, (double)expected[i]));
    return c;
}

struct comparison compare_accs(const acc *actual, const acc *expected, size_t count,
                               const struct allowance *allowance)
{
    struct comparison c = {.count = 0};

    for (size_t i = 0; i < count; i++)
        compare_number(&c, actual[i], expected[i], allowance_of(allowance, i, expected[i]));
    return c;
}

bool compare_passes(const struct comparison *c, const char *name)
{
    if (c->failed)
        printf(
            "  %s: %zu of %zu numbers are wrong; number %zu is %.9g instead of %.9g within %.3g\n",
            name, c->failed, c->count, c->index, c->actual, c->expected, c->allowed);
    return c->failed == 0;
}
