/* fingerprint.h - tells trials with the same numbers by 64 bits of each.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_FINGERPRINT_H
#define LFADS_DATA_FINGERPRINT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns a number that is the same for the same NUMBERS [COUNT], and else another; 0 where so few
 * differ from 0 that trials may be the same by chance. */
uint64_t fingerprint(const float *numbers, size_t count);
/* Sets *COMMON to how many of OF [COUNT] are in AMONG [OTHERS], 0 left out; false without memory.
 */
bool fingerprints_common(size_t *common, const uint64_t *of, size_t count, const uint64_t *among,
                         size_t others);
#endif
