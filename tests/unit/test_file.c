/* test_file.c - a file's bytes are on the disk before it is renamed, and its name is on the disk
 * before the function returns. This file replaces the C library's fsync and rename and records
 * their calls. SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

enum { FLUSHED, RENAMED, MOST = 8 };

/* A recorded call: the file that was flushed and its size, or the file that was renamed. */
static struct call {
    int what;
    ino_t inode;
    off_t length;
} calls[MOST];
static int n_calls, failing = -1; /* index of the call that fails; -1: none */

static bool note(int what, const struct stat *info)
{
    int place = n_calls++;

    if (place < MOST)
        calls[place] = (struct call){what, info->st_ino, info->st_size};
    errno = EIO;
    return place != failing;
}

__attribute__((visibility("default"))) int fsync(int file)
{
    struct stat info;

    if (fstat(file, &info) != 0 || !note(FLUSHED, &info))
        return -1;
    return (int)syscall(SYS_fsync, file);
}

__attribute__((visibility("default"))) int rename(const char *from, const char *to)
{
    struct stat info;

    if (stat(from, &info) != 0 || !note(RENAMED, &info))
        return -1;
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

static void begin(int call)
{
    n_calls = 0;
    failing = call;
}

static void check_call(int place, int what, const char *path, off_t length)
{
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(calls[place].what, what);
    assert_int_equal(calls[place].inode, info.st_ino);
    if (length)
        assert_int_equal(calls[place].length, length);
}

static void check_text(const char *path, const char *text)
{
    char *found;

    assert_int_equal(file_read_text(&found, path, NULL), LFADS_OK);
    assert_string_equal(found, text);
    free(found);
}

static void flushed_then_named(void **state)
{
    char folder[] = "/tmp/lfads_file_XXXXXX", path[40];

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/text", folder);
    begin(-1);
    assert_int_equal(file_write_text(path, "before", NULL), LFADS_OK);
    assert_int_equal(n_calls, 3);
    check_call(0, FLUSHED, path, 6);
    check_call(1, RENAMED, path, 6);
    check_call(2, FLUSHED, folder, 0);
    for (int call = 0; call < 3; call++) {
        begin(call);
        assert_int_equal(file_write_text(path, "after", NULL), LFADS_IO);
        assert_int_equal(n_calls, call + 1);
        /* after the rename the file is the new one */
        check_text(path, call < 2 ? "before" : "after");
        assert_int_equal(file_count(folder, ".text"), 0);
    }
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(flushed_then_named)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
