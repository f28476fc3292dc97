/* compare.c - numbers of ours against what they should be, element by element.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compare.h"

#include <stdio.h>

/* The difference in units of ALLOWED. */
static double ratio_of(double got, double wanted, double allowed)
{
    double difference = fabs(got - wanted);

    if (isnan(got) || isnan(wanted))
        return isnan(got) && isnan(wanted) ? 0 : (double)INFINITY;
    if (got == wanted)
        return 0;
    if (isinf(got) || isinf(wanted) || !(allowed > 0))
        return (double)INFINITY;
    return difference / allowed;
}

void compare_number(struct comparison *c, double got, double wanted, double allowed)
{
    double ratio = ratio_of(got, wanted, allowed);

    c->failed += ratio > 1;
    if (c->count == 0 || ratio > c->ratio) {
        c->at = c->count;
        c->got = got;
        c->wanted = wanted;
        c->allowed = allowed;
        c->ratio = ratio;
    }
    c->count++;
}

static double allowed_at(const struct allowance *a, size_t i, double wanted)
{
    return a->absolute + a->relative * fabs(wanted) + (a->each ? a->each[i] : 0);
}

struct comparison compare_reals(const real *got, const real *wanted, size_t count,
                                const struct allowance *allowance)
{
    struct comparison c = {.count = 0};

    for (size_t i = 0; i < count; i++)
        compare_number(&c, (double)got[i], (double)wanted[i],
                       allowed_at(allowance, i, (double)wanted[i]));
    return c;
}

struct comparison compare_accs(const acc *got, const acc *wanted, size_t count,
                               const struct allowance *allowance)
{
    struct comparison c = {.count = 0};

    for (size_t i = 0; i < count; i++)
        compare_number(&c, got[i], wanted[i], allowed_at(allowance, i, wanted[i]));
    return c;
}

bool compare_passes(const struct comparison *c, const char *name)
{
    if (c->failed)
        printf("  %s: %zu of %zu numbers are off; number %zu is %.9g, should be %.9g within %.3g\n",
               name, c->failed, c->count, c->at, c->got, c->wanted, c->allowed);
    return c->failed == 0;
}
