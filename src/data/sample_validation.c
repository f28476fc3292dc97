/* sample_validation.c - the same choice as lfads-torch makes for a seed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/sample_validation.h"

#include <stdlib.h>

enum lfads_status sample_validation_draw(struct trial_store *store, size_t records, size_t numbers,
                                         double rate, struct numpy_random *random,
                                         const struct storage_limits *limits,
                                         struct lfads_error *err)
{
    const double bound = (double)(float)(1 - rate), range = 1 << 24;
    float *record = malloc(numbers * sizeof *record + 1);
    enum lfads_status status =
        record ? trial_store_begin(store, records, numbers, NUMBER_UINT8, limits, err)
               : lfads_fail(err, LFADS_NO_MEMORY, "no memory for sample validation");

    for (size_t i = 0; i < records && status == LFADS_OK; i++) {
        for (size_t j = 0; j < numbers; j++)
            record[j] = (double)(numpy_random_word(random) % (1u << 24)) / range < bound;
        status = trial_store_add(store, record, 1, NUMBER_UINT8, err);
    }
    free(record);
    trial_store_seal(store);
    return status;
}
