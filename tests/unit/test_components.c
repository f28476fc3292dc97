/* test_components.c - the leading component of numbers on a line is that line, and its weight of
 * largest size is positive, wherever it stands. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "report/components.h"

enum { ROWS = 7, WIDTH = 4, PATTERNS = 1 << WIDTH };

/* Checks numbers on the line of DIRECTION, whose weight number LARGEST is the largest. */
static void check_line(const double direction[WIDTH], size_t largest)
{
    double values[ROWS * WIDTH], length = 0;
    double sign = direction[largest] < 0 ? -1 : 1;
    struct components found;
    struct lfads_error err;

    for (size_t j = 0; j < WIDTH; j++)
        length += direction[j] * direction[j];
    length = sqrt(length);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < WIDTH; j++)
            values[i * WIDTH + j] = 10 + ((double)i - ROWS / 2) * direction[j];
    assert_int_equal(components_find(&found, values, ROWS, WIDTH, &err), LFADS_OK);
    assert_int_equal(found.count, COMPONENTS);
    assert_true(fabs(found.share[0] - 1) < 1e-12);
    for (size_t i = 0; i < ROWS; i++)
        assert_true(fabs(found.scores[i * COMPONENTS] - sign * ((double)i - ROWS / 2) * length) <
                    1e-12 * ROWS * length);
    components_free(&found);
}

static void test_sign(void **state)
{
    (void)state;
    for (size_t largest = 0; largest < WIDTH; largest++)
        for (unsigned pattern = 0; pattern < PATTERNS; pattern++) {
            double direction[WIDTH];

            for (size_t j = 0; j < WIDTH; j++)
                direction[j] =
                    (j == largest ? 3 : 1 + 0.25 * (double)j) * (pattern >> j & 1 ? -1 : 1);
            check_line(direction, largest);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sign)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
