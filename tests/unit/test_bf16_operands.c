/* test_bf16_operands.c - the operations of the bfloat16 backend that write and read rounded
 * operands and kept arrays: they write what the backend in single precision writes, rounded, and
 * nothing else; products and sums read it. Does not run on a processor without AVX512-BF16.
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

/* Returns the elements of a kept array [ROWS,n], which are those of EXPECTED in half precision:
 * within half a unit of the last place and what the kernels themselves may differ by. Those from
 * column UPDATE on are update gates u, and 1-u is kept. */
static float *kept(const struct guarded *g, const float *expected, size_t update)
{
    float *x = numbers(ROWS * g->n, 0);

    for (size_t i = 0; i < ROWS * g->n; i++) {
        const bool is_update = i % g->n >= update;
        double y = is_update ? 1 - (double)expected[i] : (double)expected[i];
        double ours = kept_of(g->array.data + i / g->n * g->array.ld, i % g->n);

        assert_true(fabs(ours - y) <= ldexp(fabs(y), -11) + 1e-6);
        x[i] = (float)(is_update ? 1 - ours : ours);
    }
    return x;
}

/* A step and its gradient are computed from what is kept, in half precision. */
static void check_cells(const struct backend *be, size_t h)
{
    const struct backend *cpu = backend_cpu();
    const size_t count = ROWS * h;
    float *pre_ru = numbers(2 * count, 1), *pre_c = numbers(count, 2), *bias = numbers(2 * h, 3);
    float *state = numbers(count, 4), *drh = numbers(count, 5), *h_new = numbers(count, 6);
    float *dh = numbers(count, 7), *their_dh = numbers(count, 7), *their_h = numbers(count, 6);
    float *their_ru = numbers(2 * count, 8), *their_rh = numbers(count, 8);
    float *their_c = numbers(count, 8);
    float *const arrays[] = {pre_ru, pre_c,    bias,    state,    drh,      h_new,
                             dh,     their_dh, their_h, their_ru, their_rh, their_c};
    struct guarded ru = guarded(be, ROWS, 2 * h), rh = guarded(be, ROWS, h);
    struct guarded c = guarded(be, ROWS, h);
    float *r_u, *candidate;

    be->gru_gates(be, ru.array.data, rh.array.data, pre_ru, bias, state, ROWS, h);
    cpu->gru_gates(NULL, their_ru, their_rh, pre_ru, bias, state, ROWS, h);
    r_u = kept(&ru, their_ru, h);
    for (size_t i = 0; i < count; i++)
        their_rh[i] = r_u[i / h * 2 * h + i % h] * state[i];
    check(&rh, their_rh, h, ROWS, 0, h);
    be->gru_state(be, h_new, c.array.data, pre_c, bias, ru.array.data, state, 1, ROWS, h);
    cpu->gru_state(NULL, their_h, their_c, pre_c, bias, r_u, state, 1, ROWS, h);
    candidate = kept(&c, their_c, h);
    for (size_t i = 0; i < count; i++) {
        double u = (double)r_u[i / h * 2 * h + h + i % h];
        double expected = u * (double)state[i] + (1 - u) * (double)candidate[i];

        assert_true(fabs((double)h_new[i] - fmax(-1, fmin(1, expected))) <= 1e-6);
    }

    be->gru_state_backward(be, dh, c.array.data, ru.array.data, dh, state, 1, ROWS, h);
    cpu->gru_state_backward(NULL, their_dh, candidate, r_u, their_dh, state, 1, ROWS, h);
    check(&c, candidate, h, ROWS, 0, h);
    check(&ru, r_u, 2 * h, ROWS, h, h);
    be->gru_gates_backward(be, dh, ru.array.data, drh, state, ROWS, h);
    cpu->gru_gates_backward(NULL, their_dh, r_u, drh, state, ROWS, h);
    check(&ru, r_u, 2 * h, ROWS, 0, 2 * h);
    for (size_t i = 0; i < count; i++)
        assert_true(fabs((double)dh[i] - (double)their_dh[i]) < 1e-5);
    check_ends(&ru, ROWS);
    check_ends(&rh, ROWS);
    check_ends(&c, ROWS);
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        free(arrays[i]);
    free(r_u);
    free(candidate);
}

static void test_cells(void **state)
{
    struct backend *be = open_backend();

    (void)state;
    for (size_t i = 0; i < WIDTHS; i++)
        check_cells(be, widths[i]);
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
