/* param_vectors.h - the result of a training: the parameters and the optimizer's state, one vector
 * each, laid out by the model's table of parameters.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_PARAM_VECTORS_H
#define LFADS_MODEL_PARAM_VECTORS_H
#include "model/model.h"

/* Adam's averages of the gradient and of its square. */
enum optimizer_slot { ADAM_M, ADAM_V, OPTIMIZER_SLOTS };

/* In the host's memory, [model->size] each; slots are NULL if only parameters are wanted. */
struct param_vectors {
    real *parameters;
    real *slots[OPTIMIZER_SLOTS];
};

/* Returns the suffix that makes a parameter's name the slot's name in files (as in the original).
 */
const char *optimizer_slot_suffix(enum optimizer_slot slot);

/* Returns vectors of zeros for MODEL, with slots, which param_vectors_free frees. Without memory
 * parameters is NULL. */
struct param_vectors param_vectors_create(const struct model *model);
void param_vectors_free(struct param_vectors *vectors);
/* Returns vectors in MEMORY, which has PARAM_VECTORS * SIZE numbers. */
enum { PARAM_VECTORS = 1 + OPTIMIZER_SLOTS };
struct param_vectors param_vectors_in(real *memory, size_t size);
#endif
