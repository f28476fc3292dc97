/* cases_rows.c - cases of matrix products and of operations on rows and trials.
 * SPDX-License-Identifier: Apache-2.0 */
#include "operation_case.h"

CASE(product)
{
    size_t k = n / 2 + 3;
    real *x = case_input(a, rows * (k + 1), 1), *w = case_input(a, k * n, 1);

    be->product(be, matrix_of(case_output(a, rows * (n + 2), 1), n + 2), operand_of(x, k + 1),
                operand_of(w, n), rows, n, k, false);
    be->product(be, matrix_of(case_output(a, rows * n, 1), n), operand_of(x, k + 1),
                operand_of(w, n), rows, n, k, true);
    be->product(be, matrix_of(case_output(a, rows * k, 1), k),
                operand_of(case_input(a, rows * n, 1), n), transpose_of(w, n), rows, k, n, true);
    be->product(be, matrix_of(case_output(a, k * n, 1), n), transpose_of(x, k + 1),
                operand_of(case_input(a, rows * n, 1), n), k, n, rows, true);
}

CASE(transpose)
{
    be->transpose(be, case_output(a, rows * n, 1), case_input(a, rows * n, 1), rows, n);
}

CASE(set_rows)
{
    be->set_rows(be, case_output(a, rows * (n + 1), 1), n + 1, case_input(a, n, 1), rows, n);
}

CASE(sum_rows)
{
    be->sum_rows(be, case_output(a, n, 1), operand_of(case_input(a, rows * (n + 3), 1), n + 3),
                 rows, n);
}

CASE(copy_masked)
{
    real *src = case_input(a, rows * (n + 2), 1), *mask = case_input(a, rows * (n + 1), 1);

    be->copy_masked(be, case_output(a, rows * (n + 3), 1), n + 3, src, n + 2, mask, n + 1, rows, n);
    be->copy_masked(be, case_output(a, rows * n, 1), n, src, n + 2, NULL, 0, rows, n);
}

/* Columns in two parts, and rows in place. */
CASE(copy_operand)
{
    real *src = case_input(a, rows * (n + 2), 1), *mask = case_input(a, rows * (n + 1), 1);
    struct matrix dst = matrix_of(case_output(a, rows * (2 * n + 1), 1), 2 * n + 1);
    real *x = case_output(a, rows * n, 1);

    be->copy_operand(be, dst, 0, src, n + 2, mask, n + 1, rows, n);
    be->copy_operand(be, dst, n, src, n + 2, NULL, 0, rows, n + 1);
    be->copy_operand(be, matrix_of(x, n), 0, x, n, mask, n + 1, rows, n);
}

CASE(add_masked)
{
    real *src = case_input(a, rows * (n + 2), 1), *mask = case_input(a, rows * (n + 1), 1);

    be->add_masked(be, case_output(a, rows * (n + 3), 1), n + 3, src, n + 2, mask, n + 1, rows, n);
    be->add_masked(be, case_output(a, rows * n, 1), n, src, n + 2, NULL, 0, rows, n);
}

CASE(repeat_rows)
{
    be->repeat_rows(be, case_output(a, BINS * rows * 4 * n, 1), case_input(a, BINS * rows * n, 1),
                    4, BINS, rows, n);
}

CASE(clear) { be->clear(be, case_output(a, rows * n, 1), rows * n); }

CASE(clear_sums)
{
    acc *sums = case_sums(a, rows * n);

    (void)be;
    for (size_t i = 0; i < rows * n; i++)
        sums[i] = 1;
    be->clear_sums(be, sums, rows * n - 1);
}

/* A list of COUNT of TOTAL trials in descending order, each twice. */
static uint32_t *trial_list(struct arrays *a, size_t count, size_t total)
{
    uint32_t *trials = case_words(a, count);

    for (size_t i = 0; i < count; i++)
        trials[i] = (uint32_t)((total - 1 - i / 2) % total);
    return trials;
}

CASE(gather_trials)
{
    size_t total = rows + 2, count = total * BINS * n;
    float *floats = case_floats(a, count, 3);
    uint8_t *bytes = (uint8_t *)case_words(a, count / 4 + 1);

    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)(i * 7 % 251);
    be->gather_trials(be, case_output(a, BINS * rows * n, 1), floats, false,
                      trial_list(a, rows, total), BINS, rows, n);
    be->gather_trials(be, case_output(a, BINS * rows * n, 1), bytes, true,
                      trial_list(a, rows, total), BINS, rows, n);
}

CASE(average_samples)
{
    be->average_samples(be, case_sums(a, BINS * rows * n),
                        case_input(a, BINS * rows * SAMPLES * (n + 1), 1), n + 1, BINS, rows,
                        SAMPLES, n);
}

CASE(normalise_columns)
{
    real *v = case_input(a, rows * n, 1);

    for (size_t i = 0; i < rows; i++)
        v[i * n] = 0; /* a column below the minimal norm */
    be->normalise_columns(be, case_output(a, rows * n, 1), v, rows, n);
}

CASE(normalise_columns_backward)
{
    real *v = case_input(a, rows * n, 1), *w = case_input(a, rows * n, 1);

    be->normalise_columns(be, w, v, rows, n);
    be->normalise_columns_backward(be, case_output(a, rows * n, 1), case_input(a, rows * n, 1), v,
                                   w, rows, n);
}
