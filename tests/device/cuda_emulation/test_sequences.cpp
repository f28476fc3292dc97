/* test_sequences.cpp - a GRU's time loop in one kernel has the same bits for any number of rows per
 * block and of weights in shared memory, and for weights that are read four or one at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <vector>

extern "C" {
#include <cmocka.h>

#include "base/philox.h"
}
#include "backend/cuda/sequence.h"
#include "emulation.h"

namespace
{
const backend *be;
enum { BINS = 3, ROWS = 11, ARRAYS = 12, CHOICES = 4 };

/* The arrays of a sequence, on the device. SHIFT: offset of the weights, in elements, from an
 * address at which four can be read at once. */
struct tape {
    float *memory[ARRAYS];
    size_t count[ARRAYS], n_arrays = 0;
    gru_sequence s = {};

    float *array(size_t n, size_t shift = 0)
    {
        std::vector<float> numbers(n + shift);
        philox_address address = {};

        address.trial = (uint32_t)n_arrays;
        for (size_t i = 0; i < numbers.size(); i += 1024) {
            address.time = (uint32_t)(i / 1024);
            philox_normals(&numbers[i], &address,
                           (uint32_t)(numbers.size() - i < 1024 ? numbers.size() - i : 1024));
        }
        for (float &x : numbers)
            x *= 0.3f;
        memory[n_arrays] = (float *)be->memory_create(be, numbers.size() * sizeof(float));
        count[n_arrays] = numbers.size();
        be->upload(be, memory[n_arrays], numbers.data(), numbers.size() * sizeof(float));
        return memory[n_arrays++] + shift;
    }
    tape(size_t units, size_t shift, bool reverse)
    {
        s.ru = array(BINS * ROWS * 2 * units);
        s.rh = array(BINS * ROWS * units);
        s.c = array(BINS * ROWS * units);
        s.h = array((BINS + 1) * ROWS * units);
        s.dh = array(ROWS * units);
        s.drh = array(ROWS * units);
        s.h_ru = array(2 * units * units, shift);
        s.rh_c = array(units * units, shift);
        s.b_ru = array(2 * units);
        s.b_c = array(units);
        s.dstates.x = array(BINS * ROWS * units);
        s.dstates.mask = array(BINS * ROWS * units);
        s.dstates.ldx = s.dstates.ldm = units;
        s.dstates.count = BINS;
        s.clip = 0.5f;
        s.bins = BINS;
        s.rows = ROWS;
        s.units = units;
        s.reverse = reverse;
        s.has_inputs = !reverse;
    }
    ~tape()
    {
        for (size_t i = 0; i < n_arrays; i++)
            be->memory_free(be, memory[i]);
    }
    std::vector<float> all() const
    {
        std::vector<float> numbers;

        for (size_t i = 0; i < n_arrays; i++) {
            std::vector<float> one(count[i]);

            be->download(be, one.data(), memory[i], count[i] * sizeof(float));
            numbers.insert(numbers.end(), one.begin(), one.end());
        }
        return numbers;
    }
};

/* Returns all arrays after a run; empty if the block's shared memory does not suffice. */
std::vector<float> after(size_t units, size_t shift, bool reverse, bool backward, unsigned choice,
                         size_t shared)
{
    auto *c = (cuda_context *)be->context;
    tape t(units, shift, reverse);

    if (!cuda_sequence_with(c, &t.s, backward, choice, shared))
        return {};
    return t.all();
}

void check(size_t units, size_t shift, bool reverse, bool backward)
{
    auto *c = (cuda_context *)be->context;
    std::vector<float> first;
    size_t runs = 0;

    for (unsigned choice = 0; choice < CHOICES; choice++)
        for (size_t shared = 1024; shared <= c->max_shared; shared += shared / 3 / 16 * 16) {
            std::vector<float> now = after(units, shift, reverse, backward, choice, shared);

            if (now.empty())
                continue;
            if (first.empty())
                first = now;
            if (memcmp(first.data(), now.data(), first.size() * sizeof(float)) != 0)
                fail_msg("%zu units, offset %zu, backward %d: choice %u with %zu bytes has other "
                         "bits",
                         units, shift, backward, choice, shared);
            runs++;
        }
    assert_true(runs > 2 * CHOICES);
}

/* These sizes divide rows and slices differently, some with remainders. */
void test_plans(void **)
{
    static const size_t units[] = {5, 12, 50, 64, 132};

    for (size_t n : units)
        for (int variant = 0; variant < 4; variant++)
            check(n, variant < 2 ? 0 : 1, variant == 1, variant % 2);
}
} // namespace

int main()
{
    const CMUnitTest tests[] = {cmocka_unit_test(test_plans)};

    be = emulation_backend();
    return cmocka_run_group_tests_name("sequences", tests, nullptr, nullptr);
}
