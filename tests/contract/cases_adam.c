/* cases_adam.c - cases of the optimizer's operations.
 * SPDX-License-Identifier: Apache-2.0 */
#include "operation_case.h"

static struct update *case_update(struct arrays *a)
{
    void *members = case_output(a, sizeof(struct update) / sizeof(real), 0);
    struct update *update = (struct update *)members;

    *update = (struct update){.scale = exact(0.5),
                              .rate = exact(0.01),
                              .epsilon = exact(0.1),
                              .decay = exact(0.25),
                              .halted = 0};
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

    static const struct norm_limit limits[] = {{30, 0}, {1.5, 1e-6}};

    (void)rows, (void)n;
    for (size_t i = 0; i < 8; i++) {
        acc *sum = case_sums(a, 1);
        void *numbers = case_input(a, sizeof(struct update_rates) / sizeof(real), 1);
        const struct update_rates *rates = (const struct update_rates *)numbers;

        *sum = squares[i / 2];
        be->limit_update(be, case_update(a), sum, rates, &limits[i % 2]);
    }
}

CASE(sum_deviations)
{
    acc *sum = case_sums(a, 1);

    be->sum_deviations(be, sum, 0.5, case_input(a, rows * n, 1), exact(0.7), rows * n);
}

CASE(add_deviations)
{
    be->add_deviations(be, case_output(a, rows * n, 1), case_input(a, 1, 1),
                       case_input(a, rows * n, 1), exact(0.7), rows * n);
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
    static const struct adam_options options[] = {{0.9, 0.999}, {0.8, 0.95}};

    for (int i = 0; i < 4; i++) {
        real *v = case_output(a, rows * n, 1);
        struct update *update = case_update(a);

        for (size_t j = 0; j < rows * n; j++)
            v[j] = exact((double)v[j] * (double)v[j]);
        update->halted = exact(i / 2);
        update->epsilon = exact(i % 2 ? 1e-3 : 0.1);
        be->adam(be, case_output(a, rows * n, 1), case_output(a, rows * n, 1), v,
                 case_input(a, rows * n, 1), update, &options[i % 2], rows * n);
    }
}

CASE(decay_weights)
{
    for (int i = 0; i < 4; i++) {
        struct update *update = case_update(a);

        update->halted = exact(i / 2);
        be->decay_weights(be, case_output(a, rows * n, 1), update, (real)(i % 2), rows * n);
    }
}
