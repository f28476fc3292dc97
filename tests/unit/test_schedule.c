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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden), cmocka_unit_test(test_ramp)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
