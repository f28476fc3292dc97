/* divergence.c - costs that are not finite or have grown beyond use: which end a training, which
 * models are not written to a checkpoint, and what is advised (training.md, "Divergence").
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "train/training_private.h"

/* Multiples of the first step's cost. From the first on a checkpoint is no longer advised, from the
 * second on none is written. The third comes only from log rates or log variances at their limits,
 * from where no gradient leads back. */
static const double worse = 10, useless = 1e9, lost = 1e15;

enum { ADVICE = 512 };

/* The rate to go on with: a tenth, but at most the default, with which most trainings are stable.
 */
static double safe_rate(const struct training *t)
{
    return fmin((double)t->schedule.learning_rate / 10, 0.01);
}

/* Sets TEXT [SIZE] to what helps after a divergence at STEP. */
static void advise(char *text, size_t size, const struct training *t, int64_t step)
{
    if (step <= t->first_step && t->saved)
        snprintf(text, size,
                 "it is the first step after the checkpoint; begin anew in another "
                 "--lfads_save_dir, or look for very large numbers in the data");
    else if (step <= t->first_step)
        snprintf(text, size,
                 "no checkpoint was written; look for very large numbers in the data, raise "
                 "--keep_prob, or lower the scales of the initial weights");
    else if (t->saved_cost > worse * t->first_cost)
        snprintf(
            text, size,
            "the last checkpoint is little use, for the cost had risen before; begin anew with "
            "a lower learning rate (--learning_rate_init=%g) in another --lfads_save_dir",
            safe_rate(t));
    else if (t->saved)
        snprintf(
            text, size,
            "the last checkpoint is kept; train on with a lower learning rate "
            "(--do_reset_learning_rate=true --learning_rate_init=%g), or begin anew with it in "
            "another --lfads_save_dir",
            safe_rate(t));
    else
        snprintf(text, size,
                 "no checkpoint was written; begin anew with a lower learning rate "
                 "(--learning_rate_init=%g)",
                 safe_rate(t));
}

static enum lfads_status refuse_infinite(const struct training *t, const struct batch_costs *costs,
                                         int64_t step, struct lfads_error *err)
{
    const char *which = isfinite(costs->total) ? "gradient" : "total cost";
    char advice[ADVICE];

    advise(advice, sizeof advice, t, step);
    for (int i = COSTS - 1; i >= 0; i--)
        if (!isfinite(costs->of[i]))
            which = cost_row((enum cost)i)->words;
    return lfads_fail(err, LFADS_NUMERIC,
                      "the %s is not finite at step %" PRId64 " (epoch %" PRId64 "): %s", which,
                      step, t->epoch, advice);
}

enum lfads_status training_check_step(struct training *training, const struct batch_costs *costs,
                                      int64_t step, struct lfads_error *err)
{
    struct training *t = training;
    char advice[ADVICE];

    if (!isfinite(costs->total) || !isfinite(costs->gradient_norm))
        return refuse_infinite(t, costs, step, err);
    if (t->first_cost == 0)
        t->first_cost = fabs(costs->total) + t->run->config->loss_scale;
    if (fabs(costs->total) < lost * t->first_cost)
        return LFADS_OK;
    advise(advice, sizeof advice, t, step);
    return lfads_fail(err, LFADS_NUMERIC,
                      "the total cost rose from %.2g to %.2g at step %" PRId64 " (epoch %" PRId64
                      "): %s",
                      t->first_cost, costs->total, step, t->epoch, advice);
}

bool training_is_useful(const struct training *training, double total)
{
    const struct training *t = training;

    return isfinite(total) && (t->first_cost == 0 || fabs(total) < useless * t->first_cost);
}

enum lfads_status training_refuse_epoch(const struct training *training, struct lfads_error *err)
{
    const struct training *t = training;
    const struct fitlog_row *row = &t->last;
    bool of_valid = training_is_useful(t, row->train.total);
    char advice[ADVICE];

    advise(advice, sizeof advice, t, t->step);
    return lfads_fail(err, LFADS_NUMERIC,
                      "the model of epoch %" PRId64
                      " is not kept, because its %s cost is %.2g; the "
                      "first step's was %.2g: %s%s",
                      row->epoch, of_valid ? "validation" : "training",
                      of_valid ? row->valid.total : row->train.total, t->first_cost, advice,
                      of_valid ? ", or look for very large numbers in the validation data" : "");
}

enum lfads_status training_check_numbers(const struct training *training,
                                         const struct param_vectors *vectors,
                                         struct lfads_error *err)
{
    const struct training *t = training;
    const struct model *m = t->run->model;
    char advice[ADVICE];

    for (size_t i = 0; i < m->n_params; i++) {
        const struct param *p = &m->params[i];

        for (size_t j = p->offset; j < p->offset + p->rows * p->cols; j++) {
            bool finite = isfinite(vectors->parameters[j]);

            for (int slot = 0; slot < OPTIMIZER_SLOTS; slot++)
                finite = finite && isfinite(vectors->slots[slot][j]);
            if (finite)
                continue;
            advise(advice, sizeof advice, t, t->step);
            return lfads_fail(
                err, LFADS_NUMERIC,
                "a parameter of the model or its moment is not finite after step %" PRId64
                " (epoch %" PRId64 "): %s",
                t->step, t->epoch, advice);
        }
    }
    return LFADS_OK;
}
