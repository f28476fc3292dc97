/* golden_shard.h - copies arrays between golden files, which have a trial's bins together, and
 * shards, which have a bin's trials together.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_GOLDEN_SHARD_H
#define LFADS_TESTS_GOLDEN_SHARD_H
#include "golden_file.h"
#include "model/workspace.h"

/* Uploads the shard's trials, from FIRST on, of ARRAY [B,bins,n] to DST [bins,trials,n]; all are
 * NEUTRAL if ARRAY has no values. Bins after ARRAY's last are 0. Does nothing if DST is NULL. */
void golden_upload(const struct shard *s, real *dst, const struct array *array, size_t first,
                   size_t bins, size_t n, double neutral);
/* Returns a copy, in the host's memory, of COUNT elements of SIZE bytes; the caller frees it. NULL
 * if there are none. */
void *golden_fetch(const struct shard *s, const void *ours, size_t count, size_t size);
/* Returns OURS [bins,trials,n], with row stride LD, as [trials,bins,n]; zeros if OURS is NULL. The
 * caller frees it. */
double *golden_trial_major(const struct shard *s, const real *ours, size_t ld, size_t bins,
                           size_t n);
#endif
