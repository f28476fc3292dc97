/* test_training.c - trainings that share a data set and alternate have the same bits as each alone.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "h5/h5.h"
#include "train/training.h"

enum { TRIALS = 20, VALID = 6, BINS = 12, CHANNELS = 5, EPOCHS = 3 };

struct fixture {
    char directory[40], save_dir[60];
};

/* Writes counts of at most three spikes per bin. */
static void write_data(const char *directory)
{
    size_t train[] = {TRIALS, BINS, CHANNELS}, valid[] = {VALID, BINS, CHANNELS};
    double counts[TRIALS * BINS * CHANNELS];
    struct h5_file file;
    char path[60];

    for (size_t i = 0; i < TRIALS * BINS * CHANNELS; i++)
        counts[i] = (double)(i * 2654435761u % 4294967296u >> 20 & 3);
    snprintf(path, sizeof path, "%s/set_a", directory);
    assert_int_equal(h5_begin(&file, path, NULL), LFADS_OK);
    h5_write(&file, "train_data", H5_FLOAT64, 3, train, counts, NULL, NULL);
    h5_write(&file, "valid_data", H5_FLOAT64, 3, valid, counts + 7, NULL, NULL);
    assert_int_equal(h5_finish(&file, LFADS_OK, NULL), LFADS_OK);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    strcpy(f->directory, "/tmp/lfads_training_XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    snprintf(f->save_dir, sizeof f->save_dir, "%s/none", f->directory);
    write_data(f->directory);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    char path[60];

    snprintf(path, sizeof path, "%s/set_a", f->directory);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(f->directory), 0); /* a training without a recorder wrote nothing */
    free(f);
    return 0;
}

/* Returns a small configuration with COUNT additional FLAGS. */
static struct lfads_config *configuration(const struct fixture *f, const char *const (*flags)[2],
                                          size_t count)
{
    const char *const common[][2] = {{"data_dir", f->directory},
                                     {"data_filename_stem", "set"},
                                     {"lfads_save_dir", f->save_dir},
                                     {"device", "cpu"},
                                     {"gen_dim", "9"},
                                     {"factors_dim", "3"},
                                     {"ic_enc_dim", "7"},
                                     {"ci_enc_dim", "6"},
                                     {"con_dim", "8"},
                                     {"ic_dim", "4"},
                                     {"batch_size", "8"},
                                     {"threads", "2"}};
    struct lfads_config *config;

    assert_int_equal(lfads_config_create(&config, NULL), LFADS_OK);
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        assert_int_equal(lfads_config_set(config, common[i][0], common[i][1], NULL), LFADS_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(lfads_config_set(config, flags[i][0], flags[i][1], NULL), LFADS_OK);
    return config;
}

static const char *const first_flags[][2] = {{"seed", "1"}, {"co_dim", "2"}, {"keep_prob", "0.9"}};
static const char *const second_flags[][2] = {
    {"seed", "2"}, {"co_dim", "0"}, {"learning_rate_init", "0.02"}, {"l2_gen_scale", "5"}};

/* Opens two runs, the second with the first one's data. */
static void open_runs(struct run *runs[2], const struct fixture *f)
{
    struct lfads_config *first = configuration(f, first_flags, 3);
    struct lfads_config *second = configuration(f, second_flags, 4);

    assert_int_equal(run_open(&runs[0], first, RUN_TRAINING, NULL, NULL), LFADS_OK);
    assert_int_equal(run_open_beside(&runs[1], runs[0], second, NULL, NULL), LFADS_OK);
    assert_ptr_equal(runs[1]->dataset, runs[0]->dataset);
    lfads_config_free(first);
    lfads_config_free(second);
}

static void close_runs(struct run *runs[2])
{
    run_close(runs[1]);
    run_close(runs[0]);
}

/* Returns a copy of the parameters and the optimizer's state. */
static struct param_vectors copy(const struct training *training, const struct model *model)
{
    struct param_vectors now, copied = param_vectors_create(model);

    assert_int_equal(training_vectors(&now, training, NULL), LFADS_OK);
    memcpy(copied.parameters, now.parameters, model->size * sizeof(real));
    for (int i = 0; i < OPTIMIZER_SLOTS; i++)
        memcpy(copied.slots[i], now.slots[i], model->size * sizeof(real));
    return copied;
}

static void run_alone(struct param_vectors *end, struct fitlog_row *costs, const struct run *run)
{
    struct training *training;

    assert_int_equal(training_create(&training, run, NULL, NULL), LFADS_OK);
    assert_true(training_costs(training)->train.total == 0);
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        assert_int_equal(training_epoch(training, NULL), LFADS_OK);
    *end = copy(training, run->model);
    *costs = *training_costs(training);
    training_free(training);
}

static void interleaved(void **state)
{
    struct run *runs[2];
    struct training *trainings[2];
    struct param_vectors alone[2];
    struct fitlog_row costs[2];

    open_runs(runs, *state);
    for (int i = 0; i < 2; i++)
        run_alone(&alone[i], &costs[i], runs[i]);
    for (int i = 0; i < 2; i++)
        assert_int_equal(training_create(&trainings[i], runs[i], NULL, NULL), LFADS_OK);
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        for (int i = 0; i < 2; i++)
            assert_int_equal(training_epoch(trainings[i], NULL), LFADS_OK);
    for (int i = 0; i < 2; i++) {
        size_t bytes = PARAM_VECTORS * runs[i]->model->size * sizeof(real);
        struct param_vectors end = copy(trainings[i], runs[i]->model);

        assert_memory_equal(end.parameters, alone[i].parameters, bytes);
        assert_memory_equal(&training_costs(trainings[i])->train, &costs[i].train,
                            sizeof costs[i].train);
        assert_memory_equal(&training_costs(trainings[i])->valid, &costs[i].valid,
                            sizeof costs[i].valid);
        param_vectors_free(&end);
        param_vectors_free(&alone[i]);
        training_free(trainings[i]);
    }
    close_runs(runs);
}

static void costs_and_state(void **state)
{
    struct run *runs[2];
    struct training *training;
    struct training_state now;
    struct fitlog_row first, later;

    open_runs(runs, *state);
    assert_int_equal(training_create(&training, runs[1], NULL, NULL), LFADS_OK);
    now = training_get_state(training);
    assert_true(now.epoch == 0 && now.step == 0 && !now.is_over && now.learning_rate > 0.0199);
    assert_int_equal(training_epoch(training, NULL), LFADS_OK);
    first = *training_costs(training);
    assert_true(first.has_valid && first.epoch == 0 && first.step == (TRIALS + 7) / 8);
    for (int epoch = 1; epoch < 30; epoch++)
        assert_int_equal(training_epoch(training, NULL), LFADS_OK);
    later = *training_costs(training);
    assert_true(later.train.of[COST_RECON] < first.train.of[COST_RECON]);
    assert_int_equal(training_get_state(training).epoch, 30);
    assert_int_equal(training_save(training, NULL),
                     LFADS_OK); /* without a recorder it writes nothing */
    training_free(training);
    close_runs(runs);
}

/* A second run must have the flags that determine how the data are read. */
static void other_data_refused(void **state)
{
    static const char *const other[][2] = {{"output_dist", "gaussian"}};
    static const char *const fewer[][2] = {{"factors_dim", "2"}}; /* may differ without alignment */
    struct run *runs[2], *third;
    struct lfads_config *config = configuration(*state, other, 1);
    struct lfads_error err;

    open_runs(runs, *state);
    assert_int_equal(run_open_beside(&third, runs[0], config, NULL, &err), LFADS_USAGE);
    assert_null(third);
    assert_non_null(strstr(err.text, "--output_dist=gaussian"));
    lfads_config_free(config);
    config = configuration(*state, fewer, 1);
    assert_int_equal(run_open_beside(&third, runs[0], config, NULL, &err), LFADS_OK);
    run_close(third);
    lfads_config_free(config);
    close_runs(runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(interleaved),
                                       cmocka_unit_test(costs_and_state),
                                       cmocka_unit_test(other_data_refused)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
