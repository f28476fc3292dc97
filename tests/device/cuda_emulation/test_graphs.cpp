/* test_graphs.cpp - tests recording and replay of the CUDA backend on the emulated device.
 * SPDX-License-Identifier: Apache-2.0 */
#include "helpers.h"

namespace
{
/* y += scale x in one branch, z = x in another, then y += z. */
void record(uint64_t key, float *y, float *z, const float *scale, const float *x)
{
    if (be->replay(be, &be, key))
        return;
    do {
        be->record(be, &be, key);
        be->fork(be, 1);
        be->add_scaled(be, y, scale, x, 2);
        be->fork(be, 2);
        be->copy_masked(be, z, 2, x, 2, nullptr, 0, 1, 2);
        be->join(be);
        be->add_masked(be, y, 2, z, 2, nullptr, 0, 1, 2);
    } while (!be->recorded(be, &be, key));
}

void test_replay_takes_new_values(void **)
{
    float *y = upload({0, 0}), *z = upload({0, 0}), *x = upload({1, 2}), *scale = upload({10});
    const float other = 100, numbers[] = {3, 4};

    record(5, y, z, scale, x); /* is executed */
    record(5, y, z, scale, x); /* is captured and executed */
    expect(y, {22, 44});
    be->upload(be, scale, &other, sizeof other);
    be->upload(be, x, numbers, sizeof numbers);
    record(5, y, z, scale, x); /* is replayed */
    expect(y, {22 + 303, 44 + 404});
    assert_true(be->replay(be, &be, 5));
    assert_false(be->replay(be, &be, 6));
    assert_false(be->replay(be, nullptr, 5)); /* another owner's */
    expect_finished();
    for (float *memory : {y, z, x, scale})
        be->memory_free(be, memory);
    assert_false(be->replay(be, &be, 5)); /* freed memory removes graphs */
}

void test_launches_of_graphs_are_counted(void **)
{
    float *y = upload({0, 0}), *z = upload({0, 0}), *x = upload({1, 2}), *scale = upload({10});
    uint64_t before = be->launches(be), each;

    record(5, y, z, scale, x);
    each = be->launches(be) - before;
    assert_int_equal(each, 3);
    record(5, y, z, scale, x);
    record(5, y, z, scale, x);
    assert_int_equal(be->launches(be) - before, 3 * each);
    for (float *memory : {y, z, x, scale})
        be->memory_free(be, memory);
}

/* Runs WORK on a new device with BYTES of memory. */
void with_device(size_t bytes, void (*work)())
{
    const backend *usual = be;
    backend *device;
    lfads_error err;

    emulation_limit_memory(emulation_memory_in_use() + bytes);
    assert_int_equal(lfads_cuda_module()->create(&device, 0, "float32", &err), LFADS_OK);
    be = device;
    work();
    lfads_cuda_module()->release(device);
    be = usual;
    emulation_limit_memory((size_t)2 << 30);
}

void record_many()
{
    const uint64_t keys = 2000;
    float *y = upload({0, 0}), *z = upload({0, 0}), *x = upload({1, 2}), *scale = upload({1});

    for (int round = 0; round < 3; round++)
        for (uint64_t key = 0; key < keys; key++)
            record(key, y, z, scale, x);
    expect(y, {2 * 3 * keys, 4 * 3 * keys});
    expect_finished();
    assert_in_range(emulation_graphs(), 10, keys - 1);
    be->memory_free(be, y);
    assert_int_equal(emulation_graphs(), 0);
    for (float *memory : {z, x, scale})
        be->memory_free(be, memory);
}

void test_graphs_are_kept_while_memory_lasts(void **)
{
    with_device((size_t)128 << 20, record_many);
}

void fail_to_record()
{
    float *y = upload({0, 0}), *z = upload({0, 0}), *x = upload({1, 2}), *scale = upload({10});
    uint64_t before = be->launches(be);

    record(5, y, z, scale, x);
    emulation_fail_launch(2);
    record(5, y, z, scale, x); /* is executed without capture */
    record(5, y, z, scale, x);
    expect(y, {33, 66});
    expect_finished();
    assert_false(be->replay(be, &be, 5));
    assert_int_equal(be->launches(be) - before, 9);
    emulation_fail_launch(2); /* a device's error is reported */
    record(5, y, z, scale, x);
    expect_error("cudaErrorIllegalAddress");
    for (float *memory : {y, z, x, scale})
        be->memory_free(be, memory);
}

void test_a_capture_that_fails(void **) { with_device((size_t)128 << 20, fail_to_record); }

void test_copies_are_not_recorded(void **)
{
    float *x = upload({1, 2});
    const float number = 3;

    for (int time = 0; time < 2; time++) {
        be->record(be, &be, 7);
        be->upload(be, x, &number, sizeof number);
        assert_true(be->recorded(be, &be, 7));
    }
    expect_error("upload within a recording");
    be->memory_free(be, x);
}
} // namespace

int main()
{
    const CMUnitTest tests[] = {
        cmocka_unit_test(test_replay_takes_new_values),
        cmocka_unit_test(test_launches_of_graphs_are_counted),
        cmocka_unit_test(test_graphs_are_kept_while_memory_lasts),
        cmocka_unit_test(test_a_capture_that_fails),
        cmocka_unit_test(test_copies_are_not_recorded),
    };

    be = emulation_backend();
    return cmocka_run_group_tests_name("graphs", tests, nullptr, nullptr);
}
