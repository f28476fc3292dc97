/* test_philox.c - counter-based random numbers: the published vectors of Philox-4x32-10, the
 * packing of addresses, and the moments of normal numbers and of Student's t.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "backend/backend.h"

/* Counter and key of all zeros, from the test file of the paper's authors. */
static void test_known_vector(void **state)
{
    static const uint32_t expected[4] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    struct philox_address address = {.seed = 0};
    uint32_t words[4];

    (void)state;
    philox_block(words, &address, 0);
    assert_memory_equal(words, expected, sizeof expected);
}

/* Counter of all ones, key of all ones. */
static void test_full_vector(void **state)
{
    static const uint32_t expected[4] = {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
    struct philox_address address = {.seed = UINT64_MAX,
                                     .purpose = (enum philox_purpose)15,
                                     .step = UINT32_MAX,
                                     .session = PHILOX_MAX_SESSION - 1,
                                     .trial = PHILOX_MAX_TRIAL - 1,
                                     .sample = PHILOX_MAX_SAMPLE - 1,
                                     .time = PHILOX_MAX_TIME - 1};
    uint32_t words[4];

    (void)state;
    philox_block(words, &address, PHILOX_MAX_INDEX / 4 - 1);
    assert_memory_equal(words, expected, sizeof expected);
}

/* Every part of an address changes the numbers. */
static void test_parts_differ(void **state)
{
    struct philox_address address[8];
    uint32_t words[8][4];

    (void)state;
    for (int i = 0; i < 8; i++)
        address[i] = (struct philox_address){.seed = 3};
    address[1].seed = 4;
    address[2].purpose = PHILOX_JITTER;
    address[3].step = 1;
    address[4].session = 1;
    address[5].trial = 1;
    address[6].sample = 1;
    address[7].time = 1;
    for (int i = 0; i < 8; i++)
        philox_block(words[i], &address[i], 0);
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < i; j++)
            assert_memory_not_equal(words[i], words[j], sizeof words[i]);
}

static void test_normals(void **state)
{
    enum { COUNT = 200000 };
    static float numbers[COUNT];
    struct philox_address address = {.seed = 8};
    double sum = 0, squares = 0, fourths = 0;

    (void)state;
    for (uint32_t i = 0; i < COUNT; i += 1000, address.trial++)
        philox_normals(numbers + i, &address, 1000);
    for (int i = 0; i < COUNT; i++) {
        double x = (double)numbers[i];

        sum += x;
        squares += x * x;
        fourths += x * x * x * x;
    }
    /* five standard errors each */
    assert_true(fabs(sum / COUNT) < 5 / sqrt(COUNT));
    assert_true(fabs(squares / COUNT - 1) < 5 * sqrt(2.0 / COUNT));
    assert_true(fabs(fourths / COUNT - 3) < 5 * sqrt(96.0 / COUNT));
}

/* A row's words do not depend on their number. */
static void test_rows(void **state)
{
    struct philox_address address = {.seed = 8, .time = 5};
    uint32_t few[5], many[50];

    (void)state;
    philox_words(few, &address, 5);
    philox_words(many, &address, 50);
    assert_memory_equal(few, many, sizeof few);
}

/* Student's t of 5 degrees of freedom: its variance is 5/3, and one number in twenty is
 * beyond 2.5706. */
static void test_student(void **state)
{
    enum { N = 200, TRIALS = 200 };
    static real noise[N * TRIALS];
    const struct backend *be = backend_reference();
    const struct philox_address address = {.seed = 3, .purpose = PHILOX_IC_NOISE};
    const uint32_t step_trial[2] = {0, 0};
    double squares = 0, beyond = 0;

    (void)state;
    be->normals(be, noise, &address, step_trial, 1, TRIALS, 1, N);
    be->student_noise(be, noise, &address, step_trial, 5, 1, TRIALS, 1, N);
    for (size_t i = 0; i < N * TRIALS; i++) {
        squares += (double)noise[i] * (double)noise[i];
        beyond += fabs((double)noise[i]) > 2.5706;
    }
    assert_true(fabs(squares / (N * TRIALS) - 5.0 / 3) < 0.1);
    assert_true(fabs(beyond / (N * TRIALS) - 0.05) < 0.005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_vector), cmocka_unit_test(test_full_vector),
        cmocka_unit_test(test_parts_differ), cmocka_unit_test(test_normals),
        cmocka_unit_test(test_rows),         cmocka_unit_test(test_student),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
