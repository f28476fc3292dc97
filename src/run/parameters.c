/* parameters.c - reads and writes single parameters.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/parameters.h"

#include <math.h>
#include <string.h>

#include "base/sized.h"

enum lfads_status parameters_describe(struct lfads_parameter *out, const struct model *model,
                                      size_t index, const char *call, struct lfads_error *err)
{
    struct lfads_parameter full = {.size = sizeof full};
    const struct param *p;

    if (!out)
        return lfads_fail_null(err, call, "out");
    if (index >= model->n_params)
        return lfads_fail(err, LFADS_USAGE, "%s: there is no parameter number %zu, there are %zu",
                          call, index, model->n_params);
    p = &model->params[index];
    full.name = p->name;
    full.rows = p->rows;
    full.columns = p->cols;
    full.is_trained = p->trained;
    return sized_fill(out, &full, sizeof full, call, err);
}

/* Returns parameter NAME, which must have COUNT numbers; NULL, with a sentence, if there is none.
 */
static const struct param *find(const struct model *model, const char *name, const void *values,
                                size_t count, const char *call, struct lfads_error *err)
{
    const struct param *p;

    if (!name || !values) {
        lfads_fail_null(err, call, name ? "values" : "name");
        return NULL;
    }
    p = model_find_param(model, name);
    if (p && count == p->rows * p->cols)
        return p;
    if (p)
        lfads_fail(err, LFADS_USAGE, "%s: parameter %s has %zu numbers [%zu,%zu], and count is %zu",
                   call, name, p->rows * p->cols, p->rows, p->cols, count);
    else
        lfads_fail(err, LFADS_USAGE, "%s: the model has no parameter %.300s", call, name);
    return NULL;
}

enum lfads_status parameters_get(float *values, size_t count, const struct model *model,
                                 const real *vector, const char *name, const char *call,
                                 struct lfads_error *err)
{
    const struct param *p = find(model, name, values, count, call, err);

    for (size_t i = 0; p && i < count; i++)
        values[i] = (float)vector[p->offset + i];
    return p ? LFADS_OK : LFADS_USAGE;
}

enum lfads_status parameters_set(real *vector, const struct model *model, const char *name,
                                 const float *values, size_t count, const char *call,
                                 struct lfads_error *err)
{
    const struct param *p = find(model, name, values, count, call, err);

    for (size_t i = 0; p && i < count; i++)
        if (!isfinite(values[i]))
            return lfads_fail(err, LFADS_USAGE,
                              "%s: number %zu of parameter %s is %g: it takes finite numbers", call,
                              i, name, (double)values[i]);
    for (size_t i = 0; p && i < count; i++)
        vector[p->offset + i] = (real)values[i];
    return p ? LFADS_OK : LFADS_USAGE;
}
