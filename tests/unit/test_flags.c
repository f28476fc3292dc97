/* test_flags.c - the table of flags: parsing, ranges, writing and reading hyperparameters, and
 * flags inherited from a save directory. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/parse.h"
#include "config/config.h"
#include "config/hyperparams.h"

static enum lfads_status set(void *payload, size_t index, const char *text, struct lfads_error *err)
{
    return config_set(payload, index, text, err);
}

static struct lfads_config *parsed(int argc, char **argv)
{
    struct lfads_config *config;
    struct lfads_error err = {.text = ""};

    assert_int_equal(lfads_config_create(&config, &err), LFADS_OK);
    if (parse_flags(argc, argv, &run_flags, &(struct parse_target){.set = set, .payload = config},
                    &err) != LFADS_OK)
        fail_msg("%s", err.text);
    return config;
}

#define PARSED(...)                                                                                \
    parsed((int)(sizeof((char *[]){__VA_ARGS__}) / sizeof(char *)), (char *[]){__VA_ARGS__})

static void test_forms(void **state)
{
    struct lfads_config *c =
        PARSED("--gen_dim=7", "-factors_dim=3", "--ic_dim", "5", "--gen_dim", "9",
               "--nodo_train_readin", "--do_causal_controller", "--do_train_io_only=YES",
               "--do_feed_factors_to_controller=F", "--output_filename_stem=", "--keep_prob=1e-1");

    (void)state;
    assert_int_equal(c->gen_dim, 9);
    assert_int_equal(c->factors_dim, 3);
    assert_int_equal(c->ic_dim, 5);
    assert_false(c->do_train_readin);
    assert_true(c->do_causal_controller);
    assert_true(c->do_train_io_only);
    assert_false(c->do_feed_factors_to_controller);
    assert_string_equal(c->output_filename_stem, "");
    assert_true(c->keep_prob == 0.1);
    assert_true(c->given[flag_find(config_table(), "gen_dim")]);
    assert_false(c->given[flag_find(config_table(), "con_dim")]);
    lfads_config_free(c);
}

static void test_flag_file(void **state)
{
    char name[] = "/tmp/lfads_flags_XXXXXX", word[100];
    int file = mkstemp(name);
    struct lfads_config *c;

    (void)state;
    assert_true(file >= 0);
    assert_int_equal(
        file_write_text(name, "# sizes\n\n  --gen_dim=11  \n--nodo_train_readin\n", NULL),
        LFADS_OK);
    snprintf(word, sizeof word, "--flagfile=%s", name);
    c = PARSED(word, "--factors_dim=2");
    assert_int_equal(c->gen_dim, 11);
    assert_false(c->do_train_readin);
    lfads_config_free(c);
    snprintf(word, sizeof word, "--flagfile=%s\n", name);
    assert_int_equal(file_write_text(name, word, NULL), LFADS_OK); /* a file that includes itself */
    assert_int_equal(lfads_config_create(&c, NULL), LFADS_OK);
    word[strlen(word) - 1] = 0;
    assert_int_equal(parse_flags(1, (char *[]){word}, &run_flags,
                                 &(struct parse_target){.set = set, .payload = c}, NULL),
                     LFADS_USAGE);
    lfads_config_free(c);
    remove(name);
}

/* The lower bound of every number's range is checked, and a refused value changes nothing. */
static void test_ranges(void **state)
{
    const struct flag_table *table = config_table();
    struct lfads_config *c;
    struct lfads_error err;

    (void)state;
    assert_int_equal(lfads_config_create(&c, &err), LFADS_OK);
    for (size_t i = 0; i < table->count; i++) {
        const struct flag *flag = &table->flags[i];
        char before[600], after[600], text[64];

        if (flag->type != FLAG_IS_INT && flag->type != FLAG_IS_FLOAT)
            continue;
        flag_text(before, sizeof before, c, flag);
        snprintf(text, sizeof text, "%.0f", flag->min - 1);
        assert_int_equal(flag_set(c, table, i, text, &err), LFADS_USAGE);
        assert_non_null(strstr(err.text, flag->name));
        assert_int_equal(flag_set(c, table, i, "", &err), LFADS_USAGE);
        assert_int_equal(flag_set(c, table, i, "1 2", &err), LFADS_USAGE);
        snprintf(text, sizeof text, "%.0f", flag->min);
        assert_int_equal(flag_set(c, table, i, text, &err),
                         flag->open_min ? LFADS_USAGE : LFADS_OK);
        assert_int_equal(flag_set(c, table, i, before, &err), LFADS_OK);
        flag_text(after, sizeof after, c, flag);
        assert_string_equal(before, after);
    }
    lfads_config_free(c);
}

static void test_numbers(void **state)
{
    static const struct {
        double value;
        const char *text;
    } forms[] = {{0.1, "0.1"},
                 {1e-5, "1e-05"},
                 {2000, "2000.0"},
                 {0.0001, "0.0001"},
                 {1.0 / 3, "0.3333333333333333"},
                 {0, "0.0"},
                 {123456789, "123456789.0"},
                 {1e16, "1e+16"}};
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        flag_float_text(text, sizeof text, forms[i].value);
        assert_string_equal(text, forms[i].text);
    }
}

static void test_hyperparams(void **state)
{
    struct session_shape sessions[] = {{"day \"A\"", 3, 0, 4000000000}, {"dayB", 4, 1, 5}};
    struct hyperparams_data data = {.sessions = sessions,
                                    .count = 2,
                                    .bins = 20,
                                    .encoded_bins = 20,
                                    .data_path = "/d \\",
                                    .save_path = "/s"},
                            known;
    struct lfads_config *a = PARSED("--gen_dim=31", "--keep_prob=0.7", "--do_causal_controller",
                                    "--data_dir=/x y/\\", "--output_dist=gaussian"),
                        *b = PARSED("--gen_dim=1");
    char *text, *again;

    (void)state;
    assert_int_equal(hyperparams_text(&text, a, &data, NULL), LFADS_OK);
    assert_non_null(strstr(text, "\"do_causal_controller\": \"true\""));
    assert_non_null(strstr(text, "\"num_steps_for_gen_ic\": 20"));
    assert_non_null(strstr(text, "\"dataset_dims\": {\"day \\\"A\\\"\": 3, \"dayB\": 4}"));
    for (size_t i = 0; i < CONFIG_FLAGS; i++) {
        char key[80];

        snprintf(key, sizeof key, "\"%s\": ", config_table()->flags[i].name);
        if (config_table()->flags[i].group != FLAG_RUN && !strstr(text, key))
            fail_msg("the hyperparameters lack %s", key);
    }
    assert_non_null(
        strstr(text, "\"dataset_checksums\": {\"day \\\"A\\\"\": 4000000000, \"dayB\": 5}"));
    assert_int_equal(hyperparams_read_data(&known, text, "here", NULL), LFADS_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(known.sessions[i].name, sessions[i].name);
        assert_int_equal(known.sessions[i].checksum, sessions[i].checksum);
        assert_int_equal(known.sessions[i].channels, sessions[i].channels);
    }
    assert_string_equal(known.data_path, "/d \\");
    assert_string_equal(known.save_path, "/s");
    hyperparams_release_data(&known);
    assert_int_equal(hyperparams_read(b, text, "here", NULL), LFADS_OK);
    assert_int_equal(hyperparams_text(&again, b, &data, NULL), LFADS_OK);
    assert_string_equal(text, again);
    assert_int_equal(hyperparams_read(b, "[1]", "here", NULL), LFADS_BAD_DATA);
    assert_int_equal(hyperparams_read(b, "{\"gen_dim\": \"x\"}", "here", NULL), LFADS_USAGE);
    assert_int_equal(hyperparams_read(b, "{\"gen_dim\": 3", "here", NULL), LFADS_BAD_DATA);
    free(text);
    free(again);
    lfads_config_free(a);
    lfads_config_free(b);
}

static void test_inherit(void **state)
{
    struct lfads_config *saved =
        PARSED("--gen_dim=31", "--kl_increase_steps=7", "--checkpoint_every=4", "--data_dir=there");
    struct lfads_config *c = PARSED("--lfads_save_dir=x", "--kl_increase_steps=9");
    struct lfads_config *other = PARSED("--gen_dim=30");
    struct lfads_error err;

    (void)state;
    assert_int_equal(config_inherit(c, saved, &err), LFADS_OK);
    assert_int_equal(c->gen_dim, 31);
    assert_string_equal(c->data_dir, "there");
    assert_int_equal(c->kl_increase_steps, 9); /* given */
    assert_int_equal(c->checkpoint_every, 10); /* flags of a single run are not inherited */
    assert_int_equal(config_inherit(other, saved, &err), LFADS_USAGE);
    assert_non_null(strstr(err.text, "--gen_dim=30"));
    assert_non_null(strstr(err.text, "--gen_dim=31"));
    assert_int_equal(config_match(other, saved, &err), LFADS_USAGE);
    lfads_config_free(saved);
    lfads_config_free(c);
    lfads_config_free(other);
}

static void test_nearest(void **state)
{
    (void)state;
    assert_string_equal(flag_nearest(config_table(), "gen_dims"), "gen_dim");
    assert_string_equal(flag_nearest(config_table(), "lfads_savedir"), "lfads_save_dir");
    assert_null(flag_nearest(config_table(), "quite_another_thing"));
}

/* Reads the description of data; a name that no file can have is refused. */
static void test_hyperparams_data(void **state)
{
    static const char long_name[] =
        "{\"num_steps\": 5, \"dataset_names\": [\"%0300d\"], \"dataset_dims\": {\"%0300d\": 2}}";
    struct hyperparams_data data;
    char text[1000];

    (void)state;
    assert_int_equal(hyperparams_read_data(&data,
                                           "{\"dataset_names\": [\"a\", \"b\"], \"num_steps\": 20,"
                                           " \"dataset_dims\": {\"b\": 4, \"a\": 3}}",
                                           "here", NULL),
                     LFADS_OK);
    assert_true(data.count == 2 && data.bins == 20);
    assert_string_equal(data.sessions[1].name, "b");
    assert_true(data.sessions[0].channels == 3 && data.sessions[1].channels == 4);
    hyperparams_release_data(&data);
    snprintf(text, sizeof text, long_name, 7, 7);
    assert_int_equal(hyperparams_read_data(&data, text, "here", NULL), LFADS_BAD_DATA);
    assert_null(data.sessions);
}

/* Flags that contradict each other are refused together and accepted separately. */
static void test_contradictions(void **state)
{
    static const char *const pairs[][3] = {
        {"--do_train_io_only", "--do_train_encoder_only", "--co_dim=2"},
        {"--inject_ext_input_to_gen", "--ext_input_dim=0", "--ext_input_dim=1"},
        {"--co_mean_corr_scale=1", "--co_dim=1", "--co_dim=2"},
        {"--temporal_spike_jitter_width=1", "--output_dist=gaussian", "--output_dist=poisson"},
        {"--ic_prior_var_scale=0.1", "--ic_prior_var_min=0.2", "--ic_prior_var_min=0.1"},
        {"--ic_prior_var_max=0.3", "--ic_prior_var_scale=0.4", "--ic_prior_var_scale=0.3"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        for (int fine = 0; fine < 2; fine++) {
            struct lfads_config *c = PARSED((char *)pairs[i][0], (char *)pairs[i][1 + fine]);
            struct lfads_error err = {.text = ""};

            assert_int_equal(config_check(c, &err), fine ? LFADS_OK : LFADS_USAGE);
            assert_true(fine == !*err.text);
            lfads_config_free(c);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),         cmocka_unit_test(test_flag_file),
        cmocka_unit_test(test_ranges),        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_hyperparams),   cmocka_unit_test(test_hyperparams_data),
        cmocka_unit_test(test_inherit),       cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_contradictions)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
