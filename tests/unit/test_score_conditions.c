/* test_score_conditions.c - R2 to PSTHs and correlations with produced times equal NumPy's.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "report/score_conditions.h"

enum { TRIALS = 5, BINS = 4, CHANNELS = 2, CONDITIONS = 3, COMPONENTS = 5 };

struct example {
    double rates[TRIALS][BINS][CHANNELS], psth[CONDITIONS][BINS][CHANNELS];
    double counts[TRIALS][BINS][CHANNELS];
};

static struct example example(void)
{
    struct example made, *s = &made;

    for (int e = 0; e < TRIALS; e++)
        for (int t = 0; t < BINS; t++)
            for (int n = 0; n < CHANNELS; n++) {
                s->rates[e][t][n] = 1 + (e * 7 + t * 3 + n * 5) % 11 / 8.0;
                s->counts[e][t][n] = t == 0 ? (double)NAN : 0;
            }
    for (int c = 0; c < CONDITIONS; c++)
        for (int t = 0; t < BINS; t++)
            for (int n = 0; n < CHANNELS; n++)
                s->psth[c][t][n] = 1 + (c * 5 + t * 2 + n * 3) % 7 / 4.0;
    s->psth[0][1][0] = (double)NAN;
    s->counts[2][3][0] = (double)NAN;
    return made;
}

/* The allowance covers some dozen operations on numbers of the order of 1. */
static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) <= 1e-13))
        fail_msg("%.17g, expected %.17g", actual, expected);
}

/* The second condition has no trials; a bin of the first has no PSTH. */
static void test_psth(void **state)
{
    size_t first[] = {0, 2, 2, 5}, trial[] = {0, 3, 1, 2, 4}, none[] = {0, 0, 0, 0};
    const int64_t jitter[] = {1, 0, -1, 0, 2};
    struct condition_trials conditions = {CONDITIONS, first, trial};
    struct example s = example();
    struct condition_rates what = {.trials = TRIALS,
                                   .bins = BINS,
                                   .channels = CHANNELS,
                                   .rates = s.rates[0][0],
                                   .bin_stride = CHANNELS,
                                   .trial_stride = BINS * CHANNELS,
                                   .conditions = &conditions,
                                   .psth = s.psth[0][0]};
    double r2;

    (void)state;
    assert_int_equal(score_psth_r2(&r2, &what, NULL), LFADS_OK);
    assert_near(r2, 0.22988263182238666);
    what.jitter = jitter;
    assert_int_equal(score_psth_r2(&r2, &what, NULL), LFADS_OK);
    assert_near(r2, -0.7402339333436118);
    conditions.first = none;
    assert_int_equal(score_psth_r2(&r2, &what, NULL), LFADS_OK);
    assert_true(isnan(r2));
}

/* Three trials of one condition, one of another, one whose behaviour is not known. */
static void test_times(void **state)
{
    const double behaviour[TRIALS][COMPONENTS] = {{0, 1, 0, 3, 5},
                                                  {0, 1, 0, 2, 7},
                                                  {0, 1, 0, 1, 6.5},
                                                  {1, 1, 0, 1, 9},
                                                  {0, 0, 0, (double)NAN, 4}};
    struct example s = example();
    struct interval_rates what = {.trials = TRIALS,
                                  .bins = BINS,
                                  .channels = CHANNELS,
                                  .rates = s.rates[0][0],
                                  .trial_stride = BINS * CHANNELS,
                                  .counts = s.counts[0][0],
                                  .count_stride = CHANNELS,
                                  .behaviour = behaviour[0],
                                  .components = COMPONENTS};
    double r;

    (void)state;
    assert_int_equal(score_time_correlation(&r, &what, NULL), LFADS_OK);
    assert_near(r, -0.27735009811261463);
    what.trials = 1;
    assert_int_equal(score_time_correlation(&r, &what, NULL), LFADS_OK);
    assert_true(isnan(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_psth), cmocka_unit_test(test_times)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
