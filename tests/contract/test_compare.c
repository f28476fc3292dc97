/* test_compare.c - tests compare.c: it finds a wrong element at any index.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compare.h"

enum { COUNT = 9 };

static const size_t indices[] = {0, COUNT / 2, COUNT - 1};
static const struct allowance strict = {.absolute = 1e-20, .relative = 1e-5};

/* Large numbers and one small one. */
static void fill(real *x, acc *wide)
{
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = i == 3 ? (real)1e-6 : (real)1e6 * (real)((double)i + 0.5);
        wide[i] = (acc)x[i];
    }
}

/* Sets element INDEX of ours to ACTUAL and of theirs to EXPECTED, and checks, for both types,
 * whether the comparison FAILS and names this element. */
static void check(size_t index, double actual, double expected, bool fails)
{
    real ours[COUNT], theirs[COUNT];
    acc wide[COUNT], their_wide[COUNT];
    struct comparison c[2];

    fill(ours, wide);
    fill(theirs, their_wide);
    ours[index] = (real)(wide[index] = actual);
    theirs[index] = (real)(their_wide[index] = expected);
    c[0] = compare_reals(ours, theirs, COUNT, &strict);
    c[1] = compare_accs(wide, their_wide, COUNT, &strict);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(c[i].count, COUNT);
        assert_int_equal(c[i].failed, fails);
        assert_int_equal(c[i].ratio > 1, fails);
        assert_int_equal(compare_passes(&c[i], "one wrong element"), !fails);
        if (fails)
            assert_int_equal(c[i].index, index);
    }
}

static void test_nan(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        check(indices[i], (double)NAN, 1, true);
        check(indices[i], 1, (double)NAN, true);
        check(indices[i], (double)NAN, HUGE_VAL, true);
        check(indices[i], HUGE_VAL, (double)NAN, true);
        check(indices[i], (double)NAN, (double)NAN, false);
    }
}

static void test_infinity(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        check(indices[i], HUGE_VAL, 1, true);
        check(indices[i], 1, HUGE_VAL, true);
        check(indices[i], 1, -HUGE_VAL, true);
        check(indices[i], HUGE_VAL, -HUGE_VAL, true);
        check(indices[i], -HUGE_VAL, HUGE_VAL, true);
        check(indices[i], HUGE_VAL, HUGE_VAL, false);
        check(indices[i], -HUGE_VAL, -HUGE_VAL, false);
    }
}

static void test_small_among_large(void **state)
{
    (void)state;
    check(3, 0, 1e-6, true);
    check(3, 1.001e-6, 1e-6, true);
    check(3, 1.000001e-6, 1e-6, false);
    check(3, -1e-6, 1e-6, true);
    check(3, 1e-6, 0, true);
    check(4, 1.00002e6 * 4.5, 1e6 * 4.5, true);
}

/* The worst element has the largest error relative to its allowance, not the largest error. */
static void test_worst(void **state)
{
    static const double each[COUNT] = {[1] = 4, [5] = 0.1};
    struct allowance per_element = {.each = each};
    real ours[COUNT], theirs[COUNT];
    acc wide[COUNT];
    struct comparison c;

    (void)state;
    fill(theirs, wide);
    fill(ours, wide);
    ours[1] = theirs[1] + 3;
    ours[5] = theirs[5] + 1;
    c = compare_reals(ours, theirs, COUNT, &per_element);
    assert_int_equal(c.failed, 1);
    assert_int_equal(c.index, 5);
    assert_true(c.actual == (double)ours[5] && c.expected == (double)theirs[5]);
    assert_true(c.allowed == 0.1 && fabs(c.ratio - 10) < 1e-9);
    ours[8] += 1; /* its allowance is 0 */
    c = compare_reals(ours, theirs, COUNT, &per_element);
    assert_int_equal(c.failed, 2);
    assert_int_equal(c.index, 8);
    assert_true(isinf(c.ratio));
}

/* Equal elements pass with an allowance of 0. */
static void test_equal(void **state)
{
    static const struct allowance none = {.absolute = 0};
    real x[COUNT];
    acc wide[COUNT];
    struct comparison c;

    (void)state;
    fill(x, wide);
    x[2] = 0;
    c = compare_reals(x, x, COUNT, &none);
    assert_int_equal(c.failed, 0);
    assert_true(c.ratio == 0);
    c = compare_accs(wide, wide, 0, &none);
    assert_int_equal(c.count, 0);
    assert_true(compare_passes(&c, "nothing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nan), cmocka_unit_test(test_infinity),
                                       cmocka_unit_test(test_small_among_large),
                                       cmocka_unit_test(test_worst), cmocka_unit_test(test_equal)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
