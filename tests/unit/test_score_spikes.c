/* test_score_spikes.c - bits per spike equal those that NumPy computes, of parts of arrays too;
 * their standard errors come near that of all possible draws. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "report/score_spikes.h"

enum { TRIALS = 3, BINS = 2, CHANNELS = 2, STRIDE = 4 };

static const double counts[TRIALS * BINS * CHANNELS] = {0, 1, 2, 0, 1, 3, 0, 0, 1, 1, 4, 2};
/* the last two numbers of a bin are no rates */
static const double rates[TRIALS * BINS * STRIDE] = {
    .5, 1.25, 1, .5, 1.5, .25, 2, .25, 1, 2.5, .5, 4, .125, .5, 1, 1, .75, 1, .75, 1.5, 3, 2, 2, 3};

/* From bin FIRST_BIN and channel FIRST on. */
static struct spike_rates part(const double *k, const double *r, size_t first_bin, size_t first)
{
    return (struct spike_rates){.trials = TRIALS,
                                .bins = BINS - first_bin,
                                .channels = CHANNELS - first,
                                .counts = k + first_bin * CHANNELS + first,
                                .rates = r + first_bin * STRIDE + first,
                                .count_stride = CHANNELS,
                                .rate_stride = STRIDE,
                                .count_trial = BINS * CHANNELS,
                                .rate_trial = BINS * STRIDE};
}

static struct spike_sums sums_of(const struct spike_rates *scored)
{
    struct spike_sums sums;

    assert_int_equal(spike_sums_create(&sums, scored->trials, scored->channels, NULL), LFADS_OK);
    spike_sums_add(&sums, 0, scored);
    return sums;
}

/* The allowance covers a few dozen operations on sums of about ten times EXPECTED. */
static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) <= 1e-13 * fabs(expected)))
        fail_msg("%.17g, expected %.17g", actual, expected);
}

static void test_all(void **state)
{
    const struct spike_rates all = part(counts, rates, 0, 0);
    struct spike_sums sums = sums_of(&all);

    (void)state;
    assert_near(spike_sums_bits(&sums, 0, CHANNELS), 0.6271391561044841);
    assert_near(spike_sums_bits(&sums, 0, 1), 0.6746836789771785);
    assert_near(spike_sums_bits(&sums, 1, 1), 0.5728025585356906);
    spike_sums_free(&sums);
}

/* The last bin of the last channel. */
static void test_part(void **state)
{
    const struct spike_rates last = part(counts, rates, 1, 1);
    struct spike_sums sums = sums_of(&last);

    (void)state;
    assert_near(spike_sums_bits(&sums, 0, 1), 1.0439518603877949);
    spike_sums_free(&sums);
}

/* A count that was not recorded, a spike where the rate is 0; no spikes at all. */
static void test_odd_numbers(void **state)
{
    double k[TRIALS * BINS * CHANNELS], r[TRIALS * BINS * STRIDE], error;
    struct spike_rates all = part(k, r, 0, 0);
    struct spike_sums sums;

    (void)state;
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++)
        k[i] = counts[i];
    for (size_t i = 0; i < sizeof r / sizeof r[0]; i++)
        r[i] = rates[i];
    k[5] = (double)NAN;
    r[20] = 0;
    sums = sums_of(&all);
    assert_near(spike_sums_bits(&sums, 0, CHANNELS), -9.503063452686684);
    spike_sums_free(&sums);
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++)
        k[i] = 0;
    sums = sums_of(&all);
    assert_true(isnan(spike_sums_bits(&sums, 0, CHANNELS)));
    assert_int_equal(spike_sums_error(&error, &sums, 10, 0, NULL), LFADS_OK);
    assert_true(isnan(error));
    spike_sums_free(&sums);
}

/* All 27 ways to draw three trials of three have the standard deviation EXACT (by NumPy). A
 * standard deviation of 4000 draws is within 1.5 % of it, as a rule; the allowance is four times
 * that. */
static void test_error(void **state)
{
    static const double exact = 0.171864645920023;
    const struct spike_rates all = part(counts, rates, 0, 0);
    struct spike_sums sums = sums_of(&all), one;
    double error, again, other;

    (void)state;
    assert_int_equal(spike_sums_error(&error, &sums, 4000, 7, NULL), LFADS_OK);
    assert_int_equal(spike_sums_error(&again, &sums, 4000, 7, NULL), LFADS_OK);
    assert_int_equal(spike_sums_error(&other, &sums, 4000, 8, NULL), LFADS_OK);
    if (!(fabs(error - exact) <= .06 * exact))
        fail_msg("standard error %g, of all draws %g", error, exact);
    assert_true(error == again);
    assert_true(error != other);
    one = (struct spike_sums){.trials = 1,
                              .channels = CHANNELS,
                              .loglik = sums.loglik,
                              .spikes = sums.spikes,
                              .bins = sums.bins};
    assert_int_equal(spike_sums_error(&error, &one, 4000, 7, NULL), LFADS_OK);
    assert_true(isnan(error));
    spike_sums_free(&sums);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all), cmocka_unit_test(test_part),
                                       cmocka_unit_test(test_odd_numbers),
                                       cmocka_unit_test(test_error)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
