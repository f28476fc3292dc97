/* cases_adam.c - cases of the optimizer's operations.
 * SPDX-License-Identifier: Apache-2.0 */
#include "operation_case.h"

static struct update *case_update(struct arrays *a)
{
    void *members = case_output(a, sizeof(struct update) / sizeof(real), 0);
    struct update *update = (struct update *)members;

    *update = (struct update){.scale = exact(0.5), .rate = exact(0.01), .halted = 0};
    return update;
}

CASE(sum_squares)
{
    acc *sum = case_sums(a, 1);

    *sum = 2;
    be->sum_squares(be, sum, 0.5, case_input(a, rows * n, 1), rows * n);
}

CASE(limit_update)
{
    static const double squares[] = {2.25, 1e6, (double)NAN, (double)INFINITY};

    (void)rows, (void)n;
    for (size_t i = 0; i < 4; i++) {
        acc *sum = case_sums(a, 1);

        *sum = squares[i];
        be->limit_update(be, case_update(a), sum, case_input(a, 1, 1), 30);
    }
}

CASE(add_scaled)
{
    be->add_scaled(be, case_output(a, rows * n, 1), case_input(a, 1, 1), case_input(a, rows * n, 1),
                   rows * n);
}

/* Two updates that move the parameters and two, after a norm that is not finite, that do not; each
 * with two sets of constants. */
CASE(adam)
{
    static const struct adam_options options[] = {{0.9, 0.999, 0.1}, {0.8, 0.95, 1e-3}};

    for (int i = 0; i < 4; i++) {
        real *v = case_output(a, rows * n, 1);
        struct update *update = case_update(a);

        for (size_t j = 0; j < rows * n; j++)
            v[j] = exact((double)v[j] * (double)v[j]);
        update->halted = exact(i / 2);
        be->adam(be, case_output(a, rows * n, 1), case_output(a, rows * n, 1), v,
                 case_input(a, rows * n, 1), update, &options[i % 2], rows * n);
    }
}
