/* nlb_behaviour.c - scores against a target's behaviour: decoded velocities, produced times.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "infer/behaviour.h"
#include "infer/nlb_scores.h"
#include "report/score_conditions.h"

/* A phase's behaviour in time and the masks of its decoders. */
struct phase {
    struct array behaviour, mask;
};

static enum lfads_status read_phase(struct phase *p, const struct nlb_scored *s, const char *phase,
                                    const struct nlb_rates *rates)
{
    char key[40];
    enum lfads_status status;

    snprintf(key, sizeof key, "%s_behavior", phase);
    status = nlb_read(&p->behaviour, s, key, 3);
    snprintf(key, sizeof key, "%s_decode_mask", phase);
    if (status == LFADS_OK)
        status = nlb_find(&p->mask, s, key, 2);
    if (status == LFADS_OK)
        status = array_check(&p->behaviour, s->target, -(double)INFINITY, true, s->err);
    if (status == LFADS_OK)
        status = array_expect(&p->behaviour, s->target, 0, rates->trials, "the rates", s->err);
    if (status == LFADS_OK)
        status = array_expect(&p->behaviour, s->target, 1, rates->bins, "the rates", s->err);
    if (status == LFADS_OK && p->mask.values)
        status = array_expect(&p->mask, s->target, 0, rates->trials, "the rates", s->err);
    return status;
}

static struct behaviour_trials trials_of(const struct phase *p, const struct nlb_rates *rates)
{
    return (struct behaviour_trials){.trials = rates->trials,
                                     .bins = rates->bins,
                                     .rates = rates->rates,
                                     .bin_stride = rates->channels,
                                     .trial_stride = rates->trial_stride,
                                     .behaviour = p->behaviour.values,
                                     .behaviour_bins = rates->bins,
                                     .mask = p->mask.values};
}

enum lfads_status nlb_score_velocity(struct lfads_nlb_score *score, const struct nlb_scored *s)
{
    struct phase train = {.mask = {.rank = 0}}, eval = {.mask = {.rank = 0}};
    enum lfads_status status;

    status = read_phase(&train, s, "train", s->train);
    if (status == LFADS_OK)
        status = read_phase(&eval, s, "eval", s->eval);
    if (status == LFADS_OK && train.mask.dims[1] != eval.mask.dims[1])
        status = lfads_fail(s->err, LFADS_BAD_DATA,
                            "%s: train_decode_mask has %zu columns in group %s, and "
                            "eval_decode_mask %zu",
                            s->target->path, train.mask.dims[1], s->set, eval.mask.dims[1]);
    if (status == LFADS_OK)
        status = array_expect(&train.behaviour, s->target, 2, eval.behaviour.dims[2],
                              eval.behaviour.name, s->err);
    if (status == LFADS_OK) {
        const struct behaviour_trials fitted = trials_of(&train, s->train);
        const struct behaviour_trials scored = trials_of(&eval, s->eval);
        const struct behaviour_decoders decoders = {.channels = s->eval->channels,
                                                    .components = eval.behaviour.dims[2],
                                                    .masks =
                                                        eval.mask.values ? eval.mask.dims[1] : 1,
                                                    .penalty = s->what->decoding_penalty};

        score->missing_behaviour = array_missing(train.behaviour.values, train.behaviour.count) +
                                   array_missing(eval.behaviour.values, eval.behaviour.count);
        status = behaviour_score(&score->velocity_r2, &score->decoding_penalty, &decoders, &fitted,
                                 &scored, s->err);
    }
    array_free(&train.behaviour);
    array_free(&train.mask);
    array_free(&eval.behaviour);
    array_free(&eval.mask);
    return status;
}

enum lfads_status nlb_score_times(struct lfads_nlb_score *score, const struct nlb_scored *s,
                                  const struct array *counts)
{
    const struct nlb_rates *eval = s->eval;
    const size_t sizes[3] = {eval->trials, 0, 0};
    struct array behaviour;
    enum lfads_status status = nlb_read(&behaviour, s, "eval_behavior", 2);

    if (status == LFADS_OK)
        status = nlb_expect(&behaviour, s, sizes);
    if (status == LFADS_OK && behaviour.dims[1] < 4)
        status = lfads_fail(s->err, LFADS_BAD_DATA,
                            "%s: %s has %zu numbers a trial, and at least 4 are needed: three that "
                            "make a condition, and the produced time last",
                            s->target->path, behaviour.name, behaviour.dims[1]);
    if (status == LFADS_OK)
        status = array_check(&behaviour, s->target, -(double)INFINITY, true, s->err);
    if (status == LFADS_OK)
        status = score_time_correlation(&score->time_correlation,
                                        &(struct interval_rates){.trials = eval->trials,
                                                                 .bins = eval->bins,
                                                                 .channels = eval->channels,
                                                                 .rates = eval->rates,
                                                                 .trial_stride = eval->trial_stride,
                                                                 .counts = counts->values,
                                                                 .count_stride = counts->dims[2],
                                                                 .behaviour = behaviour.values,
                                                                 .components = behaviour.dims[1]},
                                        s->err);
    array_free(&behaviour);
    return status;
}
