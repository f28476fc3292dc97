/* test_bf16.c - compares products in bfloat16 with sums in double of the same rounded operands, and
 * tests the search for packed matrices. Does not run on a processor without AVX512-BF16.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/cpu/bf16.h"
#include "unit/bf16_numbers.h"

struct sizes {
    size_t m, n, k;
    bool transpose_a, add;
};

/* Compares a product with its definition. Its sums are in float: the allowance is 2^-22 of the sum
 * of the terms' magnitudes. */
static void check(const struct backend *be, const struct sizes *s, const float *b)
{
    size_t lda = s->transpose_a ? s->m : s->k;
    float *a = numbers(s->m * s->k, 1), *c = numbers(s->m * s->n, 3),
          *before = numbers(s->m * s->n, 3);

    be->product(be, matrix_of(c, s->n), (struct operand){a, lda, s->transpose_a, false},
                operand_of(b, s->n), s->m, s->n, s->k, s->add);
    for (size_t i = 0; i < s->m; i++)
        for (size_t j = 0; j < s->n; j++) {
            double sum = s->add ? (double)before[i * s->n + j] : 0, magnitude = fabs(sum);

            for (size_t k = 0; k < s->k; k++) {
                double x = rounded(s->transpose_a ? a[k * lda + i] : a[i * lda + k]);
                double y = rounded(b[k * s->n + j]);

                sum += x * y;
                magnitude += fabs(x * y);
            }
            assert_true(fabs((double)c[i * s->n + j] - sum) <= ldexp(magnitude, -22));
        }
    free(a);
    free(c);
    free(before);
}

static void test_products(void **state)
{
    static const struct sizes sizes[] = {
        {64, 32, 32, false, false},   {100, 1300, 40, true, false},  {65, 50, 33, false, true},
        {1600, 100, 40, false, true}, {32, 32, 32, true, false},     {33, 47, 35, true, true},
        {200, 400, 1601, true, true}, {130, 250, 1027, true, false}, {70, 33, 1100, false, true}};
    struct backend *be = open_backend();

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        float *b = numbers(sizes[i].k * sizes[i].n, 2);

        check(be, &sizes[i], b);
        free(b);
    }
    backend_cpu_bf16_free(be);
}

enum { GROUP = 9, ROWS = 1027, SIDE = 700 };

/* Products that share operands, of two depths, more than a group takes, wide and narrow ones. */
static size_t shared_products(struct product *list, float *c, const float *x, const float *y)
{
    static const struct {
        size_t m, n, k, left, right;
        bool transposed, add;
    } sizes[GROUP] = {
        {200, 400, ROWS, 0, 0, true, true},  {200, 100, ROWS, 0, 400, true, true},
        {33, 400, ROWS, 200, 0, true, true}, {33, 700, ROWS, 200, 0, true, false},
        {200, 100, 500, 0, 400, true, true}, {8, 100, ROWS, 0, 400, true, true},
        {80, 100, 90, 0, 0, false, false},   {80, 300, 90, 0, 100, false, true},
        {75, 300, 90, 0, 100, false, true},
    };

    for (size_t i = 0; i < GROUP; i++, c += SIDE * SIDE)
        list[i] = (struct product){matrix_of(c, SIDE),
                                   {x + sizes[i].left, SIDE, sizes[i].transposed, false},
                                   operand_of(y + sizes[i].right, SIDE),
                                   sizes[i].m,
                                   sizes[i].n,
                                   sizes[i].k,
                                   sizes[i].add};
    return GROUP;
}

/* Products in a group have the bits of each alone. */
static void test_group(void **state)
{
    struct backend *be = open_backend();
    size_t results = (size_t)GROUP * SIDE * SIDE;
    float *x = numbers((size_t)ROWS * SIDE, 1), *y = numbers((size_t)ROWS * SIDE, 2);
    float *together = numbers(results, 3), *alone = numbers(results, 3);
    struct product list[GROUP];

    (void)state;
    be->products(be, list, shared_products(list, together, x, y));
    shared_products(list, alone, x, y);
    for (const struct product *p = list; p < list + GROUP; p++)
        be->product(be, p->c, p->a, p->b, p->m, p->n, p->k, p->add);
    assert_memory_equal(together, alone, results * sizeof *alone);
    free(x);
    free(y);
    free(together);
    free(alone);
    backend_cpu_bf16_free(be);
}

static void test_packed(void **state)
{
    static const struct sizes sizes[] = {{16, 400, 200, false, true},
                                         {8, 32, 33, false, false},
                                         {1, 100, 100, false, true},
                                         {17, 200, 600, false, true},
                                         {16, 35, 1101, false, false}};
    struct backend *be = open_backend();

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t count = sizes[i].k * sizes[i].n;
        float *values = numbers(count, 2), *b = be->memory_create(be, (count + 5) * sizeof *b);

        be->pack(be, b, 5, sizes[i].k,
                 sizes[i].n); /* an older copy, which the next call replaces */
        memcpy(b + 5, values, count * sizeof *b);
        be->pack(be, b, 5, sizes[i].k, sizes[i].n);
        check(be, &sizes[i], b + 5);
        free(values);
        be->memory_free(be, b);
    }
    assert_int_equal(be->finish(be, NULL), LFADS_OK);
    backend_cpu_bf16_free(be);
}

static void test_find(void **state)
{
    struct backend *be = open_backend(); /* skips the test if kernels cannot run */
    struct bf16_weights *w = bf16_weights_create();
    float *vector = numbers(2000, 4);
    const uint32_t *pairs;

    (void)state;
    assert_non_null(w);
    assert_null(bf16_weights_find(w, vector, 10, 4, 10));
    assert_true(bf16_weights_pack(w, vector, 100, 7, 10));
    assert_true(bf16_weights_pack(w, vector, 170, 40, 20));
    pairs = bf16_weights_find(w, vector + 170, 20, 40, 20);
    assert_non_null(pairs);
    assert_ptr_equal(bf16_weights_find(w, vector + 170 + 4 * 20, 20, 36, 20),
                     pairs + 2 * bf16_stride(20));
    assert_ptr_equal(bf16_weights_find(w, vector + 173, 20, 40, 17), pairs + 3);
    assert_ptr_equal(bf16_weights_find(w, vector + 170, 20, 12, 20), pairs);
    assert_null(bf16_weights_find(w, vector + 170 + 20, 20, 4, 20));     /* begins within a pair */
    assert_null(bf16_weights_find(w, vector + 170, 20, 41, 20));         /* too many rows */
    assert_null(bf16_weights_find(w, vector + 170, 20, 11, 20));         /* ends within a pair */
    assert_null(bf16_weights_find(w, vector + 173, 20, 40, 18));         /* too many columns */
    assert_null(bf16_weights_find(w, vector + 170, 19, 40, 19));         /* another stride */
    assert_null(bf16_weights_find(w, vector + 50, 10, 2, 10));           /* before all matrices */
    assert_non_null(bf16_weights_find(w, vector + 100 + 20, 10, 5, 10)); /* ends with an odd row */
    bf16_weights_remove(w, vector);
    assert_null(bf16_weights_find(w, vector + 170, 20, 40, 20));
    bf16_weights_free(w);
    free(vector);
    backend_cpu_bf16_free(be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_products),
                                       cmocka_unit_test(test_group), cmocka_unit_test(test_packed),
                                       cmocka_unit_test(test_find)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
