/* costs.c - the costs of a batch from those of its rows: means, bounds, L2, ramps (model.md 7).
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/costs.h"

#include <string.h>

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

double costs_ramp_of_epoch(int64_t epoch, int64_t start, int64_t increase)
{
    double share = (double)(epoch + 1 - start) / ((double)increase + 1);

    return fmin(fmax(share, 0), 1);
}

struct cost_ramps costs_ramps(const struct lfads_config *config, int64_t step, int64_t epoch)
{
    if (strcmp(config->ramp_unit, "epochs") == 0)
        return (struct cost_ramps){
            .kl = costs_ramp_of_epoch(epoch, config->kl_start_step, config->kl_increase_steps),
            .l2 = costs_ramp_of_epoch(epoch, config->l2_start_step, config->l2_increase_steps)};
    return (struct cost_ramps){
        .kl = costs_ramp(step, config->kl_start_step, config->kl_increase_steps),
        .l2 = costs_ramp(step, config->l2_start_step, config->l2_increase_steps)};
}

double costs_ramp_weight(const struct cost_ramps *ramps, enum cost_ramp ramp)
{
    return ramp == RAMP_KL ? ramps->kl : ramp == RAMP_L2 ? ramps->l2 : 1;
}

struct row_costs costs_of_trial(acc *costs, size_t rows, size_t trials, size_t trial)
{
    size_t samples = rows / trials;
    struct row_costs of_trial = {.rows = samples, .samples = samples};
    acc *at[COST_TERMS];

    cost_terms_place(at, costs, rows, trials);
    for (int term = 0; term < COST_TERMS; term++)
        of_trial.of[term] =
            at[term] + (cost_term_row((enum cost_term)term)->of_trial ? trial : trial * samples);
    return of_trial;
}

static double term_weight(const struct model *m, enum cost_term term)
{
    const struct cost_term_row *row = cost_term_row(term);

    return row->weight ? row->weight(m) : 1;
}

static double cost_scale(const struct model *m, enum cost cost)
{
    const struct cost_row *row = cost_row(cost);

    return row->scale ? row->scale(m) : 1;
}

static double cost_divisor(const struct model *m, size_t session, enum cost cost)
{
    const struct cost_row *row = cost_row(cost);

    return row->divisor ? row->divisor(m, session) : 1;
}

/* The weight of TERM in the bounds. With a mean as reconstruction cost the KL weights make up for
 * the mean's divisor: they are no part of a bound. */
static double bound_weight(const struct model *m, enum cost_term term)
{
    return m->mean_recon ? 1 : term_weight(m, term);
}

/* Sets COSTS of row R from its terms: model.md (7.6). */
static void set_row_costs(double costs[COSTS], const struct model *m, const struct row_costs *rows,
                          size_t r, double (*weight)(const struct model *m, enum cost_term term))
{
    for (int cost = 0; cost < COSTS; cost++)
        costs[cost] = 0;
    for (int i = 0; i < COST_TERMS; i++) {
        const struct cost_term_row *term = cost_term_row((enum cost_term)i);
        size_t at = term->of_trial ? r / rows->samples : r;

        if (term->cost != COSTS)
            costs[term->cost] += term->sign * weight(m, (enum cost_term)i) * rows->of[i][at];
    }
}

/* The bound on the log likelihood from row R. */
static double row_bound(const struct model *m, const struct row_costs *rows, size_t r)
{
    double costs[COSTS], bound = 0;

    set_row_costs(costs, m, rows, r, bound_weight);
    for (int cost = 0; cost < COSTS; cost++)
        if (cost_row((enum cost)cost)->in_bound)
            bound -= costs[cost];
    return bound;
}

/* The importance-weighted bound; the rows' bounds are the logarithms of their weights. */
static double iwae(const struct model *m, const struct row_costs *rows)
{
    double max = (double)-INFINITY, sum = 0;

    for (size_t r = 0; r < rows->rows; r++)
        max = fmax(max, row_bound(m, rows, r));
    for (size_t r = 0; r < rows->rows; r++)
        sum += exp(row_bound(m, rows, r) - max);
    /* cppcheck-suppress invalidFunctionArg ; there are rows, and the largest adds 1 to SUM */
    return log((double)rows->rows) - (max + log(sum));
}

static void add_row_costs(double sums[COSTS], const struct model *m, const struct row_costs *rows,
                          double (*weight)(const struct model *m, enum cost_term term))
{
    double of_row[COSTS];

    for (size_t r = 0; r < rows->rows; r++) {
        set_row_costs(of_row, m, rows, r, weight);
        for (int cost = 0; cost < COSTS; cost++)
            sums[cost] += of_row[cost];
    }
}

/* Sets the measures to means over rows and entries; NaN where there are no entries. */
static void set_measures(struct batch_costs *costs, const struct model *m,
                         const struct row_costs *rows)
{
    double sums[MEASURES] = {0};

    for (size_t r = 0; r < rows->rows; r++) {
        double heldout = rows->of[TERM_HELDOUT][r], forward = rows->of[TERM_FORWARD][r];
        double read = rows->of[TERM_LOGLIK][r] - heldout - forward;
        double whole = rows->of[TERM_UNMASKED][r] - heldout - forward;

        sums[MEASURE_READ] -= read;
        sums[MEASURE_SV] -= (whole - (1 - m->sv_rate) * read) / m->sv_rate;
        sums[MEASURE_HELDOUT] -= heldout;
        sums[MEASURE_FORWARD] -= forward;
    }
    for (int i = 0; i < MEASURES; i++)
        costs->measure[i] = sums[i] / ((double)rows->rows * (double)model_measured_entries(
                                                                m, rows->session, (enum measure)i));
}

/* model.md (7.7), (7.9), (7.11) to (7.13). */
void costs_sum(struct batch_costs *costs, const struct model *model, const struct row_costs *rows,
               double l2, const struct cost_ramps *ramps)
{
    double sums[COSTS] = {0}, bounds[COSTS] = {0}, count = (double)rows->rows;

    add_row_costs(sums, model, rows, term_weight);
    add_row_costs(bounds, model, rows, bound_weight);
    *costs = (struct batch_costs){.nll_iwae = iwae(model, rows), .rows = count};
    for (int i = 0; i < COSTS; i++) {
        const struct cost_row *row = cost_row((enum cost)i);

        costs->of[i] = cost_scale(model, (enum cost)i) * sums[i] /
                       (count * cost_divisor(model, rows->session, (enum cost)i));
        if (i == COST_L2)
            costs->of[i] = l2;
        if (row->in_bound)
            costs->nll_vae += bounds[i] / count;
    }
    costs_total(costs, model, ramps);
    set_measures(costs, model, rows);
}

void costs_total(struct batch_costs *costs, const struct model *model,
                 const struct cost_ramps *ramps)
{
    costs->total = 0;
    for (int i = 0; i < COSTS; i++)
        costs->total += costs_ramp_weight(ramps, cost_row((enum cost)i)->ramp) * costs->of[i];
    costs->total *= model->loss_scale;
}

/* The mean of A, of weight A_WEIGHT, and B. */
static double mean_of(double a, double a_weight, double b, double b_weight)
{
    return (a * a_weight + b * b_weight) / (a_weight + b_weight);
}

void costs_join(struct batch_costs *costs, const struct batch_costs *part, size_t count)
{
    double before = costs->rows, here = part->rows;

    for (int i = 0; i < COSTS; i++)
        costs->of[i] = i == COST_RECON ? mean_of(costs->of[i], (double)count, part->of[i], 1)
                                       : mean_of(costs->of[i], before, part->of[i], here);
    for (int i = 0; i < MEASURES; i++)
        costs->measure[i] = mean_of(costs->measure[i], before, part->measure[i], here);
    costs->nll_vae = mean_of(costs->nll_vae, before, part->nll_vae, here);
    costs->nll_iwae = mean_of(costs->nll_iwae, before, part->nll_iwae, here);
    costs->rows += here;
}

/* The weight of the squares under each penalty. */
struct penalty_scales {
    double of[PENALTIES];
};

static size_t penalised_numbers(const struct param *p)
{
    return p->penalty == PENALTY_NONE ? 0 : p->rows * p->cols - p->unpenalised;
}

/* A penalty's scale divided by the count of the penalised numbers: model.md (7.8), which counts
 * those of scale 0, too; modern.md (3.5), which does not. */
static struct penalty_scales penalty_scales(const struct model *m)
{
    struct penalty_scales scales = {{0}};
    double count = m->l2_of_recurrent ? 1e-8 : 0;

    for (size_t i = 0; i < m->n_params; i++)
        if (m->params[i].penalty != PENALTY_ZIG_SCALE &&
            (!m->l2_of_recurrent || m->l2_scale[m->params[i].penalty] > 0))
            count += (double)penalised_numbers(&m->params[i]);
    for (int i = 0; i < PENALTIES; i++)
        scales.of[i] = m->l2_scale[i] > 0 ? m->l2_scale[i] / count : 0;
    scales.of[PENALTY_ZIG_SCALE] = m->l2_scale[PENALTY_ZIG_SCALE];
    return scales;
}

/* The weight of a trial's TERM in the gradient; SHARE: 1 over the number of trials. */
static real gradient_weight(const struct model *m, size_t session, enum cost_term term, double ramp,
                            double share)
{
    enum cost cost = cost_term_row(term)->cost;

    if (cost == COSTS)
        return 0;
    return (real)(m->loss_scale * ramp * term_weight(m, term) * cost_scale(m, cost) * share /
                  cost_divisor(m, session, cost));
}

struct step_weights costs_step_weights(const struct model *model, size_t trials,
                                       const struct cost_ramps *ramps)
{
    const struct penalty_scales scales = penalty_scales(model);
    struct step_weights weights;

    for (int i = 0; i < COST_TERMS; i++) {
        enum cost cost = cost_term_row((enum cost_term)i)->cost;
        double ramp = cost == COSTS ? 0 : costs_ramp_weight(ramps, cost_row(cost)->ramp);

        weights.term[i] = gradient_weight(model, 0, (enum cost_term)i, ramp, 1 / (double)trials);
    }
    for (int i = 0; i < PENALTIES; i++)
        weights.l2[i] = (real)(model->loss_scale * ramps->l2 * scales.of[i]);
    return weights;
}

struct shard_weights costs_shard_weights(const struct model *model, size_t session,
                                         const struct batch_shares *shares,
                                         const struct step_weights *weights)
{
    struct shard_weights shard;

    for (int i = 0; i < COST_TERMS; i++) {
        size_t trials = i == TERM_LOGLIK ? shares->session_trials : shares->trials;

        shard.fixed[i] = gradient_weight(model, session, (enum cost_term)i, 1, 1 / (double)trials);
        shard.ramped[i] = &weights->term[i];
    }
    return shard;
}

/* model.md (7.8), modern.md (7.8). */
void costs_l2(const struct backend *be, acc *l2, const struct model *model, const real *parameters)
{
    const struct penalty_scales scales = penalty_scales(model);

    be->clear_sums(be, l2, 1);
    for (size_t i = 0; i < model->n_params; i++) {
        const struct param *p = &model->params[i];
        double scale = scales.of[p->penalty];

        if (scale > 0 && p->penalty == PENALTY_ZIG_SCALE)
            be->sum_deviations(be, l2, scale / 2, parameters + p->offset,
                               (real)model->zig_scale_prior, penalised_numbers(p));
        else if (scale > 0)
            be->sum_squares(be, l2, scale / 2, parameters + p->offset + p->unpenalised,
                            penalised_numbers(p));
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

        if (scales.of[p->penalty] > 0 && p->penalty == PENALTY_ZIG_SCALE)
            be->add_deviations(be, gradient + p->offset, &weights->l2[PENALTY_ZIG_SCALE],
                               parameters + p->offset, (real)model->zig_scale_prior,
                               penalised_numbers(p));
        else if (scales.of[p->penalty] > 0)
            be->add_scaled(be, gradient + p->offset + p->unpenalised, &weights->l2[p->penalty],
                           parameters + p->offset + p->unpenalised, penalised_numbers(p));
    }
}
