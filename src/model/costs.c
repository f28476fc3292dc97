/* costs.c - from rows to the batch: means, bounds, L2, ramps (model.md 7).
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/costs.h"

#include "config/config.h"

/* model.md (7.10). */
double costs_ramp(int64_t step, int64_t start, int64_t increase)
{
    double share;

    if (increase <= 0)
        return step >= start ? 1 : 0;
    share = (double)(step - start) / (double)increase;
    return fmin(fmax(share, 0), 1);
}

struct cost_ramps costs_ramps(const struct lfads_config *config, int64_t step)
{
    return (struct cost_ramps){
        .kl = costs_ramp(step, config->kl_start_step, config->kl_increase_steps),
        .l2 = costs_ramp(step, config->l2_start_step, config->l2_increase_steps)};
}

/* Pairs of inferred inputs; 1 where there is none, to divide by. */
static double pairs(const struct model *m)
{
    return m->co_dim > 1 ? (double)(m->co_dim * (m->co_dim - 1)) / 2 : 1;
}

/* model.md (7.6). */
static double row_kl(const struct model *m, const struct row_costs *rows, size_t r)
{
    return m->kl_ic_weight * rows->kl_ic[r / rows->samples] + m->kl_co_weight * rows->kl_co[r];
}

/* model.md (7.7), (7.9), (7.11) to (7.13). */
void costs_sum(struct batch_costs *costs, const struct model *model, const struct row_costs *rows,
               double l2, const struct cost_ramps *ramps)
{
    double loglik = 0, kl = 0, corr = 0, most = (double)-INFINITY, likely = 0;
    double count = (double)rows->rows;
    for (size_t r = 0; r < rows->rows; r++) {
        loglik += rows->loglik[r];
        kl += row_kl(model, rows, r);
        corr += rows->corr[r];
        most = fmax(most, rows->loglik[r] - row_kl(model, rows, r));
    }
    for (size_t r = 0; r < rows->rows; r++)
        likely += exp(rows->loglik[r] - row_kl(model, rows, r) - most);
    costs->recon = -loglik / count;
    costs->kl = kl / count;
    costs->l2 = l2;
    costs->corr = model->corr_scale * corr / (count * pairs(model));
    costs->total = costs->recon + ramps->kl * costs->kl + ramps->l2 * costs->l2 + costs->corr;
    costs->nll_vae = costs->recon + costs->kl;
    /* cppcheck-suppress invalidFunctionArg ; there are rows, and of the likeliest LIKELY has 1 */
    costs->nll_iwae = log(count) - (most + log(likely));
}

/* What the squares under each penalty are weighted with. */
struct penalty_scales {
    double of[PENALTIES];
};

/* A penalty's scale over the count of all that are under any, whatever their scales. */
static struct penalty_scales penalty_scales(const struct model *m)
{
    double count = 0;

    for (size_t i = 0; i < m->n_params; i++)
        if (m->params[i].penalty != PENALTY_NONE)
            count += (double)(m->params[i].rows * m->params[i].cols);
    return (struct penalty_scales){
        .of = {[PENALTY_GENERATOR] = m->l2_gen_scale > 0 ? m->l2_gen_scale / count : 0,
               [PENALTY_CONTROLLER] = m->l2_con_scale > 0 ? m->l2_con_scale / count : 0}};
}

struct step_weights costs_step_weights(const struct model *model, size_t trials,
                                       const struct cost_ramps *ramps)
{
    const struct penalty_scales scales = penalty_scales(model);
    double share = 1 / (double)trials;

    return (struct step_weights){.kl_ic = (real)(ramps->kl * model->kl_ic_weight * share),
                                 .kl_co = (real)(ramps->kl * model->kl_co_weight * share),
                                 .l2_gen = (real)(ramps->l2 * scales.of[PENALTY_GENERATOR]),
                                 .l2_con = (real)(ramps->l2 * scales.of[PENALTY_CONTROLLER])};
}

struct shard_weights costs_shard_weights(const struct model *model, size_t trials,
                                         const struct step_weights *weights)
{
    double share = 1 / (double)trials;

    return (struct shard_weights){.recon = (real)share,
                                  .corr = (real)(model->corr_scale * share / pairs(model)),
                                  .kl_ic = &weights->kl_ic,
                                  .kl_co = &weights->kl_co};
}

/* model.md (7.8). */
void costs_l2(const struct backend *be, acc *l2, const struct model *model, const real *parameters)
{
    const struct penalty_scales scales = penalty_scales(model);

    be->clear_sums(be, l2, 1);
    for (size_t i = 0; i < model->n_params; i++) {
        const struct param *p = &model->params[i];
        double scale = scales.of[p->penalty];

        if (scale > 0)
            be->sum_squares(be, l2, scale / 2, parameters + p->offset, p->rows * p->cols);
    }
}

enum lfads_status costs_l2_value(double *l2, const struct backend *be, const struct model *model,
                                 const real *parameters, struct lfads_error *err)
{
    acc *sum = be->memory_create(be, sizeof *sum);

    if (!sum)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the L2 cost");
    costs_l2(be, sum, model, parameters);
    be->download(be, l2, sum, sizeof *l2);
    be->memory_free(be, sum);
    return be->finish(be, err);
}

void costs_l2_backward(const struct backend *be, const struct model *model, real *gradient,
                       const real *parameters, const struct step_weights *weights)
{
    const struct penalty_scales scales = penalty_scales(model);

    for (size_t i = 0; i < model->n_params; i++) {
        const struct param *p = &model->params[i];

        if (scales.of[p->penalty] > 0)
            be->add_scaled(be, gradient + p->offset,
                           p->penalty == PENALTY_GENERATOR ? &weights->l2_gen : &weights->l2_con,
                           parameters + p->offset, p->rows * p->cols);
    }
}
