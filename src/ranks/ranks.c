/* ranks.c - what is made of the operations: agreement on how all fared, and comparisons.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ranks/ranks.h"

/* A failure as a number, which is the greater, the lower the number of the process. */
static uint64_t rank_failure(const struct lfads_ranks *ranks, enum lfads_status status)
{
    return status == LFADS_OK ? 0 : ranks->count - ranks->number;
}

enum lfads_status ranks_agree(struct lfads_ranks *ranks, enum lfads_status status, bool *stop,
                              struct lfads_error *err)
{
    uint64_t values[2] = {rank_failure(ranks, status), stop && *stop};
    struct lfads_error first = {.status = status};
    enum lfads_status joined;

    if (ranks->count == 1)
        return status;
    joined = ranks->maxima(ranks, values, 2, err);
    if (joined != LFADS_OK)
        return joined;
    if (stop)
        *stop = values[1] != 0;
    if (values[0] == 0)
        return LFADS_OK;
    if (status != LFADS_OK && err)
        first = *err;
    first.status = status;
    joined = ranks->broadcast(ranks, &first, sizeof first, ranks->count - (size_t)values[0], err);
    return joined == LFADS_OK ? lfads_fail(err, first.status, "%s", first.text) : joined;
}

/* The greatest of all values and the greatest of their complements are each other's complements
 * only if all values are equal. */
enum lfads_status ranks_compare(struct lfads_ranks *ranks, bool *same, const uint64_t *values,
                                size_t count, struct lfads_error *err)
{
    uint64_t both[2 * RANKS_COMPARED];
    enum lfads_status status;

    assert(count <= RANKS_COMPARED);
    for (size_t i = 0; i < count; i++) {
        both[2 * i] = values[i];
        both[2 * i + 1] = ~values[i];
    }
    status = ranks->maxima(ranks, both, 2 * count, err);
    for (size_t i = 0; i < count; i++)
        same[i] = both[2 * i] == ~both[2 * i + 1];
    return status;
}
