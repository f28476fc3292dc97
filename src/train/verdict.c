/* verdict.c - says at the end of a training why its result may not be trusted, and what to do.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/preset.h"
#include "train/training_private.h"

/* Nats of a trial below which the posterior of the initial condition carries nothing. */
static const double collapsed = 0.1;
/* Share of the gain over mean rates that may be lost by the last epoch. */
static const double overfitted = 0.2;

static double lowest_read(const struct training *t)
{
    return t->rules.lowest_recon ? t->schedule.lowest_valid : t->last.valid.measure[MEASURE_READ];
}

static void judge_gain(const struct training *t)
{
    double null = t->null.trained[MEASURE_READ], lowest = lowest_read(t);
    double last = t->last.valid.measure[MEASURE_READ];

    if (!(lowest < null))
        recorder_warn(
            t->recorder,
            "the validation trials cost %.5g a bin and channel, and mean rates cost %.5g: "
            "the model found nothing that holds for new trials. More trials, wider bins "
            "or fewer units (--gen_dim, --factors_dim) may help",
            lowest, null);
    else if (last - lowest > overfitted * (null - lowest))
        recorder_warn(
            t->recorder,
            "the model is over-fitted by now: its validation cost rose from %.5g to %.5g. "
            "Sample with --checkpoint_pb_load_name=checkpoint_lve, and train again with "
            "fewer epochs or a greater --l2_gen_scale",
            lowest, last);
}

/* The mean KL divergence of the validation trials in nats, without its weight. */
static void judge_posterior(const struct training *t)
{
    const struct model *m = t->run->model;
    double kl = t->last.valid.of[COST_KL] / m->kl_ic_weight;

    if (m->ic_dim && !m->co_dim && m->kl_ic_weight > 0 && kl < collapsed)
        recorder_warn(t->recorder,
                      "the initial conditions carry nothing of the trials (%.2g nats each): all "
                      "trials get the same rates. Lower --kl_ic_weight, which is %g",
                      kl, m->kl_ic_weight);
}

static void judge_ramps(const struct training *t)
{
    const struct cost_ramps *ramps = &t->last.train.ramps;

    if (!schedule_is_ramped(&t->rules, ramps->kl, ramps->l2))
        recorder_warn(
            t->recorder,
            "training ended before its penalties had their full weight (KL %.2f, L2 %.2f): "
            "train on, or lower --kl_increase_steps and --l2_increase_steps",
            ramps->kl, ramps->l2);
}

void training_judge(const struct training *training)
{
    const struct training *t = training;

    if (preset_is_original(t->run->config) || t->epoch == 0)
        return;
    judge_ramps(t);
    if (!t->last.has_valid) {
        recorder_warn(t->recorder, "there are no validation trials, so nothing shows whether the "
                                   "model is over-fitted: add valid_data to the data file");
        return;
    }
    if (t->has_null)
        judge_gain(t);
    judge_posterior(t);
}
