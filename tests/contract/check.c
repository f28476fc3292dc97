/* check.c - every operation of a backend against the reference, on every case and size.
 *
 * Tolerance: the case's sums are of at most a few hundred numbers of order one, rounded to 2^-24
 * each; exponentials and logarithms are within a few units of the last place. So an array may be
 * off by 32 roundings of its largest entry, times the root of the length of its sums.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

static double number(const struct arrays *a, size_t array, size_t i)
{
    return a->array[array].wide ? ((const acc *)a->array[array].memory)[i]
                                : (double)((const real *)a->array[array].memory)[i];
}

/* The array's largest difference relative to its largest number. */
static double difference(const struct arrays *ours, const struct arrays *theirs, size_t array)
{
    double most = 0, largest = 1e-30;

    for (size_t i = 0; i < ours->array[array].count; i++) {
        double x = number(ours, array, i), y = number(theirs, array, i);

        if (!(fabs(x - y) <= most))
            most = fabs(x - y);
        largest = fmax(largest, fabs(y));
    }
    return most / largest;
}

static int check(const struct backend *be, void (*attach)(const struct backend *, struct arrays *),
                 const struct operation_case *c, size_t rows, size_t n)
{
    struct arrays ours = {.used = 0}, theirs = {.used = 0};
    double allowed = 32 * ldexp(1, -24) * sqrt((double)(rows > n ? rows : n));
    int failed = 0;

    if (attach)
        attach(be, &ours);
    c->run(be, &ours, rows, n);
    c->run(backend_reference(), &theirs, rows, n);
    for (size_t i = 0; i < ours.used; i++) {
        double off = ours.array[i].compared ? difference(&ours, &theirs, i) : 0;

        if (off <= allowed)
            continue;
        printf("  %s of %zu x %zu: array %zu is off by %.3g, allowed %.3g\n", c->name, rows, n, i,
               off, allowed);
        failed = 1;
    }
    arrays_release(&ours);
    arrays_release(&theirs);
    return failed;
}

int check_backend(const struct backend *be, const char *set, const char *only,
                  void (*attach)(const struct backend *be, struct arrays *arrays))
{
    static const size_t sizes[][2] = {{1, 1},   {3, 2},   {1, 24},  {16, 16},  {5, 17},
                                      {16, 50}, {7, 200}, {40, 33}, {300, 40}, {2, 400}};
    int failed = 0, cases = 0;

    for (const struct operation_case *c = operation_cases; c->name; c++)
        for (size_t i = 0;
             strncmp(c->name, only, strlen(only)) == 0 && i < sizeof sizes / sizeof sizes[0];
             i++, cases++)
            failed += check(be, attach, c, sizes[i][0], sizes[i][1]);
    printf("%s (%s): %d cases, %d failed\n", be->name, set, cases, failed);
    return failed;
}
