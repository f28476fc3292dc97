/* golden_shard.c - copies arrays between golden files and shards.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden_shard.h"

#include <stdlib.h>

void golden_upload(const struct shard *s, real *dst, const struct array *array, size_t first,
                   size_t bins, size_t n, double neutral)
{
    size_t count = s->trials * bins * n, given = array->rank > 2 ? array->shape[1] : bins;
    real *time_major = dst ? calloc(count + 1, sizeof *time_major) : NULL;

    if (!time_major)
        return;
    for (size_t t = 0; t < bins; t++)
        for (size_t b = 0; b < s->trials; b++)
            for (size_t j = 0; j < n && t < given; j++)
                time_major[(t * s->trials + b) * n + j] =
                    (real)(array->values ? array->values[((first + b) * given + t) * n + j]
                                         : neutral);
    s->be->upload(s->be, dst, time_major, count * sizeof *time_major);
    free(time_major);
}

void *golden_fetch(const struct shard *s, const void *ours, size_t count, size_t size)
{
    void *host = ours && count ? calloc(count, size) : NULL;

    if (host)
        s->be->download(s->be, host, ours, count * size);
    return host;
}

double *golden_trial_major(const struct shard *s, const real *ours, size_t ld, size_t bins,
                           size_t n)
{
    size_t trials = s->trials;
    double *trial_major = calloc(trials * bins * n + 1, sizeof *trial_major);
    /* the last row may end after its n elements */
    real *host = golden_fetch(s, ours, n ? (bins * trials - 1) * ld + n : 0, sizeof *host);

    for (size_t b = 0; b < trials && host; b++)
        for (size_t t = 0; t < bins; t++)
            for (size_t j = 0; j < n; j++)
                trial_major[(b * bins + t) * n + j] = (double)host[(t * trials + b) * ld + j];
    free(host);
    return trial_major;
}
