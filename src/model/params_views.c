/* params_views.c - operations on a whole vector of parameters: trained parts, transposed copy,
 * packing. SPDX-License-Identifier: Apache-2.0 */
#include "model/params.h"

size_t params_trained(struct span *spans, const struct model *model, bool joined)
{
    size_t count = 0;
    bool before = false; /* the parameter before is trained */

    for (size_t i = 0; i < model->n_params; i++) {
        const struct param *p = &model->params[i];
        size_t numbers = p->rows * p->cols;

        if (p->trained && before && joined)
            spans[count - 1].count = p->offset + numbers - spans[count - 1].offset;
        else if (p->trained)
            spans[count++] = (struct span){p->offset, numbers};
        before = p->trained;
    }
    return count;
}

void params_transpose(const struct backend *be, real *dst, const struct model *model,
                      const real *vector)
{
    for (size_t i = 0; i < model->n_params; i++) {
        const struct param *p = &model->params[i];
        size_t lower = p->offset + p->split * p->cols;

        if (!p->map)
            continue;
        be->transpose(be, dst + p->offset, vector + p->offset, p->split, p->cols);
        be->transpose(be, dst + lower, vector + lower, p->rows - p->split, p->cols);
    }
}

void params_pack(const struct backend *be, const struct model *model, const real *vector,
                 bool transposed)
{
    for (size_t i = 0; be->pack && i < model->n_params; i++) {
        const struct param *p = &model->params[i];
        size_t upper = p->split, lower = p->rows - p->split;

        if (!p->map)
            continue;
        if (upper)
            be->pack(be, vector, p->offset, transposed ? p->cols : upper,
                     transposed ? upper : p->cols);
        be->pack(be, vector, p->offset + upper * p->cols, transposed ? p->cols : lower,
                 transposed ? lower : p->cols);
    }
}
