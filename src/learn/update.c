/* update.c - the L2 cost, the norm of the gradient, and the update of the parameters.
 * SPDX-License-Identifier: Apache-2.0 */
#include "learn/learner_private.h"
#include "learn/optimizer.h"

void learner_refresh(struct learner *l)
{
    params_pack(l->be, l->model, l->parameters, false);
    if (!l->options.trained)
        return;
    params_transpose(l->be, l->transposed, l->model, l->parameters);
    params_pack(l->be, l->model, l->transposed, true);
}

/* Weight decay acts on biases as modern.md (3.4) has them: the update gate's is b + 1. */
static void decay(struct learner *l)
{
    for (size_t i = 0; i < l->model->n_params; i++) {
        const struct param *p = &l->model->params[i];
        size_t count = p->rows * p->cols, plain = p->gate_biases ? count / 2 : count;
        real *at = l->parameters + p->offset;

        if (!p->trained)
            continue;
        l->be->decay_weights(l->be, at, l->update, 0, plain);
        if (plain < count)
            l->be->decay_weights(l->be, at + plain, l->update, 1, count - plain);
    }
}

static void update(struct learner *l)
{
    const struct optimizer *optimizer = &l->options.optimizer;

    l->be->limit_update(l->be, l->update, &l->sums[SUM_SQUARES], &l->numbers->rates,
                        &optimizer->limit);
    if (optimizer->weight_decay > 0)
        decay(l);
    for (size_t i = 0; i < l->n_trained; i++) {
        size_t offset = l->trained[i].offset;

        l->be->adam(l->be, l->parameters + offset, l->slots[ADAM_M] + offset,
                    l->slots[ADAM_V] + offset, l->gradient + offset, l->update, &optimizer->adam,
                    l->trained[i].count);
    }
    learner_refresh(l);
}

void pass_finish(const struct pass *pass)
{
    struct learner *l = pass->learner;

    costs_l2(l->be, &l->sums[SUM_L2], l->model, l->parameters);
    l->be->clear_sums(l->be, &l->sums[SUM_SQUARES], 1);
    if (pass->kind == EVALUATE)
        return;
    costs_l2_backward(l->be, l->model, l->gradient, l->parameters, &l->numbers->weights);
    for (size_t i = 0; i < l->n_trained; i++)
        l->be->sum_squares(l->be, &l->sums[SUM_SQUARES], 1, l->gradient + l->trained[i].offset,
                           l->trained[i].count);
    if (pass->kind == STEP)
        update(l);
}
