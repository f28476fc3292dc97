/* random_shard.c - shards for random models. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "random_model.h"

struct shard *random_model_shard(const struct random_model *r, size_t trials, size_t samples,
                                 bool trained)
{
    struct shard *s;
    struct lfads_error err;

    if (shard_create(&s, r->learner->be, r->model, trials, samples, trained, &err) != LFADS_OK) {
        printf("%s\n", err.text);
        exit(1);
    }
    return s;
}
