/* test_h5_output.c - an HDF5 file that libhdf5 keeps open, as it does without memory to close it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "h5/h5.h"

enum { ROWS = 1000 };

static size_t open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* A data set that stays open keeps the file open. Its writer has ended: the file is a failure, and
 * what libhdf5 writes when it closes the data set goes nowhere, least of all to a descriptor that
 * is another's by then. */
static void test_kept_open(void **state)
{
    static const double values[ROWS];
    const size_t dims[1] = {ROWS};
    char folder[] = "/tmp/lfads_output_XXXXXX", path[60], other[60];
    size_t before = open_files();
    struct h5_file file;
    struct h5_rows rows;
    FILE *next;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    assert_int_equal(h5_begin(&file, path, NULL), LFADS_OK);
    assert_int_equal(h5_rows_create(&rows, &file, "x", H5_FLOAT64, 1, dims, NULL, NULL), LFADS_OK);
    assert_int_equal(h5_rows_write(&rows, 0, ROWS, values, NULL), LFADS_OK);
    assert_int_equal(h5_finish(&file, LFADS_OK, NULL), LFADS_IO);
    assert_int_equal(open_files(), before);

    next = fopen(other, "w+");
    assert_non_null(next);
    assert_true(H5Dclose(rows.set) >= 0);
    assert_int_equal(open_files(), before + 1);
    fseek(next, 0, SEEK_END);
    assert_int_equal(ftell(next), 0);
    fclose(next);
    assert_int_equal(unlink(other), 0);
    assert_int_equal(rmdir(folder), 0); /* and nothing half-written is left */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kept_open)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
