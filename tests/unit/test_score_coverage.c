/* test_score_coverage.c - what lies in a band is counted channel by channel, the band's ends
 * included. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "report/score_coverage.h"

enum { ROWS = 4, CHANNELS = 2, STRIDE = 3 };

static void test_coverage(void **state)
{
    static const double truth[ROWS * CHANNELS] = {2, 4, 1.5, (double)NAN, 4, 8, 4.5, 6};
    /* times two: 2 to 4, and 5 to 7 */
    static const double low[ROWS * STRIDE] = {1, 2.5, 9, 1, 2.5, 9, 1, 2.5, 9, 1, 2.5, 9};
    static const double high[ROWS * STRIDE] = {2, 3.5, 0, 2, 3.5, 0, 2, 3.5, 0, 2, 3.5, 0};
    const struct covered covered = {.rows = ROWS,
                                    .channels = CHANNELS,
                                    .stride = STRIDE,
                                    .truth = truth,
                                    .low = low,
                                    .high = high,
                                    .conversion = 2};
    double inside[CHANNELS] = {10, 0}, known[CHANNELS] = {20, 0};

    (void)state;
    score_coverage(inside, known, &covered);
    assert_true(inside[0] == 12 && known[0] == 24);
    assert_true(inside[1] == 1 && known[1] == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_coverage)};

    return cmocka_run_group_tests_name("score_coverage", tests, NULL, NULL);
}
