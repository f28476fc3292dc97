/* fingerprint.c - a trial's fingerprint: two checksums of its numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/fingerprint.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

/* With fewer spikes, two trials of a few channels may well have the same counts. */
enum { TELLING = 16 };

uint64_t fingerprint(const float *numbers, size_t count)
{
    size_t telling = 0;
    uint64_t print;

    for (size_t i = 0; i < count && telling < TELLING; i++)
        telling += numbers[i] != 0;
    if (telling < TELLING)
        return 0;
    print = (uint64_t)libdeflate_crc32(0, numbers, count * sizeof *numbers) << 32 |
            libdeflate_adler32(1, numbers, count * sizeof *numbers);
    return print ? print : 1;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

bool fingerprints_common(size_t *common, const uint64_t *of, size_t count, const uint64_t *among,
                         size_t others)
{
    uint64_t *sorted = calloc(others + 1, sizeof *sorted);

    *common = 0;
    if (!sorted)
        return false;
    memcpy(sorted, among, others * sizeof *sorted);
    qsort(sorted, others, sizeof *sorted, compare);
    for (size_t i = 0; i < count; i++)
        *common += of[i] && bsearch(&of[i], sorted, others, sizeof *sorted, compare);
    free(sorted);
    return true;
}
