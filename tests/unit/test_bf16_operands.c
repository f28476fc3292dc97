/* test_bf16_operands.c - the operations of the bfloat16 backend that write and read rounded
 * operands: they write what the backend in single precision writes, rounded, and nothing else;
 * products and sums read it. Does not run on a processor without AVX512-BF16.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/bf16_numbers.h"

enum { ROWS = 9, MARGIN = 20 };

static const size_t widths[] = {1, 2, 5, 15, 16, 17, 33, 100, 182};
enum { WIDTHS = sizeof widths / sizeof widths[0] };

/* An operand and, behind it, numbers that nobody may change. */
struct guarded {
    struct matrix array;
    float *copy;
    size_t count, n;
};

static struct guarded guarded(const struct backend *be, size_t rows, size_t n)
{
    struct guarded g = {.array = operand_array(be, NULL, n), .n = n};

    g.count = rows * g.array.ld;
    g.array.data = numbers(g.count + MARGIN, 9);
    g.copy = numbers(g.count + MARGIN, 9);
    return g;
}

/* Elements FIRST to FIRST+COUNT-1 of the rows are those of EXPECTED, rounded: within one unit of
 * the last place and what the kernels themselves may differ by. */
static void check(const struct guarded *g, const float *expected, size_t ld, size_t rows,
                  size_t first, size_t count)
{
    for (size_t i = 0; i < rows; i++) {
        const float *row = g->array.data + i * g->array.ld;

        for (size_t j = first; j < first + count; j++) {
            double x = (double)expected[i * ld + j];

            assert_true(fabs(element_of(row, j) - x) <= ldexp(fabs(x), -8) + 1e-7);
        }
    }
}

/* Whole rows are set: odd ones end with zero, and what lies behind them is as before. */
static void check_ends(struct guarded *g, size_t rows)
{
    for (size_t i = 0; i < rows && g->n % 2; i++)
        assert_true(element_of(g->array.data + i * g->array.ld, g->n) == 0);
    assert_memory_equal(g->array.data + g->count, g->copy + g->count, MARGIN * sizeof(float));
    free(g->array.data);
    free(g->copy);
}

/* Gates between 0 and 1. */
static float *gates(size_t count, uint32_t stream)
{
    float *x = numbers(count, stream);

    for (size_t i = 0; i < count; i++)
        x[i] = 1 / (1 + expf(-x[i]));
    return x;
}

static void check_forward(const struct backend *be, size_t h)
{
    float *ru = numbers(ROWS * 2 * h, 1), *theirs = numbers(ROWS * 2 * h, 1);
    float *bias = numbers(2 * h, 2), *state = numbers(ROWS * h, 3), *rh = numbers(ROWS * h, 4);
    struct guarded ours = guarded(be, ROWS, h);

    be->gru_gates(be, ru, ours.array.data, bias, state, ROWS, h);
    backend_cpu()->gru_gates(NULL, theirs, rh, bias, state, ROWS, h);
    for (size_t i = 0; i < ROWS * 2 * h; i++)
        assert_true(fabs((double)ru[i] - (double)theirs[i]) < 1e-6);
    check(&ours, rh, h, ROWS, 0, h);
    check_ends(&ours, ROWS);
    free(ru);
    free(theirs);
    free(bias);
    free(state);
    free(rh);
}

static void check_backward(const struct backend *be, size_t h)
{
    float *ru = gates(ROWS * 2 * h, 1), *c = gates(ROWS * h, 2), *state = numbers(ROWS * h, 3);
    float *dh = numbers(ROWS * h, 4), *drh = numbers(ROWS * h, 5), *their_dh = numbers(ROWS * h, 4);
    float *dru = numbers(ROWS * 2 * h, 6), *dc = numbers(ROWS * h, 6);
    struct guarded our_dru = guarded(be, ROWS, 2 * h), our_dc = guarded(be, ROWS, h);

    be->gru_state_backward(be, dh, our_dc.array.data, our_dru.array.data, dh, c, ru, state, 1, ROWS,
                           h);
    backend_cpu()->gru_state_backward(NULL, their_dh, dc, dru, their_dh, c, ru, state, 1, ROWS, h);
    check(&our_dc, dc, h, ROWS, 0, h);
    check(&our_dru, dru, 2 * h, ROWS, h, h);
    be->gru_gates_backward(be, dh, our_dru.array.data, drh, ru, state, ROWS, h);
    backend_cpu()->gru_gates_backward(NULL, their_dh, dru, drh, ru, state, ROWS, h);
    check(&our_dru, dru, 2 * h, ROWS, 0, 2 * h);
    for (size_t i = 0; i < ROWS * h; i++)
        assert_true(fabs((double)dh[i] - (double)their_dh[i]) < 1e-5);
    check_ends(&our_dru, ROWS);
    check_ends(&our_dc, ROWS);
    free(ru);
    free(c);
    free(state);
    free(dh);
    free(drh);
    free(their_dh);
    free(dru);
    free(dc);
}

static void test_cells(void **state)
{
    struct backend *be = open_backend();

    (void)state;
    for (size_t i = 0; i < WIDTHS; i++) {
        check_forward(be, widths[i]);
        check_backward(be, widths[i]);
    }
    backend_cpu_bf16_free(be);
}

/* Columns in two parts, with and without a mask; then rows in place. */
static void check_copy(const struct backend *be, size_t n)
{
    const size_t width = 2 * n + 1;
    float *src = numbers(ROWS * width, 1), *mask = numbers(ROWS * width, 2);
    float *expected = numbers(ROWS * width, 3);
    struct guarded ours = guarded(be, ROWS, width);
    struct guarded in_place = {.array = operand_array(be, src, width), .n = width};

    for (size_t i = 0; i < ROWS * width; i++)
        expected[i] = src[i] * (i % width < n ? mask[i] : 1);
    be->copy_operand(be, ours.array, 0, src, width, mask, width, ROWS, n);
    be->copy_operand(be, ours.array, n, src + n, width, NULL, 0, ROWS, n + 1);
    check(&ours, expected, width, ROWS, 0, width);
    check_ends(&ours, ROWS);
    for (size_t i = 0; i < ROWS * width; i++)
        expected[i] = src[i] * mask[i];
    be->copy_operand(be, in_place.array, 0, src, width, mask, width, ROWS, width);
    check(&in_place, expected, width, ROWS, 0, width);
    free(src);
    free(mask);
    free(expected);
}

static void test_copies(void **state)
{
    struct backend *be = open_backend();

    (void)state;
    for (size_t i = 0; i < WIDTHS; i++)
        check_copy(be, widths[i]);
    backend_cpu_bf16_free(be);
}

/* Returns a rounded copy of numbers [rows,n]. */
static struct operand operand(const struct backend *be, size_t rows, size_t n, uint32_t stream)
{
    float *x = numbers(rows * n, stream);
    struct matrix array = operand_array(be, NULL, n);

    array.data = malloc(rows * array.ld * sizeof(float));
    be->copy_operand(be, array, 0, x, n, NULL, 0, rows, n);
    free(x);
    return operand_in(be, array);
}

static double element(struct operand x, size_t row, size_t column)
{
    return x.transposed ? element_of(x.data + column * x.ld, row)
                        : element_of(x.data + row * x.ld, column);
}

static void test_sums(void **state)
{
    struct backend *be = open_backend();

    (void)state;
    for (size_t i = 0; i < WIDTHS; i++) {
        struct operand x = operand(be, 1000, widths[i], 1);
        float *sum = numbers(widths[i], 2), *before = numbers(widths[i], 2);

        be->sum_rows(be, sum, x, 1000, widths[i]);
        for (size_t j = 0; j < widths[i]; j++) {
            double expected = (double)before[j];

            for (size_t row = 0; row < 1000; row++)
                expected += element(x, row, j);
            assert_true(fabs((double)sum[j] - expected) < 1e-3);
        }
        free((float *)x.data);
        free(sum);
        free(before);
    }
    backend_cpu_bf16_free(be);
}

/* The sums are in float: the allowance is 2^-22 of the sum of the terms' magnitudes. */
static void check_product(const struct backend *be, size_t m, size_t n, size_t k, bool transposed)
{
    struct operand a = transposed ? operand(be, k, m, 1) : operand(be, m, k, 1);
    struct operand b = operand(be, k, n, 2);
    float *c = numbers(m * n, 3), *before = numbers(m * n, 3);

    a.transposed = transposed;
    be->product(be, matrix_of(c, n), a, b, m, n, k, true);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = (double)before[i * n + j], magnitude = fabs(sum);

            for (size_t l = 0; l < k; l++) {
                double x = element(a, i, l) * element(b, l, j);

                sum += x;
                magnitude += fabs(x);
            }
            assert_true(fabs((double)c[i * n + j] - sum) <= ldexp(magnitude, -22));
        }
    free((float *)a.data);
    free((float *)b.data);
    free(c);
    free(before);
}

/* More columns than a block of the right operand has, rows than the left one's, terms than both. */
static void test_products(void **state)
{
    struct backend *be = open_backend();

    (void)state;
    for (int transposed = 0; transposed < 2; transposed++) {
        check_product(be, 1, 1, 1, transposed);
        check_product(be, 8, 33, 5, transposed);
        check_product(be, 3, 1, 17, transposed);
        check_product(be, 131, 100, 1027, transposed);
        check_product(be, 20, 1301, 40, transposed);
        check_product(be, 130, 47, 513, transposed);
    }
    backend_cpu_bf16_free(be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cells), cmocka_unit_test(test_copies),
                                       cmocka_unit_test(test_sums),
                                       cmocka_unit_test(test_products)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
