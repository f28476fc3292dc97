/* test_h5_groups.c - data sets in groups, truth values and lists of integers, as h5py writes them,
 * and what is said of those that are missing. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "h5/h5.h"

static const char path[] = LFADS_TEST_DATA "/golden/nlb/nlb_metrics.h5";

static void test_mask(void **state)
{
    static const char name[] = "target/area2_bump/eval_decode_mask";
    int64_t values[24];
    double reals[2];
    struct h5_shape shape;
    struct h5_file file;

    (void)state;
    assert_int_equal(h5_open(&file, path, NULL), LFADS_OK);
    assert_int_equal(h5_shape(&shape, &file, name, NULL), LFADS_OK);
    assert_true(shape.holds == H5_TRUTHS && shape.numeric);
    assert_int_equal(shape.dims[0], 12);
    assert_int_equal(shape.dims[1], 2);
    assert_int_equal(h5_read(values, H5_INT64, &file, name, 24, NULL), LFADS_OK);
    for (size_t i = 0; i < 24; i++)
        assert_true(values[i] == 0 || values[i] == 1);
    for (size_t i = 0; i < 24; i += 2) /* a trial is active or a bump */
        assert_int_equal(values[i] + values[i + 1], 1);
    assert_int_equal(h5_read_rows(reals, H5_FLOAT64, &file, name, 3, 1, 2, NULL), LFADS_OK);
    assert_true((int64_t)reals[0] == values[6] && (int64_t)reals[1] == values[7]);
    h5_close(&file, NULL);
}

static void test_lists(void **state)
{
    static const char name[] = "target/mc_maze_20/eval_cond_idx";
    static const int64_t wanted[3][4] = {{0, 3, 6, 9}, {1, 4, 7}, {2, 5, 8}};
    struct h5_shape shape;
    struct h5_file file;
    int64_t *list;
    size_t count;
    struct lfads_error err;

    (void)state;
    assert_int_equal(h5_open(&file, path, NULL), LFADS_OK);
    assert_int_equal(h5_shape(&shape, &file, name, NULL), LFADS_OK);
    assert_true(shape.holds == H5_LISTS && !shape.numeric);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(h5_read_list(&list, &count, &file, name, i, NULL), LFADS_OK);
        assert_int_equal(count, i == 0 ? 4 : 3);
        assert_memory_equal(list, wanted[i], count * sizeof *list);
        free(list);
    }
    assert_int_equal(h5_read_list(&list, &count, &file, name, 3, &err), LFADS_BAD_DATA);
    assert_null(list);
    assert_int_equal(h5_read_list(&list, &count, &file, "target/mc_maze_20/psth", 0, &err),
                     LFADS_BAD_DATA);
    assert_non_null(strstr(err.text, "target/mc_maze_20/psth has no list 0 of integers"));
    h5_close(&file, NULL);
}

/* The error names the part of the name that is missing. */
static void test_missing(void **state)
{
    static const struct {
        const char *name, *says;
    } cases[] = {{"target/other/psth", "there is no group target/other"},
                 {"other/mc_maze_20/psth", "there is no group other"},
                 {"target/mc_rtt/psth", "there is no data set target/mc_rtt/psth"}};
    struct h5_shape shape;
    struct h5_file file;
    struct lfads_error err;

    (void)state;
    assert_int_equal(h5_open(&file, path, NULL), LFADS_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(h5_has(&file, cases[i].name));
        assert_int_equal(h5_shape(&shape, &file, cases[i].name, &err), LFADS_BAD_DATA);
        assert_non_null(strstr(err.text, cases[i].says));
    }
    assert_true(h5_has(&file, "target/mc_maze_20/psth"));
    h5_close(&file, NULL);
}

static void test_written(void **state)
{
    static const double values[] = {1, 2, 3};
    const size_t dims[] = {3};
    double back[3];
    char temp[] = "/tmp/lfads_groups_XXXXXX";
    struct h5_file file;

    (void)state;
    close(mkstemp(temp));
    assert_int_equal(h5_begin(&file, temp, NULL), LFADS_OK);
    assert_int_equal(h5_write(&file, "a/b/x", H5_FLOAT32, 1, dims, (float[]){1, 2, 3}, NULL, NULL),
                     LFADS_OK);
    assert_int_equal(h5_write(&file, "a/b/y", H5_FLOAT64, 1, dims, values, NULL, NULL), LFADS_OK);
    assert_int_equal(h5_finish(&file, LFADS_OK, NULL), LFADS_OK);
    assert_int_equal(h5_open(&file, temp, NULL), LFADS_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(h5_read(back, H5_FLOAT64, &file, i ? "a/b/y" : "a/b/x", 3, NULL),
                         LFADS_OK);
        assert_memory_equal(back, values, sizeof values);
    }
    h5_close(&file, NULL);
    unlink(temp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mask), cmocka_unit_test(test_lists),
                                       cmocka_unit_test(test_missing),
                                       cmocka_unit_test(test_written)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
