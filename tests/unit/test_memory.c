/* test_memory.c - the memory that control groups leave available, in versions 1 and 2.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"

static void write_file(const char *directory, const char *name, const char *text)
{
    char path[FILE_PATH];

    assert_int_equal(file_make_directory(directory, NULL), LFADS_OK);
    assert_int_equal(file_join(path, directory, name, NULL), LFADS_OK);
    assert_int_equal(file_write_text(path, text, NULL), LFADS_OK);
}

static void test_version_2(void **state)
{
    (void)state;
    remove("groups2/memory.max"); /* from an earlier run */
    write_file("groups2", "memory.stat", "anon 5\n");
    write_file("groups2/outer", "memory.max", "1000\n");
    write_file("groups2/outer", "memory.current", "900\n");
    write_file("groups2/outer", "memory.stat", "anon 5\ninactive_file 200\nactive_file 50\n");
    write_file("groups2/outer/inner", "memory.max", "max\n");
    write_file("groups2/outer/inner", "memory.current", "100\n");
    write_file("groups2", "self", "0::/outer/inner\n");
    /* the inner group has no limit; 250 of the outer group's 900 are reclaimable cache */
    assert_int_equal(memory_left_by_groups("groups2/self", "groups2"), 350);
    write_file("groups2/outer/inner", "memory.max", "300\n");
    assert_int_equal(memory_left_by_groups("groups2/self", "groups2"), 200);
    write_file("groups2/outer", "memory.current", "5000\n");
    assert_int_equal(memory_left_by_groups("groups2/self", "groups2"), 0);
    /* in a container the root is the group itself, and its name does not exist below it */
    write_file("groups2", "memory.max", "70\n");
    write_file("groups2", "self", "0::/elsewhere\n");
    assert_int_equal(memory_left_by_groups("groups2/self", "groups2"), 70);
    assert_int_equal(memory_left_by_groups("groups2/absent", "groups2"), 70);
}

static void test_version_1(void **state)
{
    (void)state;
    write_file("groups1/memory", "memory.limit_in_bytes", "9223372036854771712\n");
    write_file("groups1/memory/own", "memory.limit_in_bytes", "2000\n");
    write_file("groups1/memory/own", "memory.usage_in_bytes", "1500\n");
    write_file("groups1/memory/own", "memory.stat",
               "inactive_file 1\ntotal_inactive_file 300\ntotal_active_file 30\n");
    write_file("groups1", "self", "5:cpu,cpuacct:/\n4:memory:/own\n0::/\n");
    assert_int_equal(memory_left_by_groups("groups1/self", "groups1"), 830);
    write_file("groups1", "self", "4:memory:/\n");
    assert_true(memory_left_by_groups("groups1/self", "groups1") > (size_t)1 << 60);
    assert_int_equal(memory_left_by_groups("absent", "absent"), SIZE_MAX);
}

static void test_process(void **state)
{
    struct rlimit limit;
    size_t before = memory_available(), resident = memory_resident();
    char *block;

    (void)state;
    assert_true(before > 0 && memory_mapped() > resident && resident > 1 << 20);
    block = malloc(64 << 20);
    assert_non_null(block);
    memset(block, 1, 64 << 20);
    assert_true(block[12345] == 1 && memory_resident() > resident + (60 << 20));
    free(block);
    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = memory_mapped() + (100 << 20);
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    assert_true(memory_available() <= (size_t)100 << 20);
    assert_int_equal(memory_check((size_t)101 << 20, "it", "that", NULL), LFADS_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version_2),
        cmocka_unit_test(test_version_1),
        cmocka_unit_test(test_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
