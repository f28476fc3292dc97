/* param_vectors.c - the vectors of a training and their names in files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/param_vectors.h"

#include <stdlib.h>

static const char *const suffixes[] = {[ADAM_M] = "_Adam", [ADAM_V] = "_Adam_1"};
_Static_assert(sizeof suffixes / sizeof suffixes[0] == OPTIMIZER_SLOTS, "a slot has no name");

const char *optimizer_slot_suffix(enum optimizer_slot slot) { return suffixes[slot]; }

struct param_vectors param_vectors_in(real *memory, size_t size)
{
    struct param_vectors vectors = {.parameters = memory};

    for (size_t i = 0; memory && i < OPTIMIZER_SLOTS; i++)
        vectors.slots[i] = memory + (1 + i) * size;
    return vectors;
}

struct param_vectors param_vectors_create(const struct model *model)
{
    return param_vectors_in(calloc(PARAM_VECTORS * model->size, sizeof(real)), model->size);
}

void param_vectors_free(struct param_vectors *vectors)
{
    free(vectors->parameters);
    *vectors = (struct param_vectors){.parameters = NULL};
}
