/* update.c - from the gradient of a batch's shards to new parameters.
 * SPDX-License-Identifier: Apache-2.0 */
#include "learn/optimizer.h"
#include "learn/pass.h"

void learner_refresh(struct learner *l)
{
    params_pack(l->be, l->model, l->parameters, false);
    if (!l->options.trained)
        return;
    params_transpose(l->be, l->transposed, l->model, l->parameters);
    params_pack(l->be, l->model, l->transposed, true);
}

static void update(struct learner *l)
{
    l->be->limit_update(l->be, l->update, &l->sums[SUM_SQUARES], &l->numbers->rate,
                        l->options.max_grad_norm);
    for (size_t i = 0; i < l->n_trained; i++) {
        size_t at = l->trained[i].at;

        l->be->adam(l->be, l->parameters + at, l->slots[ADAM_M] + at, l->slots[ADAM_V] + at,
                    l->gradient + at, l->update, &optimizer_adam, l->trained[i].numbers);
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
        l->be->sum_squares(l->be, &l->sums[SUM_SQUARES], 1, l->gradient + l->trained[i].at,
                           l->trained[i].numbers);
    if (pass->kind == STEP)
        update(l);
}
