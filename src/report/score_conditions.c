/* score_conditions.c - R2 to PSTHs, and the correlation of neural speed with produced times.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/score_conditions.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "report/score.h"

/* The mean rates of one bin over the trials of condition C in MEAN [N]; false if none has it. */
static bool mean_rates(double *mean, const struct condition_rates *w, size_t c, size_t bin)
{
    size_t count = 0;

    for (size_t j = 0; j < w->channels; j++)
        mean[j] = 0;
    for (size_t i = w->conditions->first[c]; i < w->conditions->first[c + 1]; i++) {
        size_t trial = w->conditions->trial[i];
        int64_t from = (int64_t)bin - (w->jitter ? w->jitter[trial] : 0);
        const double *rates;

        if (from < 0 || from >= (int64_t)w->bins)
            continue;
        rates = w->rates + trial * w->trial_stride + (size_t)from * w->bin_stride;
        for (size_t j = 0; j < w->channels; j++)
            mean[j] += rates[j];
        count++;
    }
    for (size_t j = 0; j < w->channels && count > 0; j++)
        mean[j] /= (double)count;
    return count > 0;
}

/* Whether all channels of a bin are known. */
static bool is_known(const double *psth, size_t channels)
{
    for (size_t j = 0; j < channels; j++)
        if (isnan(psth[j]))
            return false;
    return true;
}

size_t score_psth_missing(const double *psth, size_t bins, size_t channels)
{
    size_t missing = 0;

    for (size_t i = 0; i < bins; i++)
        missing += !is_known(psth + i * channels, channels);
    return missing;
}

enum lfads_status score_psth_r2(double *r2, const struct condition_rates *what,
                                struct lfads_error *err)
{
    size_t n = what->channels, conditions = what->conditions->count, rows = 0;
    double *truth = calloc(conditions * what->bins * n + 1, sizeof *truth);
    double *mean = calloc(conditions * what->bins * n + 1, sizeof *mean);

    *r2 = (double)NAN;
    if (!truth || !mean) {
        free(truth);
        free(mean);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the PSTHs of %zu conditions",
                          conditions);
    }
    for (size_t c = 0; c < conditions; c++)
        for (size_t t = 0; t < what->bins; t++) {
            const double *psth = what->psth + (c * what->bins + t) * n;

            if (!is_known(psth, n) || !mean_rates(mean + rows * n, what, c, t))
                continue;
            for (size_t j = 0; j < n; j++)
                truth[rows * n + j] = psth[j];
            rows++;
        }
    if (rows > 0)
        *r2 = 0;
    for (size_t j = 0; j < n && rows > 0; j++)
        *r2 += score_column_r2(truth + j, mean + j, rows, n) / (double)n;
    free(truth);
    free(mean);
    return LFADS_OK;
}

void score_smooth(double *out, const double *values, size_t bins, size_t channels, double sd)
{
    size_t reach = sd > 0 ? (size_t)fmin(floor(3 * sd), (double)bins) : 0;

    for (size_t t = 0; t < bins; t++) {
        double sum = 0;

        for (size_t j = 0; j < channels; j++)
            out[t * channels + j] = 0;
        for (size_t i = t > reach ? t - reach : 0; i < bins && i <= t + reach; i++) {
            double distance = ((double)i - (double)t) / (sd > 0 ? sd : 1);
            double weight = exp(-distance * distance / 2);

            for (size_t j = 0; j < channels; j++)
                out[t * channels + j] += weight * values[i * channels + j];
            sum += weight;
        }
        for (size_t j = 0; j < channels; j++)
            out[t * channels + j] /= sum;
    }
}

/* Returns the mean distance of the rates of trial E in successive bins that have counts; NaN with
 * fewer than two. */
static double speed_of(const struct interval_rates *w, size_t e)
{
    const double *before = NULL;
    double sum = 0;
    size_t steps = 0;

    for (size_t t = 0; t < w->bins; t++) {
        const double *rates = w->rates + e * w->trial_stride + t * w->channels;
        double square = 0;

        if (isnan(w->counts[(e * w->bins + t) * w->count_stride]))
            continue;
        for (size_t j = 0; before && j < w->channels; j++)
            square += (rates[j] - before[j]) * (rates[j] - before[j]);
        sum += sqrt(square);
        steps += before != NULL;
        before = rates;
    }
    return steps > 0 ? sum / (double)steps : (double)NAN;
}

/* Pearson's correlation of the speeds and produced times of COUNT trials; NaN if one is constant.
 */
static double correlation(const double *speed, const struct interval_rates *w, const size_t *trial,
                          size_t count)
{
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;

    for (size_t i = 0; i < count; i++) {
        x += speed[trial[i]] / (double)count;
        y += w->behaviour[(trial[i] + 1) * w->components - 1] / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        double dx = speed[trial[i]] - x;
        double dy = w->behaviour[(trial[i] + 1) * w->components - 1] - y;

        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : (double)NAN;
}

/* Whether trials A and B are of one condition. */
static bool same_condition(const struct interval_rates *w, size_t a, size_t b)
{
    const double *x = w->behaviour + a * w->components, *y = w->behaviour + b * w->components;

    return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}

static bool has_nan(const struct interval_rates *w, size_t e)
{
    bool any = false;

    for (size_t j = 0; j < w->components; j++)
        any = any || isnan(w->behaviour[e * w->components + j]);
    return any;
}

/* Returns the mean correlation over conditions. USED [E] says which trials do not count any more,
 * GROUP [E] is for working. */
static double mean_correlation(const double *speed, const struct interval_rates *w, bool *used,
                               size_t *group)
{
    double sum = 0;
    size_t counted = 0;

    for (size_t e = 0; e < w->trials; e++) {
        size_t count = 0;
        double r;

        for (size_t i = e; !used[e] && i < w->trials; i++)
            if (!used[i] && same_condition(w, e, i))
                group[count++] = i;
        for (size_t i = 0; i < count; i++)
            used[group[i]] = true;
        r = count > 1 ? correlation(speed, w, group, count) : (double)NAN;
        sum += isnan(r) ? 0 : r;
        counted += !isnan(r);
    }
    return counted > 0 ? sum / (double)counted : (double)NAN;
}

enum lfads_status score_time_correlation(double *r, const struct interval_rates *what,
                                         struct lfads_error *err)
{
    double *speed = calloc(what->trials + 1, sizeof *speed);
    bool *used = calloc(what->trials + 1, sizeof *used);
    size_t *group = calloc(what->trials + 1, sizeof *group);
    bool memory = speed && used && group;

    *r = (double)NAN;
    for (size_t e = 0; memory && e < what->trials; e++) {
        speed[e] = speed_of(what, e);
        used[e] = isnan(speed[e]) || has_nan(what, e);
    }
    if (memory)
        *r = mean_correlation(speed, what, used, group);
    free(speed);
    free(used);
    free(group);
    return memory ? LFADS_OK
                  : lfads_fail(err, LFADS_NO_MEMORY, "no memory for the speeds of %zu trials",
                               what->trials);
}
