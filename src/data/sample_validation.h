/* sample_validation.h - chooses the entries that sample validation takes out of the data (modern.md
 * 5).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_SAMPLE_VALIDATION_H
#define LFADS_DATA_SAMPLE_VALIDATION_H
#include "base/numpy_random.h"
#include "data/trial_store.h"

/* Fills STORE with RECORDS records of NUMBERS numbers: 1 for what is kept, with probability 1-RATE,
 * else 0. Each takes one word of RANDOM. LIMITS are those of the store. */
enum lfads_status sample_validation_draw(struct trial_store *store, size_t records, size_t numbers,
                                         double rate, struct numpy_random *random,
                                         const struct storage_limits *limits,
                                         struct lfads_error *err);
#endif
