/* nlb_spikes.c - scores against a target's spikes: co-smoothing, forward prediction, PSTHs.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "infer/conditions.h"
#include "infer/nlb_scores.h"
#include "report/score_spikes.h"

/* Adds counts [E,T,channels] to channel FIRST of SUMS and on, with the rates from RATES on. */
static void add_counts(struct spike_sums *sums, size_t first, const struct array *counts,
                       const struct nlb_rates *eval, const double *rates, size_t trial_stride)
{
    const struct spike_rates part = {.trials = eval->trials,
                                     .bins = counts->dims[1],
                                     .channels = counts->dims[2],
                                     .counts = counts->values,
                                     .rates = rates,
                                     .count_stride = counts->dims[2],
                                     .rate_stride = eval->channels,
                                     .count_trial = counts->dims[1] * counts->dims[2],
                                     .rate_trial = trial_stride};

    spike_sums_add(sums, first, &part);
}

static enum lfads_status finish_spikes(double *bits, double *error, struct spike_sums *sums,
                                       const struct nlb_scored *s)
{
    enum lfads_status status = LFADS_OK;

    *bits = spike_sums_bits(sums, 0, sums->channels);
    if (s->what->bootstrap)
        status = spike_sums_error(error, sums, s->what->bootstrap, s->what->seed, s->err);
    spike_sums_free(sums);
    return status;
}

enum lfads_status nlb_score_held_out(struct lfads_nlb_score *score, const struct nlb_scored *s,
                                     const struct array *counts)
{
    const struct nlb_rates *eval = s->eval;
    struct spike_sums sums;
    enum lfads_status status = spike_sums_create(&sums, eval->trials, eval->heldout, s->err);

    if (status != LFADS_OK)
        return status;
    add_counts(&sums, 0, counts, eval, eval->rates + eval->channels - eval->heldout,
               eval->trial_stride);
    return finish_spikes(&score->co_bps, &score->co_bps_se, &sums, s);
}

enum lfads_status nlb_score_forward(struct lfads_nlb_score *score, const struct nlb_scored *s)
{
    const struct nlb_rates *eval = s->eval;
    size_t heldin = eval->channels - eval->heldout;
    struct array known = {.rank = 0}, held_out = {.rank = 0};
    struct spike_sums sums = {.trials = 0};
    char name[NLB_KEY];
    enum lfads_status status;

    if (!eval->ahead || !h5_has(s->target, nlb_key(name, s, "eval_spikes_heldin_forward")))
        return LFADS_OK;
    status = nlb_read_counts(&known, s, "eval_spikes_heldin_forward", eval->forward, heldin);
    if (status == LFADS_OK)
        status = nlb_read_counts(&held_out, s, "eval_spikes_heldout_forward", eval->forward,
                                 eval->heldout);
    if (status == LFADS_OK)
        status = spike_sums_create(&sums, eval->trials, eval->channels, s->err);
    if (status == LFADS_OK) {
        score->missing_spikes += array_missing(known.values, known.count) +
                                 array_missing(held_out.values, held_out.count);
        add_counts(&sums, 0, &known, eval, eval->ahead, eval->ahead_stride);
        add_counts(&sums, heldin, &held_out, eval, eval->ahead + heldin, eval->ahead_stride);
        status = finish_spikes(&score->fp_bps, &score->fp_bps_se, &sums, s);
    }
    array_free(&known);
    array_free(&held_out);
    return status;
}

enum lfads_status nlb_score_psths(struct lfads_nlb_score *score, const struct nlb_scored *s)
{
    const struct nlb_rates *eval = s->eval;
    const size_t sizes[3] = {0, eval->bins, eval->channels};
    struct condition_trials conditions = {.count = 0};
    int64_t *jitter = NULL;
    struct array psth;
    char name[NLB_KEY];
    enum lfads_status status = nlb_find(&psth, s, "psth", 3);

    if (status != LFADS_OK || !psth.values)
        return status;
    status = nlb_expect(&psth, s, sizes);
    if (status == LFADS_OK)
        status = conditions_read(&conditions, s->target, nlb_key(name, s, "eval_cond_idx"),
                                 eval->trials, s->err);
    if (status == LFADS_OK)
        status = array_expect(&psth, s->target, 0, conditions.count, "eval_cond_idx", s->err);
    if (status == LFADS_OK)
        status = conditions_read_jitter(&jitter, s->target, nlb_key(name, s, "eval_jitter"),
                                        eval->trials, s->err);
    score->missing_psth =
        status == LFADS_OK
            ? score_psth_missing(psth.values, psth.dims[0] * psth.dims[1], psth.dims[2])
            : 0;
    if (status == LFADS_OK)
        status = score_psth_r2(&score->psth_r2,
                               &(struct condition_rates){.trials = eval->trials,
                                                         .bins = eval->bins,
                                                         .channels = eval->channels,
                                                         .rates = eval->rates,
                                                         .bin_stride = eval->channels,
                                                         .trial_stride = eval->trial_stride,
                                                         .conditions = &conditions,
                                                         .psth = psth.values,
                                                         .jitter = jitter},
                               s->err);
    free(jitter);
    conditions_free(&conditions);
    array_free(&psth);
    return status;
}
