/* param_vectors.h - what a training makes: the parameters and the optimizer's state, one vector
 * each, laid out by the model's table. Another optimizer's state is other rows of OPTIMIZER_SLOTS.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_PARAM_VECTORS_H
#define LFADS_MODEL_PARAM_VECTORS_H
#include "model/model.h"

/* Adam's averages of the gradient and of its square. */
enum optimizer_slot { ADAM_M, ADAM_V, OPTIMIZER_SLOTS };

/* In the host's memory, [model->size] each; slots are NULL where only parameters are wanted. */
struct param_vectors {
    real *parameters;
    real *slots[OPTIMIZER_SLOTS];
};

/* What follows a parameter's name in the slot's name, in every file (as in the original). */
const char *optimizer_slot_suffix(enum optimizer_slot slot);

/* Vectors of zeros for MODEL, with the slots; parameters is NULL where there is no memory. Freed by
 * param_vectors_free. */
struct param_vectors param_vectors_create(const struct model *model);
void param_vectors_free(struct param_vectors *vectors);
/* Vectors in MEMORY, which has PARAM_VECTORS times SIZE numbers. */
enum { PARAM_VECTORS = 1 + OPTIMIZER_SLOTS };
struct param_vectors param_vectors_in(real *memory, size_t size);
#endif
