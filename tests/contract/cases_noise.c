/* cases_noise.c - cases of noise and dropout masks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "operation_case.h"

static const struct philox_address address = {.seed = 0x123456789abcdef,
                                              .purpose = PHILOX_CO_NOISE,
                                              .step = 0,
                                              .session = 2,
                                              .trial = 5,
                                              .sample = 0,
                                              .time = 0};

/* Step 9, first trial 3. */
static const uint32_t *step_trial(struct arrays *a)
{
    uint32_t *words = case_words(a, 2);

    words[0] = 9;
    words[1] = 3;
    return words;
}

CASE(normals)
{
    be->normals(be, case_output(a, BINS * rows * SAMPLES * n, 1), &address, step_trial(a), BINS,
                rows * SAMPLES, SAMPLES, n);
}

/* One block of normal numbers an element, and two. */
CASE(student_noise)
{
    size_t count = BINS * rows * SAMPLES * n;

    for (size_t df = 3; df <= 6; df += 3)
        be->student_noise(be, case_output(a, count, 1), &address, step_trial(a), df, BINS,
                          rows * SAMPLES, SAMPLES, n);
}

CASE(dropout_mask)
{
    be->dropout_mask(be, case_output(a, BINS * rows * n, 1), &address, step_trial(a), (real)0.7,
                     BINS, rows, n);
}

/* Masks that cover all, and masks that leave out a bin and a channel. */
CASE(gradient_weights)
{
    real *mask = case_input(a, BINS * rows * n, 1), *pass = case_input(a, BINS * rows * n, 1);

    for (size_t i = 0; i < BINS * rows * n; i++) {
        mask[i] = i % 3 ? 2 : 0;
        pass[i] = i % 5 ? 0 : 4;
    }
    be->gradient_weights(be, case_output(a, BINS * rows * n, 1), NULL, mask, NULL, BINS, rows, n,
                         BINS, n);
    be->gradient_weights(be, case_output(a, BINS * rows * (n + 1), 1),
                         case_input(a, BINS * rows * (n + 1), 1), mask, pass, BINS, rows, n + 1,
                         BINS - 1, n);
}

CASE(take_missing)
{
    real *x = case_output(a, rows * n, 1);

    for (size_t i = 0; i < rows * n; i += 3)
        x[i] = (real)NAN;
    be->take_missing(be, case_output(a, rows * n, 1), x, case_input(a, 1, 1), rows * n);
}
