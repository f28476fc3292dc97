/* test_numpy_random.c - draws of NumPy's legacy generator. NumPy printed the expected numbers, in
 * this order from one RandomState(5): random_sample(3), randn(4), randint(50, size=6), randint(1,
 * size=2), poisson(0.7, size=8), poisson(12, size=6), poisson(40, size=6), poisson(0),
 * random_sample().
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/numpy_random.h"

static void test_sequence(void **state)
{
    static const double uniforms[] = {0.22199317108973948, 0.8707323061773764, 0.20671915533942642};
    static const double normals[] = {-0.023303746449855414, 0.8417776670118138, 1.3675855241672734,
                                     0.5747076876290169};
    static const uint32_t integers[] = {30, 16, 7, 12, 15, 49};
    static const int64_t small[] = {0, 1, 0, 1, 0, 0, 1, 1};
    static const int64_t large[] = {10, 10, 21, 14, 9, 16, 45, 31, 47, 42, 51, 47};
    struct numpy_random random;

    (void)state;
    numpy_random_seed(&random, 5);
    for (int i = 0; i < 3; i++)
        assert_true(numpy_random_uniform(&random) == uniforms[i]);
    for (int i = 0; i < 4; i++)
        assert_true(numpy_random_normal(&random) == normals[i]);
    for (int i = 0; i < 6; i++)
        assert_int_equal(numpy_random_below(&random, 50), integers[i]);
    assert_int_equal(numpy_random_below(&random, 1), 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(numpy_random_poisson(&random, 0.7), small[i]);
    for (int i = 0; i < 12; i++)
        assert_int_equal(numpy_random_poisson(&random, i < 6 ? 12 : 40), large[i]);
    assert_int_equal(numpy_random_poisson(&random, 0), 0);
    assert_true(numpy_random_uniform(&random) == 0.3610484184638091);
}

/* The second normal number of a pair is kept until the next call, whatever is drawn between. */
static void test_kept_normal(void **state)
{
    struct numpy_random a, b;
    double first, second;

    (void)state;
    numpy_random_seed(&a, 9);
    numpy_random_seed(&b, 9);
    first = numpy_random_normal(&a);
    second = numpy_random_normal(&a);
    assert_true(numpy_random_normal(&b) == first);
    numpy_random_uniform(&b);
    assert_true(numpy_random_normal(&b) == second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sequence),
                                       cmocka_unit_test(test_kept_normal)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
