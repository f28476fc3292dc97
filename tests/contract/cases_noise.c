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

CASE(dropout_mask)
{
    be->dropout_mask(be, case_output(a, BINS * rows * n, 1), &address, step_trial(a), (real)0.7,
                     BINS, rows, n);
}
