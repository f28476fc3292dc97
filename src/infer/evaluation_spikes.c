/* evaluation_spikes.c - bits per spike of all counts, of the channels that the encoders did not
 * read, and of the bins that they did not. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "infer/evaluation_scores.h"
#include "report/score_spikes.h"

/* The part of the trials that is scored, and its score with its standard error. */
struct part {
    size_t first_bin, bins, first_channel, channels;
    double bits, error;
};

/* Sets PART's score and, unless EACH is NULL, EACH [channels] to those of its channels. */
static enum lfads_status score_part(struct part *part, double *each, const struct evaluation *s)
{
    size_t n = s->channels;
    const struct spike_rates rates = {
        .trials = s->trials,
        .bins = part->bins,
        .channels = part->channels,
        .counts = s->counts + part->first_bin * n + part->first_channel,
        .rates = s->output + part->first_bin * s->outputs + part->first_channel,
        .count_stride = n,
        .rate_stride = s->outputs,
        .count_trial = s->bins * n,
        .rate_trial = s->bins * s->outputs};
    struct spike_sums sums;
    enum lfads_status status = spike_sums_create(&sums, s->trials, part->channels, s->err);

    part->error = (double)NAN;
    if (status != LFADS_OK)
        return status;
    spike_sums_add(&sums, 0, &rates);
    part->bits = spike_sums_bits(&sums, 0, part->channels);
    for (size_t j = 0; each && j < part->channels; j++)
        each[j] = spike_sums_bits(&sums, j, 1);
    if (s->what->bootstrap)
        status = spike_sums_error(&part->error, &sums, s->what->bootstrap, s->what->seed, s->err);
    spike_sums_free(&sums);
    return status;
}

enum lfads_status evaluation_score_spikes(struct lfads_score *score, const struct evaluation *s)
{
    size_t n = s->channels, encoded = s->bins - s->forward;
    struct part all = {.bins = s->bins, .channels = n};
    struct part held_out = {
        .bins = encoded, .first_channel = n - s->heldout, .channels = s->heldout};
    struct part forward = {.first_bin = encoded, .bins = s->forward, .channels = n};
    enum lfads_status status;

    if (s->distribution->data != DATA_COUNTS)
        return LFADS_OK;
    score->channel_bits_per_spike = calloc(n, sizeof *score->channel_bits_per_spike);
    status = score->channel_bits_per_spike
                 ? score_part(&all, score->channel_bits_per_spike, s)
                 : lfads_fail(s->err, LFADS_NO_MEMORY, "no memory for %zu channels' scores", n);
    if (status == LFADS_OK && s->heldout)
        status = score_part(&held_out, NULL, s);
    if (status == LFADS_OK && s->forward)
        status = score_part(&forward, NULL, s);
    score->has_bits_per_spike = true;
    score->bits_per_spike = all.bits;
    score->bits_per_spike_se = all.error;
    score->co_bps = held_out.bits;
    score->co_bps_se = held_out.error;
    score->fp_bps = forward.bits;
    score->fp_bps_se = forward.error;
    return status;
}
