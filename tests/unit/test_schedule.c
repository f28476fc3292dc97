/* test_schedule.c - compares the learning rate and the kept models with those of the original's
 * loop over epochs, for given costs (golden/training/schedule.json).
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "learn/schedule.h"
#include "model/costs.h"

/* Returns a number of the list; NaN for null. */
static double number(const json_t *list, size_t i)
{
    const json_t *value = json_array_get(list, i);

    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static double field(const json_t *run, const char *name)
{
    return json_number_value(json_object_get(run, name));
}

static bool contains(const json_t *list, int64_t epoch)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_integer_value(json_array_get(list, i)) == epoch)
            return true;
    return false;
}

static void check_run(const json_t *run)
{
    struct schedule_rules rules = {.n_to_compare = (size_t)field(run, "learning_rate_n_to_compare"),
                                   .decay = field(run, "learning_rate_decay_factor"),
                                   .stop = field(run, "learning_rate_stop"),
                                   .l2_wanted = field(run, "l2_gen_scale") > 0 ||
                                                field(run, "l2_con_scale") > 0};
    const json_t *rates = json_object_get(run, "learning_rate_during_epoch");
    const json_t *lowest = json_object_get(run, "epochs_with_lve_checkpoint");
    size_t epochs = (size_t)field(run, "epochs_run"), given, done = 0;
    double *costs = calloc(rules.n_to_compare, sizeof *costs);
    struct schedule schedule;
    bool over = false;

    schedule_begin(&schedule, costs, field(run, "learning_rate_init"));
    given = json_array_size(json_object_get(run, "train_total"));
    for (size_t e = 0; e < given && !over; e++, done++) {
        assert_true((double)schedule.learning_rate == number(rates, e));
        schedule_epoch(&schedule, &rules, number(json_object_get(run, "train_total"), e));
        assert_int_equal(schedule_is_lowest(&schedule, &rules, (int64_t)e,
                                            number(json_object_get(run, "valid_total"), e),
                                            number(json_object_get(run, "kl_weight"), e),
                                            number(json_object_get(run, "l2_weight"), e)),
                         contains(lowest, (int64_t)e));
        over = schedule_is_over(&schedule, &rules);
    }
    assert_int_equal(done, epochs);
    free(costs);
}

static void test_golden(void **state)
{
    json_error_t error;
    json_t *runs = json_load_file(LFADS_TEST_DATA "/golden/training/schedule.json", 0, &error);

    (void)state;
    assert_non_null(runs);
    assert_int_equal(json_array_size(runs), 10);
    for (size_t i = 0; i < json_array_size(runs); i++) {
        print_message("run %zu\n", i);
        check_run(json_array_get(runs, i));
    }
    json_decref(runs);
}

static void test_ramp(void **state)
{
    (void)state;
    assert_true(costs_ramp(0, 0, 2000) == 0);
    assert_true(costs_ramp(24, 0, 2000) == 24.0 / 2000);
    assert_true(costs_ramp(5000, 0, 2000) == 1);
    assert_true(costs_ramp(99, 100, 10) == 0);
    assert_true(costs_ramp(105, 100, 10) == 0.5);
    /* without steps of increase: first off, then on from the start */
    assert_true(costs_ramp(99, 100, 0) == 0);
    assert_true(costs_ramp(100, 100, 0) == 1);
}

/* Runs of lfads-torch and AutoLFADS (golden/modern/schedule.json). */
static json_t *load_modern(void)
{
    json_error_t error;
    json_t *all = json_load_file(LFADS_TEST_DATA "/golden/modern/schedule.json", 0, &error);

    assert_non_null(all);
    return all;
}

static void test_plateau(void **state)
{
    json_t *all = load_modern(), *runs = json_object_get(all, "plateau");

    (void)state;
    assert_int_equal(json_array_size(runs), 5);
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i), *metric = json_object_get(run, "metric");
        struct schedule_rules rules = {.rule = RULE_PLATEAU,
                                       .n_to_compare = (size_t)field(run, "patience"),
                                       .decay = field(run, "decay"),
                                       .stop = field(run, "min_lr")};
        struct schedule schedule;

        schedule_begin(&schedule, NULL, field(run, "learning_rate_init"));
        for (size_t e = 0; e < json_array_size(metric); e++) {
            double rate = number(json_object_get(run, "learning_rate_after_epoch"), e);

            schedule_plateau(&schedule, &rules, number(metric, e));
            assert_true(fabs((double)schedule.learning_rate - rate) < 1e-6 * rate);
            assert_false(schedule_is_over(&schedule, &rules));
        }
    }
    json_decref(all);
}

static void test_autolfads(void **state)
{
    json_t *all = load_modern(), *runs = json_object_get(all, "autolfads_learning_rate");

    (void)state;
    assert_int_equal(json_array_size(runs), 3);
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i),
                     *loss = json_object_get(run, "validation_loss");
        const json_t *rates = json_object_get(run, "learning_rate_during_epoch");
        struct schedule_rules rules = {.rule = RULE_AUTOLFADS,
                                       .n_to_compare = (size_t)field(run, "patience"),
                                       .decay = field(run, "decay"),
                                       .stop = 1e-9};
        double costs[100];
        struct schedule schedule;

        assert_true(rules.n_to_compare <= 100);
        schedule_begin(&schedule, costs, field(run, "learning_rate_init"));
        schedule.memory.ramped_since = field(run, "last_ramp_epoch");
        for (size_t e = 0; e < json_array_size(loss); e++) {
            assert_true(schedule.learning_rate == (float)number(rates, e));
            schedule_autolfads(&schedule, &rules, (int64_t)e, number(loss, e));
        }
    }
    json_decref(all);
}

static void test_smoothing(void **state)
{
    json_t *all = load_modern();
    const json_t *epochs = json_object_get(json_object_get(all, "smoothing"), "epochs");
    struct schedule schedule;

    (void)state;
    schedule_begin(&schedule, NULL, 1);
    assert_true(json_array_size(epochs) > 0);
    for (size_t e = 0; e < json_array_size(epochs); e++) {
        const json_t *epoch = json_array_get(epochs, e);
        const json_t *values = json_object_get(epoch, "values");
        const json_t *sizes = json_object_get(epoch, "batch_sizes");
        double sum = 0, trials = 0;

        for (size_t i = 0; i < json_array_size(values); i++) {
            sum += number(values, i) * number(sizes, i);
            trials += number(sizes, i);
        }
        schedule_smooth(&schedule, sum / trials);
        assert_true(fabs(schedule.memory.smoothed - field(epoch, "smoothed")) < 1e-6);
    }
    json_decref(all);
}

static void test_early_stopping(void **state)
{
    json_t *all = load_modern(), *runs = json_object_get(all, "early_stopping");

    (void)state;
    assert_int_equal(json_array_size(runs), 4);
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i), *metric = json_object_get(run, "metric");
        const json_t *stops = json_object_get(run, "stops_after_epoch");
        struct schedule_rules rules = {.rule = RULE_CONSTANT,
                                       .patience = (int64_t)field(run, "patience")};
        int64_t stopped = -1;
        struct schedule schedule;

        schedule_begin(&schedule, NULL, 1);
        schedule.memory.ramped_since = field(run, "burn_in_epochs");
        for (size_t e = 0; e < json_array_size(metric) && stopped < 0; e++) {
            schedule.memory.smoothed = number(metric, e);
            schedule_early_stop(&schedule, &rules, (int64_t)e);
            if (schedule_is_over(&schedule, &rules))
                stopped = (int64_t)e;
        }
        assert_int_equal(stopped, json_is_integer(stops) ? json_integer_value(stops) : -1);
    }
    json_decref(all);
}

static void test_epoch_ramps(void **state)
{
    json_t *all = load_modern();
    const json_t *cases = json_object_get(json_object_get(all, "ramps"), "cases");

    (void)state;
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *ramp = json_array_get(cases, i);
        const json_t *weights = json_object_get(ramp, "weight_lfads_torch");

        for (size_t e = 0; e < json_array_size(weights); e++)
            assert_true(fabs(costs_ramp_of_epoch((int64_t)e, (int64_t)field(ramp, "start"),
                                                 (int64_t)field(ramp, "increase")) -
                             number(weights, e)) < 1e-6);
    }
    json_decref(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),     cmocka_unit_test(test_ramp),
        cmocka_unit_test(test_plateau),    cmocka_unit_test(test_autolfads),
        cmocka_unit_test(test_smoothing),  cmocka_unit_test(test_early_stopping),
        cmocka_unit_test(test_epoch_ramps)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
