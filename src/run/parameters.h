/* parameters.h - a model's parameters for callers: by number or name, as matrices of floats.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_PARAMETERS_H
#define LFADS_RUN_PARAMETERS_H
#include "base/error.h"
#include "model/model.h"

/* Sets OUT to parameter number INDEX. Of all these, CALL is the public function. */
enum lfads_status parameters_describe(struct lfads_parameter *out, const struct model *model,
                                      size_t index, const char *call, struct lfads_error *err);
/* Copies parameter NAME of VECTOR [model->size] to VALUES [COUNT]. */
enum lfads_status parameters_get(float *values, size_t count, const struct model *model,
                                 const real *vector, const char *name, const char *call,
                                 struct lfads_error *err);
/* Copies VALUES [COUNT], which must be finite, to VECTOR. */
enum lfads_status parameters_set(real *vector, const struct model *model, const char *name,
                                 const float *values, size_t count, const char *call,
                                 struct lfads_error *err);
#endif
