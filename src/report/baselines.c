/* baselines.c - mean rates and PSTHs as predictions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/baselines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/score_conditions.h"

enum lfads_status baseline_means(double **means, const struct baseline_data *d,
                                 struct lfads_error *err)
{
    double *known = calloc(d->channels + 1, sizeof *known);
    double *sum = calloc(d->channels + 1, sizeof *sum);

    *means = sum;
    if (!known || !sum) {
        free(known);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu mean rates", d->channels);
    }
    for (size_t i = 0; i < d->train.trials * d->bins; i++)
        for (size_t j = 0; j < d->channels; j++) {
            double count = d->train.counts[i * d->channels + j];

            if (!isnan(count)) {
                sum[j] += count;
                known[j]++;
            }
        }
    for (size_t j = 0; j < d->channels; j++)
        sum[j] = known[j] > 0 ? sum[j] / known[j] : 0;
    free(known);
    return LFADS_OK;
}

enum lfads_status baseline_mean(double *rates, const struct baseline_data *data,
                                struct lfads_error *err)
{
    double *means;
    enum lfads_status status = baseline_means(&means, data, err);

    for (size_t i = 0; status == LFADS_OK && i < data->eval.trials * data->bins; i++)
        memcpy(rates + i * data->channels, means, data->channels * sizeof *rates);
    free(means);
    return status;
}

/* Sums over the training trials of each condition; X = T·N. */
struct psths {
    double *means;       /* [N] */
    double *sum, *known; /* [C,X] */
    double *estimate;    /* [X] */
};

static size_t condition_of(const struct baseline_trials *trials, size_t trial)
{
    return trials->condition ? trials->condition[trial] : 0;
}

static void add_trials(struct psths *p, const struct baseline_data *d)
{
    size_t numbers = d->bins * d->channels;

    for (size_t e = 0; e < d->train.trials; e++) {
        const double *counts = d->train.counts + e * numbers;
        size_t at = condition_of(&d->train, e) * numbers;

        for (size_t i = 0; i < numbers; i++)
            if (!isnan(counts[i])) {
                p->sum[at + i] += counts[i];
                p->known[at + i]++;
            }
    }
}

/* Sets RATES [T,N] to what the other trials of trial E's condition give. */
static void predict(double *rates, struct psths *p, const struct baseline_data *d, size_t e)
{
    size_t numbers = d->bins * d->channels, at = condition_of(&d->eval, e) * numbers;
    const double *own = d->same ? d->train.counts + e * numbers : NULL;

    for (size_t i = 0; i < numbers; i++) {
        bool mine = own && !isnan(own[i]);
        double sum = p->sum[at + i] - (mine ? own[i] : 0);

        p->estimate[i] = (sum + p->means[i % d->channels]) / (p->known[at + i] - mine + 1);
    }
    score_smooth(rates, p->estimate, d->bins, d->channels, d->psth_sd);
}

enum lfads_status baseline_psth(double *rates, const struct baseline_data *data,
                                struct lfads_error *err)
{
    const struct baseline_data *d = data;
    size_t numbers = d->bins * d->channels;
    struct psths p = {.sum = calloc(d->conditions * numbers + 1, sizeof *p.sum),
                      .known = calloc(d->conditions * numbers + 1, sizeof *p.known),
                      .estimate = calloc(numbers + 1, sizeof *p.estimate)};
    enum lfads_status status = baseline_means(&p.means, d, err);

    if (status == LFADS_OK && (!p.sum || !p.known || !p.estimate))
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for the PSTHs of %zu conditions",
                            d->conditions);
    if (status == LFADS_OK)
        add_trials(&p, d);
    for (size_t e = 0; status == LFADS_OK && e < d->eval.trials; e++) {
        const double *before = rates + (e - 1) * numbers;

        if (!d->same && e > 0 && condition_of(&d->eval, e) == condition_of(&d->eval, e - 1))
            memcpy(rates + e * numbers, before, numbers * sizeof *rates);
        else
            predict(rates + e * numbers, &p, d, e);
    }
    free(p.means);
    free(p.sum);
    free(p.known);
    free(p.estimate);
    return status;
}
