/* test_compare.c - the comparison itself: it finds what is wrong wherever it stands.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compare.h"

enum { COUNT = 9 };

static const size_t places[] = {0, COUNT / 2, COUNT - 1};
static const struct allowance few = {.absolute = 1e-20, .relative = 1e-5};

/* Large numbers and one small one. */
static void fill(real *x, acc *wide)
{
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = i == 3 ? (real)1e-6 : (real)1e6 * (real)((double)i + 0.5);
        wide[i] = (acc)x[i];
    }
}

/* Number AT of ours becomes GOT, of theirs WANTED: whether this fails, as it must or must not, in
 * both types, and is the element that is named. */
static void check(size_t at, double got, double wanted, bool fails)
{
    real ours[COUNT], theirs[COUNT];
    acc wide[COUNT], their_wide[COUNT];
    struct comparison c[2];

    fill(ours, wide);
    fill(theirs, their_wide);
    ours[at] = (real)(wide[at] = got);
    theirs[at] = (real)(their_wide[at] = wanted);
    c[0] = compare_reals(ours, theirs, COUNT, &few);
    c[1] = compare_accs(wide, their_wide, COUNT, &few);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(c[i].count, COUNT);
        assert_int_equal(c[i].failed, fails);
        assert_int_equal(c[i].ratio > 1, fails);
        assert_int_equal(compare_passes(&c[i], "planted"), !fails);
        if (fails)
            assert_int_equal(c[i].at, at);
    }
}

static void test_nan(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        check(places[i], NAN, 1, true);
        check(places[i], 1, NAN, true);
        check(places[i], NAN, INFINITY, true);
        check(places[i], INFINITY, NAN, true);
        check(places[i], NAN, NAN, false);
    }
}

static void test_infinity(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        check(places[i], INFINITY, 1, true);
        check(places[i], 1, INFINITY, true);
        check(places[i], 1, -INFINITY, true);
        check(places[i], INFINITY, -INFINITY, true);
        check(places[i], -INFINITY, INFINITY, true);
        check(places[i], INFINITY, INFINITY, false);
        check(places[i], -INFINITY, -INFINITY, false);
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

/* The worst is the element furthest beyond its own allowance, not the one of the largest
 * difference. */
static void test_worst(void **state)
{
    static const double each[COUNT] = {[1] = 4, [5] = 0.1};
    struct allowance own = {.each = each};
    real ours[COUNT], theirs[COUNT];
    acc wide[COUNT];
    struct comparison c;

    (void)state;
    fill(theirs, wide);
    fill(ours, wide);
    ours[1] = theirs[1] + 3;
    ours[5] = theirs[5] + 1;
    c = compare_reals(ours, theirs, COUNT, &own);
    assert_int_equal(c.failed, 1);
    assert_int_equal(c.at, 5);
    assert_true(c.got == (double)ours[5] && c.wanted == (double)theirs[5]);
    assert_true(c.allowed == 0.1 && fabs(c.ratio - 10) < 1e-9);
    ours[8] += 1; /* nothing is allowed here */
    c = compare_reals(ours, theirs, COUNT, &own);
    assert_int_equal(c.failed, 2);
    assert_int_equal(c.at, 8);
    assert_true(isinf(c.ratio));
}

/* Of a difference of zero nothing need be allowed. */
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
