/* test_session.c - a session has exactly the numbers of its file, for every type in which it stores
 * them, in memory and on disk.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/session.h"
#include "h5/h5.h"

enum { TRIALS = 300, BINS = 40, CHANNELS = 50, INPUTS = 3, RECORD = BINS * CHANNELS };

static const char *const path = "test_session.h5";

/* Returns element I of the data: LARGE for one element, the others from 0 to 9. */
static double value_of(size_t i, double large)
{
    return i == TRIALS * RECORD - 7 ? large : (double)(i * 2654435761u % 4294967296u % 10);
}

static void write_file(double large, double shift)
{
    size_t data[] = {TRIALS, BINS, CHANNELS}, ext[] = {TRIALS, BINS, INPUTS};
    double *values = calloc(TRIALS * RECORD, sizeof *values);
    struct h5_storage by_row = {.gzip = 1, .threads = 1};
    struct h5_file file;

    assert_non_null(values);
    for (size_t i = 0; i < TRIALS * RECORD; i++)
        values[i] = value_of(i, large) + shift;
    assert_int_equal(h5_begin(&file, path, NULL), LFADS_OK);
    h5_write(&file, "train_data", H5_FLOAT64, 3, data, values, NULL, NULL);
    h5_write(&file, "valid_data", H5_FLOAT64, 3, data, values, &by_row, NULL);
    for (size_t i = 0; i < TRIALS * BINS * INPUTS; i++)
        values[i] = 0.25 - (double)i;
    h5_write(&file, "train_ext_input", H5_FLOAT64, 3, ext, values, NULL, NULL);
    h5_write(&file, "valid_ext_input", H5_FLOAT64, 3, ext, values, &by_row, NULL);
    assert_int_equal(h5_finish(&file, LFADS_OK, NULL), LFADS_OK);
    free(values);
}

static void check_trials(const struct session *s, enum session_set set, double large, double shift)
{
    float values[RECORD], ext[BINS * INPUTS];
    double sum = 0;

    assert_int_equal(s->set[set].count, TRIALS);
    for (size_t trial = 0; trial < TRIALS; trial++) {
        size_t wrong = 0;

        assert_int_equal(session_read_trial(values, s, set, TRIAL_OBSERVED, trial, NULL), LFADS_OK);
        assert_int_equal(session_read_trial(ext, s, set, TRIAL_EXT, trial, NULL), LFADS_OK);
        for (size_t i = 0; i < RECORD; i++) {
            wrong += values[i] != (float)(value_of(trial * RECORD + i, large) + shift);
            sum += value_of(trial * RECORD + i, large) + shift;
        }
        for (size_t i = 0; i < BINS * INPUTS; i++)
            wrong += ext[i] != 0.25f - (float)(trial * BINS * INPUTS + i);
        assert_int_equal(wrong, 0);
    }
    assert_true(fabs(s->set[set].sum - sum) <= 1e-12 * fabs(sum));
}

/* Checks numbers up to LARGE, stored as TYPE, in memory and on disk. */
static void round_trip(double large, double shift, bool counts, enum number_type type)
{
    struct session_wants wants = {
        .range.data = counts ? DATA_COUNTS : DATA_REALS, .ext_inputs = INPUTS, .factors = 2};
    size_t bytes = TRIALS * RECORD * trial_store_bytes(type),
           ext = TRIALS * BINS * INPUTS * sizeof(float);
    struct session *s;

    write_file(large, shift);
    for (int disk = 0; disk < 2; disk++) {
        wants.limits = (struct storage_limits){.memory = disk ? 0 : SIZE_MAX, .directory = "."};
        assert_int_equal(session_open(&s, path, "x", &wants, NULL), LFADS_OK);
        assert_int_equal(s->set[SESSION_TRAIN].array[TRIAL_OBSERVED].type, type);
        assert_int_equal(session_streams(s), disk);
        assert_int_equal(session_memory(s), disk ? 0 : 2 * (bytes + ext));
        check_trials(s, SESSION_TRAIN, large, shift);
        check_trials(s, SESSION_VALID, large, shift);
        session_close(s);
    }
    /* memory for the first set and both external inputs: the second set is stored on disk */
    wants.limits = (struct storage_limits){.memory = bytes + 2 * ext, .directory = "."};
    assert_int_equal(session_open(&s, path, "x", &wants, NULL), LFADS_OK);
    assert_int_equal(session_memory(s), bytes + 2 * ext);
    assert_null(s->set[SESSION_VALID].array[TRIAL_OBSERVED].memory);
    check_trials(s, SESSION_VALID, large, shift);
    session_close(s);
    unlink(path);
}

static void test_round_trips(void **state)
{
    (void)state;
    round_trip(9, 0, true, NUMBER_UINT8);
    round_trip(255, 0, true, NUMBER_UINT8);
    round_trip(256, 0, true, NUMBER_UINT16);
    round_trip(65535, 0, true, NUMBER_UINT16);
    round_trip(65536, 0, true, NUMBER_FLOAT);
    round_trip(1e6, 0, true, NUMBER_FLOAT);
    round_trip(5, 0, false, NUMBER_FLOAT);
    round_trip(-1e30, 0.1, false, NUMBER_FLOAT);
}

static void refused(double large, double shift, bool counts, const char *says)
{
    struct session_wants wants = {
        .range.data = counts ? DATA_COUNTS : DATA_REALS, .ext_inputs = INPUTS, .factors = 2};
    struct session *s;
    struct lfads_error err;

    write_file(large, shift);
    for (int disk = 0; disk < 2; disk++) {
        wants.limits = (struct storage_limits){.memory = disk ? 0 : SIZE_MAX, .directory = "."};
        assert_int_equal(session_open(&s, path, "x", &wants, &err), LFADS_BAD_DATA);
        assert_null(s);
        if (!strstr(err.text, says))
            fail_msg("%s: not in: %s", says, err.text);
    }
    unlink(path);
}

static void test_refused(void **state)
{
    const char *last = "in trial 299, bin 39, channel 43";

    (void)state;
    refused(-1, 0, true, last);
    refused(0.5, 0, true, last);
    refused(1000001, 0, true, last);
    refused(1e300, 0, true, last);
    refused((double)NAN, 0, true, last);
    refused((double)INFINITY, 0, false, last);
    refused((double)NAN, 0, false, "only finite numbers");
    refused(1e39, 0, false, "only finite numbers"); /* beyond float's range */
    refused(9, 0.5, true, "in trial 0, bin 0, channel 0");
}

/* A data set whose shape is wrong in one axis is refused. */
static void test_shapes(void **state)
{
    enum { AXES = 3, MOST = 24 };
    static const char *const names[] = {"train_ext_input", "valid_data", "valid_ext_input",
                                        "train_truth"};
    static const float zeros[MOST];
    struct session_wants wants = {.range.data = DATA_COUNTS, .ext_inputs = 1, .factors = 2};
    struct h5_file file;
    struct session *s;

    (void)state;
    wants.limits.memory = SIZE_MAX;
    for (size_t wrong = 0; wrong < 4 * AXES; wrong++) {
        const char *name = names[wrong / AXES];
        struct lfads_error err = {.text = ""};

        if (strcmp(name, "valid_data") == 0 && wrong % AXES == 0)
            continue; /* any number of trials is valid */
        assert_int_equal(h5_begin(&file, path, NULL), LFADS_OK);
        for (size_t set = 0; set < 5; set++) {
            static const char *const all[] = {"train_data", "valid_data", "train_ext_input",
                                              "valid_ext_input", "train_truth"};
            size_t dims[AXES] = {2, 3, set == 2 || set == 3 ? 1 : 2};

            if (strcmp(all[set], name) == 0)
                dims[wrong % AXES]++;
            h5_write(&file, all[set], H5_FLOAT32, AXES, dims, zeros, NULL, NULL);
        }
        assert_int_equal(h5_finish(&file, LFADS_OK, NULL), LFADS_OK);
        assert_int_equal(session_open(&s, path, "x", &wants, &err), LFADS_BAD_DATA);
        if (!strstr(err.text, name))
            fail_msg("%s: not in: %s", name, err.text);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_shapes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
