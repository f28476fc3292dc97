/* test_learner.c - the name of the parameter whose gradient is not finite.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "learn/learner.h"

static void names_the_parameter(void **state)
{
    struct param params[] = {
        {.name = "LFADS/a", .rows = 1, .cols = 2, .offset = 0, .trained = true},
        {.name = "LFADS/b", .rows = 2, .cols = 1, .offset = 2, .trained = false},
        {.name = "LFADS/c", .rows = 2, .cols = 2, .offset = 4, .trained = true},
    };
    struct model model = {.params = params, .n_params = 3, .size = 8};
    real gradient[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct learner learner = {.be = backend_cpu(), .model = &model, .gradient = gradient};

    (void)state;
    assert_null(learner_first_nonfinite(&learner));
    gradient[3] = NAN; /* not trained: its gradient is not used */
    assert_null(learner_first_nonfinite(&learner));
    gradient[7] = -INFINITY;
    assert_string_equal(learner_first_nonfinite(&learner), "LFADS/c");
    gradient[1] = NAN;
    assert_string_equal(learner_first_nonfinite(&learner), "LFADS/a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_the_parameter)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
