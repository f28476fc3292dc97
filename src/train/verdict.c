/* verdict.c - says at the end of a training why its result may not be trusted, and what to do.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/preset.h"
#include "report/judgement.h"
#include "train/training_private.h"

static double lowest_read(const struct training *t)
{
    return t->rules.lowest_recon ? t->schedule.lowest_valid : t->last.valid.measure[MEASURE_READ];
}

static void judge_gain(const struct training *t)
{
    char text[JUDGEMENT_SIZE];

    if (judgement_gain(text, t->null.trained[MEASURE_READ], lowest_read(t),
                       t->last.valid.measure[MEASURE_READ]))
        recorder_warn(t->recorder, "%s", text);
}

/* The mean KL divergence of the validation trials in nats, without its weight. */
static void judge_posterior(const struct training *t)
{
    const struct model *m = t->run->model;
    char text[JUDGEMENT_SIZE];

    if (m->ic_dim && !m->co_dim &&
        judgement_posterior(text, t->last.valid.of[COST_KL] / m->kl_ic_weight, m->kl_ic_weight))
        recorder_warn(t->recorder, "%s", text);
}

static void judge_ramps(const struct training *t)
{
    const struct cost_ramps *ramps = &t->last.train.ramps;
    char text[JUDGEMENT_SIZE];

    if (schedule_is_ramped(&t->rules, ramps->kl, ramps->l2))
        return;
    judgement_ramps(text, ramps->kl, ramps->l2);
    recorder_warn(t->recorder, "%s", text);
}

void training_judge(const struct training *training)
{
    const struct training *t = training;

    if (preset_is_original(t->run->config) || t->epoch == 0)
        return;
    judge_ramps(t);
    if (!t->last.has_valid) {
        char text[JUDGEMENT_SIZE];

        judgement_unvalidated(text);
        recorder_warn(t->recorder, "%s", text);
        return;
    }
    if (t->has_null)
        judge_gain(t);
    judge_posterior(t);
}
