/* test_threads.c - a run uses --threads threads, whatever OpenMP's default is, and ends them.
 * SPDX-License-Identifier: Apache-2.0 */
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
#include <time.h>

#include "base/workers.h"
#include "h5/h5.h"

enum { TRIALS = 128, BINS = 8, CHANNELS = 6, ATTEMPTS = 50, MOMENTS = 10000 };

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

static bool note_threads(void *payload)
{
    size_t *most = payload, count = count_threads();

    *most = count > *most ? count : *most;
    return false;
}

/* The threads that a command has beside the caller's with --threads=THREADS. None remains. */
static size_t threads_of(command *run, struct lfads_config *config, const char *threads)
{
    struct lfads_error err = {.text = ""};
    size_t before = count_threads(), most = before;
    const struct lfads_callbacks callbacks = {
        .size = sizeof callbacks, .stop = note_threads, .payload = &most};

    assert_int_equal(lfads_config_set(config, "threads", threads, NULL), LFADS_OK);
    if (run(config, &callbacks, &err) != LFADS_OK)
        fail_msg("%s", err.text);
    /* a thread that has been joined may take a moment more to leave the list */
    for (int i = 0; i < MOMENTS && count_threads() > before; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    assert_int_equal(count_threads(), before);
    return most - before;
}

/* Four threads are three more than one, where a command computes on several. */
static void check_command(command *run, struct lfads_config *config, size_t more)
{
    size_t one = threads_of(run, config, "1"), several;
    int attempts = 0;

    assert_in_range(one, 0, 1); /* the one that reads ahead */
    assert_int_equal(lfads_config_set(config, "max_epochs", "2", NULL), LFADS_OK); /* one more */
    /* they are counted by the caller's thread, for which others may leave no work */
    do
        several = threads_of(run, config, "4");
    while (several < one + more && ++attempts < ATTEMPTS);
    assert_int_equal(several - one, more);
}

static void test_threads(void **state)
{
    static const char *const flags[][2] = {{"data_filename_stem", "data"},
                                           {"max_epochs", "1"},
                                           {"gen_dim", "64"},
                                           {"con_dim", "64"},
                                           {"co_dim", "2"},
                                           {"batch_size", "64"},
                                           {"device", "cpu"},
                                           {"example_every_s", "-1"}};
    char directory[] = "/tmp/lfads_threads_XXXXXX", save[60], shell[80];
    struct lfads_config *config;

    (void)state;
    workers_free(workers_create(2)); /* a sanitizer starts a thread of its own with the first one */
    assert_non_null(mkdtemp(directory));
    write_data(directory);
    snprintf(save, sizeof save, "%s/save", directory);
    assert_int_equal(lfads_config_create(&config, NULL), LFADS_OK);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        assert_int_equal(lfads_config_set(config, flags[i][0], flags[i][1], NULL), LFADS_OK);
    assert_int_equal(lfads_config_set(config, "data_dir", directory, NULL), LFADS_OK);
    assert_int_equal(lfads_config_set(config, "lfads_save_dir", save, NULL), LFADS_OK);
    omp_set_num_threads(4);
    check_command(lfads_train, config, 3);
    check_command(lfads_posterior_sample, config, 3);
    check_command(lfads_posterior_mean, config, 3);
    check_command(lfads_prior_sample, config, 0);
    lfads_config_free(config);
    snprintf(shell, sizeof shell, "rm -r %s", directory);
    assert_int_equal(system(shell), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
