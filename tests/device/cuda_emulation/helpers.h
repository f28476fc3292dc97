/* helpers.h - arrays on the emulated device, and assertions on them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_EMULATION_HELPERS_H
#define LFADS_TESTS_EMULATION_HELPERS_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <vector>

extern "C" {
#include <cmocka.h>
}
#include "emulation.h"

static const backend *be;

static inline float *upload(const std::vector<float> &numbers)
{
    auto *memory = (float *)be->memory_create(be, numbers.size() * sizeof(float));

    be->upload(be, memory, numbers.data(), numbers.size() * sizeof(float));
    return memory;
}

static inline std::vector<float> download(const float *memory, size_t count)
{
    std::vector<float> numbers(count);

    be->download(be, numbers.data(), memory, count * sizeof(float));
    return numbers;
}

static inline void expect(const float *memory, const std::vector<float> &numbers)
{
    std::vector<float> actual = download(memory, numbers.size());

    for (size_t i = 0; i < numbers.size(); i++)
        assert_float_equal(actual[i], numbers[i], 1e-6f);
}

static inline void expect_finished()
{
    lfads_error err;

    assert_int_equal(be->finish(be, &err), LFADS_OK);
}

static inline void expect_error(const char *words)
{
    lfads_error err;

    assert_int_not_equal(be->finish(be, &err), LFADS_OK);
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
    expect_finished(); /* the error is reported once */
}
#endif
