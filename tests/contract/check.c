/* check.c - compares every operation of a backend with the reference, in every case and size.
 *
 * Each number has its own tolerance: of an operation, derived from its definition (tracked.h); of a
 * time loop, from its response to perturbations (perturbed.c).
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "expected.h"

enum { SIZES = 10, SMALL = 7, MAX_CASES = 100 };

static const size_t sizes[SIZES][2] = {{1, 1},   {3, 2},   {1, 24},  {16, 16},  {5, 17},
                                       {16, 50}, {7, 200}, {40, 33}, {300, 40}, {2, 400}};

void expected_release(struct expected *e)
{
    for (size_t i = 0; i < e->arrays; i++) {
        free(e->value[i]);
        free(e->allowed[i]);
    }
}

static double number(const struct arrays *a, size_t array, size_t i)
{
    return a->array[array].wide ? ((const acc *)a->array[array].memory)[i]
                                : (double)((const real *)a->array[array].memory)[i];
}

/* The largest error of a backend, as a ratio to its allowance, and its case. */
struct worst {
    double ratio;
    char name[100];
};

/* Returns what a case of one size must result in; computes it once for all backends and runs. */
static const struct expected *expect(const struct operation_case *c, bool loop, size_t size,
                                     double operand_unit)
{
    static struct {
        struct expected expected;
        bool known;
        double operand_unit;
    } cache[2][MAX_CASES][SIZES], *found;
    size_t index = (size_t)(c - (loop ? loop_cases : operation_cases));

    assert(index < MAX_CASES);
    found = &cache[loop][index][size];
    if (found->known && found->operand_unit == operand_unit)
        return &found->expected;
    expected_release(&found->expected);
    if (loop)
        expect_loop(&found->expected, index, sizes[size][0], sizes[size][1]);
    else
        expect_operation(&found->expected, index, sizes[size][0], sizes[size][1], operand_unit);
    found->known = true;
    found->operand_unit = operand_unit;
    return &found->expected;
}

/* Adds FLT_MIN to each allowance: subnormal numbers have no relative precision. */
static bool array_passes(const struct arrays *ours, size_t i, const struct expected *e,
                         const char *name, struct worst *worst)
{
    struct comparison c = {.count = 0};

    for (size_t k = 0; k < e->count[i]; k++)
        compare_number(&c, number(ours, i, k), e->value[i][k],
                       e->allowed[i][k] + (e->allowed[i][k] > 0 ? (double)FLT_MIN : 0));
    if (c.ratio > worst->ratio) {
        worst->ratio = c.ratio;
        snprintf(worst->name, sizeof worst->name, "%s", name);
    }
    return compare_passes(&c, name);
}

static int check(const struct checked *what, const struct operation_case *c, bool loop, size_t size,
                 struct worst *worst)
{
    const struct expected *e = expect(c, loop, size, what->operand_unit);
    struct arrays ours = {.used = 0};
    size_t rows = sizes[size][0], n = sizes[size][1];
    int failed = 0;

    if (what->attach)
        what->attach(what->be, &ours);
    c->run(what->be, &ours, rows, n);
    for (size_t i = 0; i < ours.used; i++) {
        char name[100];

        snprintf(name, sizeof name, "%s of %zu x %zu, array %zu", c->name, rows, n, i);
        failed |= ours.array[i].compared && !array_passes(&ours, i, e, name, worst);
    }
    arrays_release(&ours);
    return failed;
}

static bool begins(const char *name, const char *word)
{
    return strncmp(name, word, strlen(word)) == 0;
}

static bool wanted(const struct checked *what, const char *name)
{
    return begins(name, what->only) && !(what->except && begins(name, what->except));
}

static bool fits(const struct checked *what, size_t size)
{
    return what->max_rows == 0 || sizes[size][0] <= what->max_rows;
}

int check_backend(const struct checked *what)
{
    struct worst worst = {.ratio = 0};
    size_t first = what->sizes == LARGE_SIZES ? SMALL : 0;
    size_t end = what->sizes == SMALL_SIZES ? SMALL : SIZES;
    int failed = 0, cases = 0;

    for (int loop = 0; loop < 2; loop++)
        for (const struct operation_case *c = loop ? loop_cases : operation_cases; c->name; c++)
            for (size_t i = first; wanted(what, c->name) && i < end; i++)
                if (fits(what, i)) {
                    failed += check(what, c, loop, i, &worst);
                    cases++;
                }
    printf("%s (%s): %d cases, %d failed; worst %.2f of its allowance (%s)\n", what->be->name,
           what->set, cases, failed, worst.ratio, worst.name);
    return failed;
}
