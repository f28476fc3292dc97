/* trained.c - takes parameters from a trained model in memory, by their names.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/trained.h"

#include <string.h>

enum lfads_status trained_copy_checkpoint(struct checkpoint *copy, const struct trained *trained,
                                          struct lfads_error *err)
{
    *copy = *trained->checkpoint;
    copy->costs = NULL;
    copy->n_costs = 0;
    copy->hyperparameters = strdup(trained->checkpoint->hyperparameters);
    return copy->hyperparameters ? LFADS_OK
                                 : lfads_fail(err, LFADS_NO_MEMORY, "no memory for a model");
}

bool trained_has(const struct trained *trained, const char *name)
{
    return model_find_param(trained->model, name) != NULL;
}

enum lfads_status trained_read(real *vector, const struct model *model,
                               const struct trained *trained, struct lfads_error *err)
{
    for (size_t i = 0; i < model->n_params; i++) {
        const struct param *p = &model->params[i];
        const struct param *from = model_find_param(trained->model, p->name);

        if (!from && p->session != PARAM_SHARED)
            return checkpoint_lacks_session("the model in memory", model, p->session, err);
        if (!from || from->rows != p->rows || from->cols != p->cols)
            return checkpoint_has_other_shape("the model in memory", p, err);
        memcpy(vector + p->offset, trained->parameters + from->offset,
               p->rows * p->cols * sizeof *vector);
    }
    return LFADS_OK;
}
