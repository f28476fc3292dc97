/* test_chaotic.c - after generating a set, the random generator has the same state as the
 * original's (golden/synth, next_rng_random_sample_at_end).
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synth/synth.h"

struct set {
    const char *name;
    const char *flags[5][2];
};

static const struct set gaussian = {"gaussian_chaotic_rnn_no_inputs", {{"noise_type", "gaussian"}}};
static const struct set inputs = {"chaotic_rnn_inputs_g1p5", {{"input_magnitude", "20"}}};
static const struct set multisession = {
    "chaotic_rnn_multisession",
    {{"C", "150"}, {"N", "100"}, {"S", "20"}, {"nreplications", "40"}, {"npcs", "10"}}};

static double golden_next(const char *name)
{
    char path[300];
    json_error_t error;
    json_t *golden;
    double next;

    snprintf(path, sizeof path, LFADS_TEST_DATA "/golden/synth/%s.json", name);
    golden = json_load_file(path, 0, &error);
    assert_non_null(golden);
    next = json_number_value(
        json_object_get(json_object_get(golden, "milestones"), "next_rng_random_sample_at_end"));
    json_decref(golden);
    return next;
}

static void check_set(const struct set *set)
{
    char directory[] = "/tmp/lfads_chaotic_XXXXXX", command[80];
    struct lfads_synth_config *config;
    struct lfads_error err;
    double next = 0;

    assert_non_null(mkdtemp(directory));
    assert_int_equal(lfads_synth_config_create(&config, &err), LFADS_OK);
    assert_int_equal(lfads_synth_config_set(config, "save_dir", directory, &err), LFADS_OK);
    for (int k = 0; k < 5 && set->flags[k][0]; k++)
        assert_int_equal(lfads_synth_config_set(config, set->flags[k][0], set->flags[k][1], &err),
                         LFADS_OK);
    assert_int_equal(chaotic_generate_next(config, NULL, &next, &err), LFADS_OK);
    assert_true(next == golden_next(set->name));
    lfads_synth_config_free(config);
    snprintf(command, sizeof command, "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

static void test_gaussian(void **state)
{
    (void)state;
    check_set(&gaussian);
}

static void test_inputs(void **state)
{
    (void)state;
    check_set(&inputs);
}

static void test_multisession(void **state)
{
    (void)state;
    check_set(&multisession);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gaussian),
                                       cmocka_unit_test(test_inputs),
                                       cmocka_unit_test(test_multisession)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
