/* evaluation_conditions.c - scores rates against peri-stimulus time histograms: the data file's, or
 * those of its conditions' data.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/shape_fit.h"
#include "infer/arrays.h"
#include "infer/conditions.h"
#include "infer/evaluation_scores.h"
#include "infer/labels.h"

static const double smoothing_s = 0.05; /* standard deviation; the benchmark's is 40 to 70 ms */

/* Whether no channel of PSTH [bins,channels] has two values among the bins that are known. */
static bool is_constant(const double *psth, size_t bins, size_t channels)
{
    for (size_t j = 0; j < channels; j++) {
        double first = (double)NAN;

        for (size_t i = 0; i < bins; i++) {
            if (score_psth_missing(psth + i * channels, 1, channels))
                continue;
            if (isnan(first))
                first = psth[i * channels + j];
            if (psth[i * channels + j] != first)
                return false;
        }
    }
    return true;
}

/* Scores against PSTH [conditions,T,N]. R2 to PSTHs that do not vary is NaN. */
static enum lfads_status score_psths(struct lfads_score *score, const struct evaluation *s,
                                     const struct condition_trials *conditions, const double *psth,
                                     const int64_t *jitter)
{
    size_t bins = conditions->count * (s->bins - s->forward);

    score->missing_psth = score_psth_missing(psth, bins, s->channels);
    if (score->missing_psth == bins)
        return LFADS_OK;
    score->has_psth = true;
    score->conditions = conditions->count;
    score->psth_r2 = (double)NAN;
    if (is_constant(psth, bins, s->channels))
        return LFADS_OK;
    return score_psth_r2(&score->psth_r2,
                         &(struct condition_rates){.trials = s->trials,
                                                   .bins = s->bins - s->forward,
                                                   .channels = s->channels,
                                                   .rates = s->output,
                                                   .bin_stride = s->outputs,
                                                   .trial_stride = s->bins * s->outputs,
                                                   .conditions = conditions,
                                                   .psth = psth,
                                                   .jitter = jitter},
                         s->err);
}

/* The data file's PSTHs, which are of the encoded bins, and the lists NAME of their trials. */
static enum lfads_status score_given(struct lfads_score *score, const struct evaluation *s,
                                     const char *name)
{
    struct condition_trials conditions = {.count = 0};
    int64_t *jitter = NULL;
    struct array psth;
    size_t trials;
    char other[40];
    enum lfads_status status = array_read(&psth, &s->data, "psth", 3, s->err);

    if (status == LFADS_OK)
        array_forget_infinite(psth.values, psth.count);
    evaluation_data_name(other, s, s->set);
    if (status == LFADS_OK)
        status = evaluation_count_trials(&trials, s, other);
    if (status == LFADS_OK)
        status = conditions_read(&conditions, &s->data, name, trials, s->err);
    if (status == LFADS_OK)
        conditions_cut(&conditions, s->trials);
    snprintf(other, sizeof other, "%s_jitter", s->set);
    if (status == LFADS_OK)
        status = conditions_read_jitter(&jitter, &s->data, other, s->trials, s->err);
    if (status == LFADS_OK)
        status = array_expect(&psth, &s->data, 0, conditions.count, name, s->err);
    if (status == LFADS_OK)
        status = array_expect(&psth, &s->data, 1, s->bins - s->forward, "the encoded bins", s->err);
    if (status == LFADS_OK)
        status = array_expect(&psth, &s->data, 2, s->channels, "the data", s->err);
    if (status == LFADS_OK)
        status = score_psths(score, s, &conditions, psth.values, jitter);
    free(jitter);
    conditions_free(&conditions);
    array_free(&psth);
    return status;
}

/* Adds the trials of set SET to the SUM [conditions,T,N] of its condition, and counts the numbers
 * that were recorded in KNOWN, which is as large. */
static enum lfads_status add_trials(double *sum, double *known, const struct labels *l,
                                    const struct evaluation *s, size_t set)
{
    size_t numbers = s->bins * s->channels;
    double *trial = calloc(numbers, sizeof *trial);
    char name[40];
    enum lfads_status status =
        trial ? LFADS_OK
              : lfads_fail(s->err, LFADS_NO_MEMORY, "no memory to read %s", s->data.path);

    evaluation_data_name(name, s, labels_set_name(set));
    for (size_t e = 0; e < l->trials[set] && status == LFADS_OK; e++) {
        size_t c = l->number[set][e];

        if (c >= l->known)
            continue;
        status = shape_read_rows(trial, H5_FLOAT64, &s->data, name, l->trials[set], e, 1, numbers,
                                 s->err);
        for (size_t i = 0; i < numbers && status == LFADS_OK; i++)
            if (!isnan(trial[i])) {
                sum[c * numbers + i] += trial[i];
                known[c * numbers + i]++;
            }
    }
    free(trial);
    return status;
}

double evaluation_psth_sd(const struct evaluation *s)
{
    double width = evaluation_bin_width(s);

    if (s->what->psth_sd != 0)
        return s->what->psth_sd > 0 ? s->what->psth_sd : 0;
    return width > 0 ? smoothing_s / width : 0;
}

/* Sets *PSTH [conditions,encoded bins,N] to the smoothed means over trials of both sets: more
 * trials give truer means. The caller frees it. */
static enum lfads_status make_psths(double **psth, const struct labels *l,
                                    const struct evaluation *s, double sd)
{
    size_t numbers = s->bins * s->channels, encoded = (s->bins - s->forward) * s->channels;
    double *sum = NULL, *known = NULL, *smooth = NULL;
    enum lfads_status status =
        array_allocate(psth, l->known * encoded, "PSTHs", s->data.path, s->err);

    if (status == LFADS_OK)
        status = array_allocate(&sum, l->known * numbers, "PSTHs", s->data.path, s->err);
    if (status == LFADS_OK)
        status = array_allocate(&known, l->known * numbers, "PSTHs", s->data.path, s->err);
    if (status == LFADS_OK)
        status = array_allocate(&smooth, numbers, "PSTHs", s->data.path, s->err);
    for (size_t i = 0; i < LABEL_SETS && status == LFADS_OK; i++)
        status = add_trials(sum, known, l, s, i);
    for (size_t c = 0; c < l->known && status == LFADS_OK; c++) {
        for (size_t i = 0; i < numbers; i++) /* NaN where no trial was recorded */
            sum[c * numbers + i] /= known[c * numbers + i];
        score_smooth(smooth, sum + c * numbers, s->bins, s->channels, sd);
        for (size_t i = 0; i < encoded; i++) {
            (*psth)[c * encoded + i] = smooth[i];
            if (isnan(smooth[i])) /* the first channel says that the bin does not count */
                (*psth)[c * encoded + i / s->channels * s->channels] = smooth[i];
        }
    }
    free(sum);
    free(known);
    free(smooth);
    return status;
}

/* The conditions L that the data file names for each trial; SET is the evaluated one. */
static enum lfads_status score_labelled(struct lfads_score *score, const struct evaluation *s,
                                        const struct labels *l, size_t set)
{
    struct condition_trials conditions = {.count = 0};
    double *psth = NULL, sd = evaluation_psth_sd(s);
    enum lfads_status status;

    for (size_t e = 0; e < s->trials; e++)
        score->missing_conditions += !l->number[set] || l->number[set][e] >= l->known;
    if (score->missing_conditions == s->trials)
        return LFADS_OK;
    status = conditions_sort(&conditions, l->number[set], s->trials, l->count, s->err);
    if (status == LFADS_OK)
        status = make_psths(&psth, l, s, sd);
    if (status == LFADS_OK)
        conditions.count = l->known; /* trials without a condition come last */
    if (status == LFADS_OK)
        status = score_psths(score, s, &conditions, psth, NULL);
    score->psth_sd = sd;
    conditions_free(&conditions);
    free(psth);
    return status;
}

enum lfads_status evaluation_score_conditions(struct lfads_score *score, const struct evaluation *s)
{
    struct labels labels;
    char name[40];
    enum lfads_status status;

    snprintf(name, sizeof name, "%s_cond_idx", s->set);
    if (h5_has(&s->data, "psth") && h5_has(&s->data, name))
        return score_given(score, s, name);
    status = labels_read(&labels, s);
    for (size_t i = 0; i < LABEL_SETS && status == LFADS_OK && labels.count > 0; i++)
        if (strcmp(s->set, labels_set_name(i)) == 0)
            status = score_labelled(score, s, &labels, i);
    labels_free(&labels);
    return status;
}
