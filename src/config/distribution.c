/* distribution.c - the table of distributions.def.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/distribution.h"

#include <string.h>

#define COUNT(...) (sizeof((const struct out_param[]){__VA_ARGS__}) / sizeof(struct out_param))

static const struct distribution table[DISTRIBUTIONS] = {
#define DISTRIBUTION(name, data, written, ...)                                                     \
    {DISTRIBUTION_##name, #name, DATA_##data, written, COUNT(__VA_ARGS__), {__VA_ARGS__}},
#include "config/distributions.def"
#undef DISTRIBUTION
};

const char distribution_names[] =
#define DISTRIBUTION(name, data, written, ...) "|" #name
#include "config/distributions.def"
#undef DISTRIBUTION
    ;

const struct distribution *distribution_find(const char *name)
{
    for (size_t i = 0; i < DISTRIBUTIONS; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

const struct distribution *distribution_of(enum distribution_id id) { return &table[id]; }
