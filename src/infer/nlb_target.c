/* nlb_target.c - reads arrays of a group of a target file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/nlb_target.h"

#include <stdio.h>

const char *nlb_key(char name[NLB_KEY], const struct nlb_scored *s, const char *key)
{
    snprintf(name, NLB_KEY, "%s/%s", s->set, key);
    return name;
}

enum lfads_status nlb_find(struct array *out, const struct nlb_scored *s, const char *key,
                           size_t rank)
{
    char name[NLB_KEY];

    return array_find(out, s->target, nlb_key(name, s, key), rank, s->err);
}

enum lfads_status nlb_read(struct array *out, const struct nlb_scored *s, const char *key,
                           size_t rank)
{
    char name[NLB_KEY];

    return array_read(out, s->target, nlb_key(name, s, key), rank, s->err);
}

enum lfads_status nlb_expect(const struct array *array, const struct nlb_scored *s,
                             const size_t sizes[3])
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < 3 && i < array->rank && status == LFADS_OK; i++)
        if (sizes[i])
            status = array_expect(array, s->target, i, sizes[i], s->eval_name, s->err);
    return status;
}

enum lfads_status nlb_read_counts(struct array *out, const struct nlb_scored *s, const char *key,
                                  size_t bins, size_t channels)
{
    const size_t sizes[3] = {s->eval->trials, bins, channels};
    enum lfads_status status = nlb_read(out, s, key, 3);

    if (status == LFADS_OK)
        status = nlb_expect(out, s, sizes);
    return status == LFADS_OK ? array_check(out, s->target, 0, true, s->err) : status;
}
