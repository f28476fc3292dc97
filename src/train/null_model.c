/* null_model.c - sums of counts per channel and part, and the Poisson costs of their means.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/null_model.h"

#include <math.h>
#include <stdlib.h>

#include "backend/densities.h"

/* A channel's counts in one part of the data. */
struct channel_sums {
    double entries, spikes, constant; /* constant: the sum of log k! */
};

/* The sums of a session: [MEASURES][N] of validation trials, [N] of training trials. */
struct session_sums {
    size_t channels;
    struct channel_sums *valid, *train;
    float *trial; /* [T,N] */
};

static enum measure part_of(const struct model *m, size_t session, size_t bin, size_t channel)
{
    if (bin >= m->encoded_bins)
        return MEASURE_FORWARD;
    return channel < model_encoded_channels(m, session) ? MEASURE_READ : MEASURE_HELDOUT;
}

static void add_count(struct channel_sums *sums, double count, bool stirling)
{
    if (isnan(count))
        return;
    sums->entries++;
    sums->spikes += count;
    sums->constant += density_log_factorial(count, stirling);
}

static enum lfads_status add_trials(struct session_sums *sums, const struct session *s,
                                    size_t session, enum session_set set, const struct model *m,
                                    struct lfads_error *err)
{
    size_t n = sums->channels;
    enum lfads_status status = LFADS_OK;

    for (size_t trial = 0; trial < s->set[set].count && status == LFADS_OK; trial++) {
        status = session_read_trial(sums->trial, s, set, TRIAL_OBSERVED, trial, err);
        for (size_t i = m->first * n; i < m->data_bins * n && status == LFADS_OK; i++) {
            size_t part = part_of(m, session, i / n, i % n);

            add_count(set == SESSION_TRAIN ? &sums->train[i % n] : &sums->valid[part * n + i % n],
                      (double)sums->trial[i], m->stirling);
        }
    }
    return status;
}

/* The cost of a channel's counts under RATE; a rate of 0 counts as 1e-9 (modern.md 9). */
static double channel_cost(const struct channel_sums *sums, double rate)
{
    double used = rate > 0 ? rate : 1e-9;

    return sums->entries * used - sums->spikes * log(used) + sums->constant;
}

static double mean_of(const struct channel_sums *sums)
{
    return sums->entries > 0 ? sums->spikes / sums->entries : 0;
}

/* Adds a session's means, times its number of validation trials. */
static void add_means(struct null_model *null, const struct session_sums *sums, double trials)
{
    for (size_t part = 0; part < MEASURES; part++) {
        double own = 0, trained = 0, spikes = 0, entries = 0;

        for (size_t j = 0; j < sums->channels; j++) {
            const struct channel_sums *valid = &sums->valid[part * sums->channels + j];

            own += channel_cost(valid, mean_of(valid));
            trained += channel_cost(valid, mean_of(&sums->train[j]));
            spikes += valid->spikes;
            entries += valid->entries;
        }
        null->own[part] += trials * own / entries;
        null->trained[part] += trials * trained / entries;
        null->spikes[part] += trials * spikes / entries;
    }
}

static enum lfads_status measure_session(struct null_model *null, const struct session *s,
                                         size_t session, const struct model *m,
                                         struct lfads_error *err)
{
    size_t n = s->channels;
    struct session_sums sums = {.channels = n,
                                .valid = calloc(MEASURES * n, sizeof *sums.valid),
                                .train = calloc(n, sizeof *sums.train),
                                .trial = calloc(s->bins * n, sizeof *sums.trial)};
    enum lfads_status status = sums.valid && sums.train && sums.trial
                                   ? LFADS_OK
                                   : lfads_fail(err, LFADS_NO_MEMORY, "no memory for mean rates");

    for (int set = 0; set < SESSION_SETS && status == LFADS_OK; set++)
        status = add_trials(&sums, s, session, (enum session_set)set, m, err);
    if (status == LFADS_OK)
        add_means(null, &sums, (double)s->set[SESSION_VALID].count);
    free(sums.valid);
    free(sums.train);
    free(sums.trial);
    return status;
}

enum lfads_status null_model_measure(struct null_model *null, const struct dataset *dataset,
                                     const struct model *model, struct lfads_error *err)
{
    double trials = 0;
    enum lfads_status status = LFADS_OK;

    *null = (struct null_model){.own = {0}};
    for (size_t s = 0; s < dataset->count && status == LFADS_OK; s++)
        if (dataset->sessions[s]->set[SESSION_VALID].count) {
            trials += (double)dataset->sessions[s]->set[SESSION_VALID].count;
            status = measure_session(null, dataset->sessions[s], s, model, err);
        }
    for (int part = 0; part < MEASURES; part++) {
        null->own[part] /= trials;
        null->trained[part] /= trials;
        null->spikes[part] /= trials;
    }
    return status;
}

double null_model_bits(const struct null_model *null, enum measure part, double cost)
{
    const double log_2 = 0.6931471805599453;

    return (null->own[part] - cost) / (null->spikes[part] * log_2);
}
