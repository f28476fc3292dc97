/* score_spikes.c - bits per spike from sums over trials, and its bootstrap.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/score_spikes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/philox.h"
#include "base/sizes.h"

static const double least_rate = 1e-9; /* the benchmark's, in place of 0 */

enum lfads_status spike_sums_create(struct spike_sums *sums, size_t trials, size_t channels,
                                    struct lfads_error *err)
{
    size_t numbers = trials * channels;

    *sums = (struct spike_sums){.trials = trials, .channels = channels};
    sums->loglik = calloc(numbers + 1, sizeof *sums->loglik);
    sums->spikes = calloc(numbers + 1, sizeof *sums->spikes);
    sums->bins = calloc(numbers + 1, sizeof *sums->bins);
    if (sums->loglik && sums->spikes && sums->bins)
        return LFADS_OK;
    spike_sums_free(sums);
    return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the scores of %zu trials", trials);
}

void spike_sums_free(struct spike_sums *sums)
{
    free(sums->loglik);
    free(sums->spikes);
    free(sums->bins);
    sums->loglik = sums->spikes = sums->bins = NULL;
}

void spike_sums_add(struct spike_sums *sums, size_t first, const struct spike_rates *rates)
{
    for (size_t e = 0; e < rates->trials; e++)
        for (size_t t = 0; t < rates->bins; t++) {
            const double *counts = rates->counts + e * rates->count_trial + t * rates->count_stride;
            const double *rate = rates->rates + e * rates->rate_trial + t * rates->rate_stride;
            size_t at = e * sums->channels + first;

            for (size_t j = 0; j < rates->channels; j++, at++) {
                double r = rate[j] == 0 ? least_rate : rate[j];

                if (isnan(counts[j]))
                    continue;
                sums->loglik[at] += counts[j] * log(r) - r;
                sums->spikes[at] += counts[j];
                sums->bins[at] += 1;
            }
        }
}

/* The sums of a channel over trials. */
struct channel_sum {
    double loglik, spikes, bins;
};

/* Adds what SUM's channel gains over its mean to *GAIN, in nats, and its spikes to *SPIKES. */
static void add_gain(double *gain, double *spikes, const struct channel_sum *sum)
{
    double mean = sum->bins > 0 ? sum->spikes / sum->bins : 0;

    mean = mean == 0 ? least_rate : mean;
    *gain += sum->loglik - (sum->spikes * log(mean) - sum->bins * mean);
    *spikes += sum->spikes;
}

double spike_sums_bits(const struct spike_sums *sums, size_t first, size_t count)
{
    double gain = 0, spikes = 0;

    for (size_t j = first; j < first + count; j++) {
        struct channel_sum sum = {0, 0, 0};

        for (size_t e = 0; e < sums->trials; e++) {
            size_t at = e * sums->channels + j;

            sum.loglik += sums->loglik[at];
            sum.spikes += sums->spikes[at];
            sum.bins += sums->bins[at];
        }
        add_gain(&gain, &spikes, &sum);
    }
    return spikes > 0 ? gain / (spikes * log(2)) : (double)NAN;
}

/* Sets TIMES to how often draw DRAW has each of the TRIALS trials. */
static void draw_trials(uint32_t *times, size_t trials, size_t draw, uint64_t seed)
{
    struct philox_address address = {
        .seed = seed, .purpose = PHILOX_BOOTSTRAP, .step = (uint32_t)draw};
    uint32_t words[4];

    memset(times, 0, trials * sizeof *times);
    for (size_t i = 0; i < trials; i++) {
        if (i % 4 == 0) {
            address.trial = (uint32_t)(i / 4 / (PHILOX_MAX_INDEX / 4));
            philox_block(words, &address, (uint32_t)(i / 4 % (PHILOX_MAX_INDEX / 4)));
        }
        times[(uint64_t)words[i % 4] * trials >> 32]++;
    }
}

/* Returns bits per spike of the trials, each counted TIMES times. SUM [N] is for working. */
static double bits_of_draw(const struct spike_sums *sums, const uint32_t *times,
                           struct channel_sum *sum)
{
    double gain = 0, spikes = 0;

    memset(sum, 0, sums->channels * sizeof *sum);
    for (size_t e = 0; e < sums->trials; e++)
        for (size_t j = 0; times[e] && j < sums->channels; j++) {
            size_t at = e * sums->channels + j;

            sum[j].loglik += times[e] * sums->loglik[at];
            sum[j].spikes += times[e] * sums->spikes[at];
            sum[j].bins += times[e] * sums->bins[at];
        }
    for (size_t j = 0; j < sums->channels; j++)
        add_gain(&gain, &spikes, &sum[j]);
    return spikes > 0 ? gain / (spikes * log(2)) : (double)NAN;
}

enum lfads_status spike_sums_error(double *error, const struct spike_sums *sums, size_t draws,
                                   uint64_t seed, struct lfads_error *err)
{
    uint32_t *times = calloc(sums->trials + 1, sizeof *times);
    struct channel_sum *sum = calloc(sums->channels + 1, sizeof *sum);
    double mean = 0, squares = 0; /* of the scores so far; squares of deviations (Welford) */

    *error = (double)NAN;
    if (!times || !sum) {
        free(times);
        free(sum);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the errors of %zu trials' scores",
                          sums->trials);
    }
    for (size_t d = 0; d < draws && sums->trials > 1; d++) {
        double bits, before;

        draw_trials(times, sums->trials, d, seed);
        bits = bits_of_draw(sums, times, sum);
        before = bits - mean;
        mean += before / (double)(d + 1);
        squares += before * (bits - mean);
    }
    if (draws > 1 && sums->trials > 1)
        *error = sqrt(squares / (double)(draws - 1));
    free(times);
    free(sum);
    return LFADS_OK;
}
