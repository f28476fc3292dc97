/* test_score.c - scores of small arrays equal those that NumPy computes, and are defined for data
 * without variance.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "report/score.h"

enum { ROWS = 6, CHANNELS = 2 };

static const double counts[ROWS * CHANNELS] = {0, 1, 2, 0, 1, 3, 0, 0, 1, 1, 4, 2};
static const double truth[ROWS * CHANNELS] = {1.5, 2, 3, 1, 2, 5, .5, .75, 1, 2.5, 6, 4.5};
/* each row has two means, then two variances */
static const double output[ROWS * 2 * CHANNELS] = {
    .5, 1.25, 1, .5, 1.5, .25, 2, .25, 1, 2.5, .5, 4, .125, .5, 1, 1, .75, 1, .75, 1.5, 3, 2, 2, 3};

static struct scored example(void)
{
    return (struct scored){.rows = ROWS,
                           .channels = CHANNELS,
                           .outputs = 2 * CHANNELS,
                           .data = counts,
                           .means = output,
                           .truth = truth,
                           .conversion = 2};
}

/* The allowance covers a few dozen operations on sums of about 30 times EXPECTED. */
static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) <= 1e-13 * fabs(expected)))
        fail_msg("%.17g, expected %.17g", actual, expected);
}

static void test_nll(void **state)
{
    struct scored s = example();

    (void)state;
    assert_near(score_nll(&s), 11.455100254202337);
}

static void test_gaussian(void **state)
{
    struct scored s = example();

    (void)state;
    s.variances = output + CHANNELS;
    s.distribution = DISTRIBUTION_gaussian;
    assert_near(score_nll(&s), 12.466189227284987);
}

static void test_truth(void **state)
{
    struct scored s = example();

    (void)state;
    assert_near(score_r_squared(&s, 0, CHANNELS), 0.95461818181818181);
    assert_near(score_r_squared(&s, 0, 1), 0.97163865546218486);
    assert_near(score_r_squared(&s, 1, 1), 0.93240556660039764);
}

/* A column of a table; a constant one, met or missed, also where its mean is rounded. */
static void test_column(void **state)
{
    static const double constant[] = {.1, .1, .1}, missed[] = {.1, .1, .2};

    (void)state;
    assert_near(score_column_r2(truth + 1, output + 1, ROWS, CHANNELS), -0.5188866799204772);
    assert_near(score_column_r2(constant, constant, 3, 1), 1);
    assert_near(score_column_r2(constant, missed, 3, 1), 0);
}

/* Three spikes at a rate of 0; a constant truth. */
static void test_degenerate(void **state)
{
    static const double three = 3, zero = 0, same[] = {4, 4}, hit[] = {2, 2}, missed[] = {2, 1};
    struct scored one = {.rows = 1, .channels = 1, .outputs = 1, .data = &three, .means = &zero};
    struct scored constant = {
        .rows = 2, .channels = 1, .outputs = 1, .means = hit, .truth = same, .conversion = 2};

    (void)state;
    assert_near(score_nll(&one), 2074.1183431638692);
    assert_true(isnan(score_r_squared(&constant, 0, 1)));
    constant.means = missed;
    assert_true(isnan(score_r_squared(&constant, 0, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nll), cmocka_unit_test(test_column), cmocka_unit_test(test_gaussian),
        cmocka_unit_test(test_truth), cmocka_unit_test(test_degenerate)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
