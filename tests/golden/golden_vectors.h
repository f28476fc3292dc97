/* golden_vectors.h - reads a vector of all parameters from a golden file, or compares one with it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_GOLDEN_VECTORS_H
#define LFADS_TESTS_GOLDEN_VECTORS_H
#include "golden_file.h"
#include "learn/learner.h"

/* Sets the learner's parameters to the file's, and its moments to zero. Returns false if the file
 * lacks a parameter or has another shape of it. */
bool golden_load_parameters(hid_t file, struct learner *learner);
/* Compares VECTOR with GROUP, parameter by parameter. Fails if the padding is not zero, or if the
 * file lacks a trained parameter. EACH of TOLERANCE is one number for each of VECTOR, or NULL.
 * GRADIENTS: a parameter's largest magnitude counts as at least a thousandth of the largest of
 * all. */
void golden_check_vector(hid_t file, struct verdict *verdict, const struct model *model,
                         const char *group, const real *vector, struct tolerance tolerance,
                         bool gradients);
#endif
