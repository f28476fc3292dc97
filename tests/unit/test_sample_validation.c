/* test_sample_validation.c - draws the masks that lfads-torch draws (golden/modern/schedule.json).
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>

#include "data/sample_validation.h"

static size_t shape_of(const json_t *mask, size_t axis)
{
    return (size_t)json_integer_value(json_array_get(json_object_get(mask, "shape"), axis));
}

static void check_part(const json_t *list, const uint8_t *values)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        assert_int_equal(values[i], json_integer_value(json_array_get(list, i)));
}

static void check_mask(const json_t *mask, double rate, struct numpy_random *random)
{
    static const struct storage_limits limits = {.memory = 1 << 20};
    size_t records = shape_of(mask, 0), numbers = shape_of(mask, 1) * shape_of(mask, 2), sum = 0;
    const json_t *last = json_object_get(mask, "last8");
    struct trial_store store;
    const uint8_t *values;

    assert_int_equal(sample_validation_draw(&store, records, numbers, rate, random, &limits, NULL),
                     LFADS_OK);
    values = store.memory;
    for (size_t i = 0; i < records * numbers; i++)
        sum += values[i];
    assert_int_equal(sum, json_integer_value(json_object_get(mask, "sum")));
    check_part(json_object_get(mask, "first24"), values);
    check_part(last, values + records * numbers - json_array_size(last));
    trial_store_end(&store);
}

static void test_masks(void **state)
{
    json_error_t error;
    json_t *all = json_load_file(LFADS_TEST_DATA "/golden/modern/schedule.json", 0, &error);
    const json_t *runs = json_object_get(all, "sv_masks");

    (void)state;
    assert_int_equal(json_array_size(runs), 2);
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i), *masks = json_object_get(run, "masks");
        struct numpy_random random;

        numpy_random_seed(&random, (uint32_t)json_integer_value(json_object_get(run, "sv_seed")));
        for (size_t k = 0; k < json_array_size(masks); k++)
            check_mask(json_array_get(masks, k), json_number_value(json_object_get(run, "sv_rate")),
                       &random);
    }
    json_decref(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_masks)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
