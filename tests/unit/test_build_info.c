/* test_build_info.c - tests the library's report on its build and on the machine.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lfads/lfads.h>

#ifdef __clang__
#define COMPILER "clang "
#else
#define COMPILER "gcc " __VERSION__
#endif

enum { SIZE = 16384 };

static void assert_line(const char *line)
{
    char text[SIZE];

    assert_in_range(lfads_build_info(text, sizeof text), 1, sizeof text - 1);
    if (!strstr(text, line))
        fail_msg("no \"%s\" in:\n%s", line, text);
}

static void test_lines(void **state)
{
    (void)state;
    assert_line("compiler: " COMPILER);
#ifdef __x86_64__
    assert_line(__builtin_cpu_supports("avx512bw") ? "kernels for AVX-512"
                : __builtin_cpu_supports("avx2")   ? "kernels for AVX2"
                                                   : "kernels for plain C");
    assert_line(__builtin_cpu_supports("avx512bf16") ? "bf16 (AVX512-BF16)" : "no AVX512-BF16");
#elif defined(__aarch64__)
    assert_line("kernels for NEON");
#endif
    assert_line("SLEEF 3");
    assert_line("HDF5 1.");
    assert_line("cairo 1");
}

static void test_devices(void **state)
{
    (void)state;
    setenv("LFADS_CUDA_MODULE", MANY_DEVICES_MODULE, 1);
    setenv("LFADS_TEST_DEVICES", "uu", 1);
    assert_line("GPU: 2 found\nGPU module: " MANY_DEVICES_MODULE "\n");
    setenv("LFADS_TEST_DEVICES", "", 1);
    assert_line("GPU: none can be used: no device at all\nGPU module: " MANY_DEVICES_MODULE "\n");
    setenv("LFADS_CUDA_MODULE", "/absent.so", 1);
    assert_line("GPU: none can be used: /absent.so: cannot open");
    unsetenv("LFADS_CUDA_MODULE");
}

/* A short buffer gets the start of the text; the full length is returned. */
static void test_sizes(void **state)
{
    char full[SIZE], cut[SIZE];
    size_t length = lfads_build_info(NULL, 0);

    (void)state;
    assert_int_equal(lfads_build_info(full, sizeof full), length);
    assert_int_equal(strlen(full), length);
    for (size_t size = 1; size <= length + 1; size += 7) {
        memset(cut, 'x', sizeof cut);
        assert_int_equal(lfads_build_info(cut, size), length);
        assert_int_equal(strlen(cut), size - 1);
        assert_memory_equal(cut, full, size - 1);
        assert_int_equal(cut[size], 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines), cmocka_unit_test(test_devices),
                                       cmocka_unit_test(test_sizes)};

    return cmocka_run_group_tests_name("build_info", tests, NULL, NULL);
}
