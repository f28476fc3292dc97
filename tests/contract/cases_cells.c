/* cases_cells.c - cases of the GRU's elementwise operations.
 * SPDX-License-Identifier: Apache-2.0 */
#include "operation_case.h"

/* Gates between 0 and 1, as gru_gates sets them. */
static real *gates(struct arrays *a, size_t count, bool compared)
{
    real *x = compared ? case_output(a, count, 1) : case_input(a, count, 1);

    for (size_t i = 0; i < count; i++)
        x[i] = exact(0.5 * tanh(0.5 * (double)x[i]) + 0.5);
    return x;
}

/* In place, and into an array apart. */
CASE(gru_gates)
{
    for (int apart = 0; apart < 2; apart++) {
        real *ru = case_output(a, rows * 2 * n, 3);
        const real *pre = apart ? case_input(a, rows * 2 * n, 3) : ru;

        be->gru_gates(be, ru, case_output(a, rows * n, 1), pre, case_input(a, 2 * n, 1),
                      case_input(a, rows * n, 1), rows, n);
    }
}

/* Sets some states exactly to the limit with u = 1: these are not clipped. */
static void set_at_limit(real *ru, real *h, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows * n; i += 7) {
        ru[i / n * 2 * n + n + i % n] = 1;
        h[i] = i % 2 ? 1 : -1;
    }
}

CASE(gru_state)
{
    for (int apart = 0; apart < 2; apart++) {
        real *ru = gates(a, rows * 2 * n, false), *h = case_input(a, rows * n, 2);
        real *c = case_output(a, rows * n, 2);
        const real *pre = apart ? case_input(a, rows * n, 2) : c;

        set_at_limit(ru, h, rows, n);
        be->gru_state(be, case_output(a, rows * n, 1), c, pre, case_input(a, n, 1), ru, h, 1, rows,
                      n);
    }
}

/* The gradient of the state in an array apart, and in place. */
CASE(gru_state_backward)
{
    for (int apart = 0; apart < 2; apart++) {
        real *ru = gates(a, rows * 2 * n, true), *h = case_input(a, rows * n, 2);
        real *c = case_output(a, rows * n, 1), *dh = case_output(a, rows * n, 1);

        set_at_limit(ru, h, rows, n);
        for (size_t i = 0; i < rows * n; i++)
            c[i] = exact(tanh((double)c[i]));
        be->gru_state_backward(be, dh, c, ru, apart ? case_input(a, rows * n, 1) : dh, h, 1, rows,
                               n);
    }
}

CASE(gru_gates_backward)
{
    real *ru = gates(a, rows * 2 * n, true);

    be->gru_gates_backward(be, case_output(a, rows * n, 1), ru, case_input(a, rows * n, 1),
                           case_input(a, rows * n, 1), rows, n);
}
