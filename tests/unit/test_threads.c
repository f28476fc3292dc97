/* test_threads.c - a run uses --threads threads, whatever OpenMP's default is. OpenMP keeps its
 * threads, so the test counts them after the call. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <lfads/lfads.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h5/h5.h"

enum { TRIALS = 24, BINS = 8, CHANNELS = 6 };

typedef enum lfads_status command(const struct lfads_config *, const struct lfads_callbacks *,
                                  struct lfads_error *);

static size_t count_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    size_t count = 0;

    assert_non_null(tasks);
    for (const struct dirent *entry; (entry = readdir(tasks));)
        count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

static void write_data(const char *directory)
{
    size_t dims[3] = {TRIALS, BINS, CHANNELS};
    float counts[TRIALS * BINS * CHANNELS];
    struct h5_file file = {.id = 0};
    char path[100];

    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        counts[i] = (float)(i * 7 % 5 / 3);
    snprintf(path, sizeof path, "%s/data_s", directory);
    assert_int_equal(h5_begin(&file, path, NULL), LFADS_OK);
    assert_int_equal(
        h5_finish(&file, h5_write(&file, "train_data", H5_FLOAT32, 3, dims, counts, NULL, NULL),
                  NULL),
        LFADS_OK);
}

/* A command with one thread starts no thread that remains. */
static void check_command(command *run, const struct lfads_config *config, const char *name)
{
    struct lfads_error err = {.text = ""};
    size_t before = count_threads(), after;

    if (run(config, NULL, &err) != LFADS_OK)
        fail_msg("%s: %s", name, err.text);
    after = count_threads();
    if (after != before)
        fail_msg("%s with one thread: %zu threads more", name, after - before);
}

static void test_one_thread(void **state)
{
    static const char *const flags[][2] = {{"data_filename_stem", "data"},
                                           {"max_epochs", "1"},
                                           {"threads", "1"},
                                           {"gen_dim", "64"},
                                           {"con_dim", "64"},
                                           {"co_dim", "2"},
                                           {"batch_size", "8"},
                                           {"device", "cpu"},
                                           {"example_every_s", "-1"}};
    char directory[] = "/tmp/lfads_threads_XXXXXX", save[60], shell[80];
    struct lfads_config *config;

    (void)state;
    assert_non_null(mkdtemp(directory));
    write_data(directory);
    snprintf(save, sizeof save, "%s/save", directory);
    assert_int_equal(lfads_config_create(&config, NULL), LFADS_OK);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        assert_int_equal(lfads_config_set(config, flags[i][0], flags[i][1], NULL), LFADS_OK);
    assert_int_equal(lfads_config_set(config, "data_dir", directory, NULL), LFADS_OK);
    assert_int_equal(lfads_config_set(config, "lfads_save_dir", save, NULL), LFADS_OK);
    omp_set_num_threads(4);
    check_command(lfads_train, config, "train");
    assert_int_equal(lfads_config_set(config, "batch_size", "256", NULL), LFADS_OK);
    check_command(lfads_posterior_sample, config, "posterior-sample");
    check_command(lfads_posterior_mean, config, "posterior-mean");
    check_command(lfads_prior_sample, config, "prior-sample");
    lfads_config_free(config);
    snprintf(shell, sizeof shell, "rm -r %s", directory);
    assert_int_equal(system(shell), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_thread)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
