/* score.c - how good a model run's rates are: against the truth, and as predictions of the data.
 * The entry is lfads_evaluate of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "config/distribution.h"
#include "h5/h5.h"
#include "report/figure.h"

/* The numbers that are compared, [E,T,N] each; truth and variances may be NULL. */
struct scoring {
    struct h5_file data, run;
    size_t trials, bins, channels;
    const struct distribution *distribution;
    double *counts, *means, *variances, *truth;
    double conversion;
    const struct lfads_evaluation *what;
    struct lfads_error *err;
};

/* The set that the name of a model run says, as the kinds of posterior name their files. */
static const char *set_of_run(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

    return strstr(name, "_train_posterior_") ? "train" : "valid";
}

static enum lfads_status open_files(struct scoring *s)
{
    const char *const paths[] = {s->what->data_file, s->what->model_run_file};
    enum lfads_status status;

    for (size_t i = 0; i < 2; i++)
        if (!file_exists(paths[i]))
            return lfads_fail(s->err, LFADS_USAGE, "there is no file %s", paths[i]);
    status = h5_open(&s->data, s->what->data_file, s->err);
    return status == LFADS_OK ? h5_open(&s->run, s->what->model_run_file, s->err) : status;
}

static enum lfads_status shape_of(struct h5_shape *shape, const struct h5_file *file,
                                  const char *name, struct lfads_error *err)
{
    enum lfads_status status = h5_shape(shape, file, name, err);

    if (status == LFADS_OK && (shape->rank != 3 || !shape->numeric || shape->count == 0))
        status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s is not [trials,bins,channels] of numbers",
                            file->path, name);
    return status;
}

/* Fails for the first of VALUES [E,T,width] that is no number, or, from FROM on in its row, below
 * LEAST. */
static enum lfads_status check_numbers(const double *values, const struct scoring *s,
                                       const struct h5_file *file, const char *name, size_t width,
                                       size_t from, double least)
{
    for (size_t i = 0; i < s->trials * s->bins * width; i++)
        if (!isfinite(values[i]) || (i % width >= from && values[i] < least))
            return lfads_fail(
                s->err, LFADS_BAD_DATA, "%s: %s is %g in trial %zu, bin %zu, place %zu of the bin",
                file->path, name, values[i], i / width / s->bins, i / width % s->bins, i % width);
    return LFADS_OK;
}

static enum lfads_status read_trials(double **out, const struct scoring *s,
                                     const struct h5_file *file, const char *name, size_t width)
{
    size_t bytes = s->trials * s->bins * width * sizeof **out, available = memory_available();
    enum lfads_status status;

    if (bytes > available)
        return lfads_fail(
            s->err, LFADS_NO_MEMORY,
            "evaluating needs %zu MiB of memory for %s of %s, and %zu MiB can be had: "
            "evaluate fewer trials",
            bytes >> 20, name, file->path, available >> 20);
    *out = calloc(s->trials * s->bins * width, sizeof **out);
    if (!*out)
        return lfads_fail(s->err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    status = h5_read_rows(*out, H5_FLOAT64, file, name, 0, s->trials, s->trials * s->bins * width,
                          s->err);
    return status == LFADS_OK ? check_numbers(*out, s, file, name, width, width, 0) : status;
}

/* The distribution that the run names; of files that name none, the one of their width. */
static enum lfads_status find_distribution(struct scoring *s, size_t width)
{
    char name[H5_ATTRIBUTE_SIZE];
    enum lfads_status status = h5_read_attribute(name, &s->run, DISTRIBUTION_ATTRIBUTE, s->err);

    if (status != LFADS_OK)
        return status;
    if (*name)
        s->distribution = distribution_find(name);
    else
        s->distribution = distribution_of(width == 2 * s->channels ? DISTRIBUTION_gaussian
                                                                   : DISTRIBUTION_poisson);
    return s->distribution
               ? LFADS_OK
               : lfads_fail(s->err, LFADS_BAD_DATA,
                            "%s: its attribute " DISTRIBUTION_ATTRIBUTE
                            " is %s, and this program knows %s: a later version wrote the file",
                            s->run.path, name, DISTRIBUTION_CHOICES);
}

/* Parts [E,T,W N] into means and variances. */
static enum lfads_status part_output(struct scoring *s)
{
    size_t n = s->channels, rows = s->trials * s->bins, width = s->distribution->written * n;

    s->variances = calloc(rows * n, sizeof *s->variances);
    if (!s->variances)
        return lfads_fail(s->err, LFADS_NO_MEMORY, "no memory to read %s", s->run.path);
    for (size_t i = 0; i < rows; i++) {
        memcpy(s->variances + i * n, s->means + i * width + n, n * sizeof(double));
        memmove(s->means + i * n, s->means + i * width, n * sizeof(double));
    }
    return LFADS_OK;
}

static enum lfads_status read_truth(struct scoring *s, const char *set)
{
    char name[40];
    struct h5_shape shape;
    enum lfads_status status;

    snprintf(name, sizeof name, "%s_truth", set);
    if (!h5_has(&s->data, name))
        return LFADS_OK;
    status = shape_of(&shape, &s->data, name, s->err);
    if (status == LFADS_OK &&
        (shape.dims[0] < s->trials || shape.dims[1] != s->bins || shape.dims[2] != s->channels))
        status = lfads_fail(s->err, LFADS_BAD_DATA, "%s: %s has not the shape of the data",
                            s->data.path, name);
    if (status == LFADS_OK)
        status = read_trials(&s->truth, s, &s->data, name, s->channels);
    s->conversion = s->what->conversion_factor > 0 ? s->what->conversion_factor : 1;
    if (status == LFADS_OK && !(s->what->conversion_factor > 0) &&
        h5_has(&s->data, "conversion_factor"))
        status = h5_read(&s->conversion, H5_FLOAT64, &s->data, "conversion_factor", 1, s->err);
    return status;
}

/* Samples of the priors have one cost for all of them. */
static bool is_cost_of_all(const struct scoring *s, size_t trials)
{
    struct h5_shape costs;

    return trials > 1 && h5_has(&s->run, "costs") &&
           h5_shape(&costs, &s->run, "costs", NULL) == LFADS_OK && costs.count == 1;
}

static enum lfads_status read_all(struct scoring *s, const char *set)
{
    char name[40];
    struct h5_shape data, run;
    enum lfads_status status;

    snprintf(name, sizeof name, "%s_data", set);
    status = shape_of(&data, &s->data, name, s->err);
    if (status == LFADS_OK)
        status = shape_of(&run, &s->run, "output_dist_params", s->err);
    if (status != LFADS_OK)
        return status;
    if (h5_has(&s->run, "prior_zs_ar_con") || is_cost_of_all(s, run.dims[0]))
        return lfads_fail(s->err, LFADS_BAD_DATA,
                          "%s has samples of the priors, which belong to no trial: score a run of "
                          "posterior-sample or posterior-mean",
                          s->run.path);
    s->trials = run.dims[0];
    s->bins = data.dims[1];
    s->channels = data.dims[2];
    status = find_distribution(s, run.dims[2]);
    if (status != LFADS_OK)
        return status;
    if (run.dims[0] > data.dims[0] || run.dims[1] != s->bins ||
        run.dims[2] != s->distribution->written * s->channels)
        return lfads_fail(s->err, LFADS_BAD_DATA,
                          "%s has [%zu,%zu,%zu] rates, which are not those of %s in %s, "
                          "[%zu,%zu,%zu]: of %s each channel has %zu",
                          s->run.path, run.dims[0], run.dims[1], run.dims[2], name, s->data.path,
                          data.dims[0], data.dims[1], data.dims[2], s->distribution->name,
                          s->distribution->written);
    status = read_trials(&s->counts, s, &s->data, name, s->channels);
    if (status == LFADS_OK)
        status = read_trials(&s->means, s, &s->run, "output_dist_params", run.dims[2]);
    /* counts' means are not negative, variances are above 0 */
    if (status == LFADS_OK && s->distribution->data == DATA_COUNTS)
        status = check_numbers(s->means, s, &s->run, "output_dist_params", run.dims[2], 0, 0);
    if (status == LFADS_OK && s->distribution->written > 1)
        status = check_numbers(s->means, s, &s->run, "output_dist_params", run.dims[2], s->channels,
                               DBL_MIN);
    if (status == LFADS_OK && s->distribution->written > 1)
        status = part_output(s);
    return status == LFADS_OK ? read_truth(s, set) : status;
}

/* 1 - residual sum of squares / total sum of squares, over channels FIRST to FIRST+COUNT-1. */
static double r_squared(const struct scoring *s, size_t first, size_t count)
{
    size_t rows = s->trials * s->bins;
    double mean = 0, residual = 0, total = 0;

    for (size_t i = 0; i < rows; i++)
        for (size_t j = first; j < first + count; j++)
            mean += s->truth[i * s->channels + j] / (double)(rows * count);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = first; j < first + count; j++) {
            size_t at = i * s->channels + j;
            double off = s->truth[at] - s->conversion * s->means[at], from = s->truth[at] - mean;

            residual += off * off;
            total += from * from;
        }
    return 1 - residual / total;
}

static enum lfads_status score_truth(struct lfads_score *score, const struct scoring *s)
{
    if (!s->truth)
        return LFADS_OK;
    score->has_truth = true;
    score->r2 = r_squared(s, 0, s->channels);
    score->channel_r2 = calloc(s->channels, sizeof *score->channel_r2);
    if (!score->channel_r2)
        return lfads_fail(s->err, LFADS_NO_MEMORY, "no memory for %zu channels' scores",
                          s->channels);
    for (size_t j = 0; j < s->channels; j++)
        score->channel_r2[j] = r_squared(s, j, 1);
    return LFADS_OK;
}

/* The mean of a number that the run has for each trial. */
static enum lfads_status mean_of_run(double *mean, const struct scoring *s, const char *name)
{
    double *values = calloc(s->trials, sizeof *values);
    enum lfads_status status =
        values ? h5_read(values, H5_FLOAT64, &s->run, name, s->trials, s->err)
               : lfads_fail(s->err, LFADS_NO_MEMORY, "no memory to read %s", s->run.path);

    *mean = 0;
    for (size_t i = 0; i < s->trials && status == LFADS_OK; i++)
        *mean += values[i] / (double)s->trials;
    free(values);
    return status;
}

static enum lfads_status score_bounds(struct lfads_score *score, const struct scoring *s)
{
    enum lfads_status status;

    if (!h5_has(&s->run, "nll_bound_vaes") || !h5_has(&s->run, "nll_bound_iwaes"))
        return LFADS_OK;
    score->has_bounds = true;
    status = mean_of_run(&score->nll_vae, s, "nll_bound_vaes");
    return status == LFADS_OK ? mean_of_run(&score->nll_iwae, s, "nll_bound_iwaes") : status;
}

/* log p of a count under a rate, without log k!, which cancels in differences. A rate of zero with
 * a spike is taken as the smallest there is. */
static double log_poisson(double count, double rate)
{
    return count * log(fmax(rate, 1e-300)) - rate;
}

/* (log-likelihood of the rates - that of each channel's mean rate) / (spikes ln 2). */
static double bits_per_spike(const struct scoring *s)
{
    size_t rows = s->trials * s->bins, n = s->channels;
    double model = 0, null = 0, spikes = 0;

    for (size_t j = 0; j < n; j++) {
        double mean = 0;

        for (size_t i = 0; i < rows; i++)
            mean += s->counts[i * n + j] / (double)rows;
        for (size_t i = 0; i < rows; i++) {
            double count = s->counts[i * n + j];

            model += log_poisson(count, s->means[i * n + j]);
            null += log_poisson(count, mean);
            spikes += count;
        }
    }
    return (model - null) / (spikes * log(2));
}

/* -log p of a number I of the data. */
static double nll_of(const struct scoring *s, size_t i)
{
    double x = s->counts[i], m = s->means[i];

    switch (s->distribution->id) {
    case DISTRIBUTION_poisson:
        return lgamma(x + 1) - log_poisson(x, m);
    case DISTRIBUTION_gaussian:
        return (log(2 * M_PI * s->variances[i]) + (x - m) * (x - m) / s->variances[i]) / 2;
    case DISTRIBUTIONS:
        break;
    }
    return (double)NAN;
}

static double nll_per_trial(const struct scoring *s)
{
    size_t count = s->trials * s->bins * s->channels;
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += nll_of(s, i);
    return sum / (double)s->trials;
}

/* The shown trial's [T,count] of a data set [trials,T,count], the caller's to free; *OUT stays NULL
 * where the file has no such set. */
static enum lfads_status read_inputs(double **out, size_t *count, const struct scoring *s,
                                     const struct h5_file *file, const char *name)
{
    struct h5_shape shape;
    enum lfads_status status;

    if (!h5_has(file, name))
        return LFADS_OK;
    status = shape_of(&shape, file, name, s->err);
    if (status != LFADS_OK)
        return status;
    if (shape.dims[0] < s->trials || shape.dims[1] != s->bins)
        return lfads_fail(s->err, LFADS_BAD_DATA, "%s: %s are not those of its trials", file->path,
                          name);
    *count = shape.dims[2];
    *out = calloc(s->bins * *count, sizeof **out);
    if (!*out)
        return lfads_fail(s->err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    return h5_read_rows(*out, H5_FLOAT64, file, name, s->what->trial, 1, s->bins * *count, s->err);
}

/* The true inputs, by the names that the generators of synthetic sets give them. */
static enum lfads_status read_true_inputs(double **out, size_t *count, const struct scoring *s,
                                          const char *set)
{
    static const char *const names[] = {"input_%s_truth", "%s_inputs_u"};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < sizeof names / sizeof names[0] && status == LFADS_OK && !*out; i++) {
        char name[40];

        snprintf(name, sizeof name, names[i], set);
        status = read_inputs(out, count, s, &s->data, name);
    }
    return status;
}

static enum lfads_status draw_figure(const struct scoring *s, const char *set)
{
    size_t at = s->what->trial * s->bins * s->channels;
    double *inputs = NULL, *truth = NULL;
    struct figure_trial trial;
    enum lfads_status status;

    if (s->what->trial >= s->trials)
        return lfads_fail(s->err, LFADS_USAGE, "there is no trial %zu: %s has %zu, counted from 0",
                          s->what->trial, s->run.path, s->trials);
    trial = (struct figure_trial){.rates = {.bins = s->bins,
                                            .channels = s->channels,
                                            .means = s->means + at,
                                            .variances = s->variances ? s->variances + at : NULL,
                                            .truth = s->truth ? s->truth + at : NULL,
                                            .data = s->counts + at,
                                            .conversion = s->truth ? s->conversion : 1}};
    status = read_inputs(&inputs, &trial.n_inputs, s, &s->run, "controller_outputs");
    if (status == LFADS_OK && inputs)
        status = read_true_inputs(&truth, &trial.n_true_inputs, s, set);
    trial.inputs = inputs;
    trial.true_inputs = truth;
    if (status == LFADS_OK)
        status = figure_write(s->what->figure, &trial, s->err);
    free(inputs);
    free(truth);
    return status;
}

static void release(struct scoring *s)
{
    h5_close(&s->data, NULL);
    h5_close(&s->run, NULL);
    free(s->counts);
    free(s->means);
    free(s->variances);
    free(s->truth);
}

enum lfads_status lfads_evaluate(struct lfads_score *score, const struct lfads_evaluation *what,
                                 struct lfads_error *err)
{
    struct scoring s = {.what = what, .err = err};
    const char *set;
    enum lfads_status status;

    if (score)
        *score = (struct lfads_score){.trials = 0};
    if (!score || !what || !what->data_file || !what->model_run_file)
        return lfads_fail(err, LFADS_USAGE, "lfads_evaluate: %s is NULL",
                          !score             ? "score"
                          : !what            ? "what"
                          : !what->data_file ? "data_file"
                                             : "model_run_file");
    set = what->set ? what->set : set_of_run(what->model_run_file);
    status = open_files(&s);
    if (status == LFADS_OK)
        status = read_all(&s, set);
    if (status == LFADS_OK) {
        bool is_counts = s.distribution->data == DATA_COUNTS;

        *score = (struct lfads_score){.set = set,
                                      .trials = s.trials,
                                      .bins = s.bins,
                                      .channels = s.channels,
                                      .has_bits_per_spike = is_counts,
                                      .nll = nll_per_trial(&s)};
        score->bits_per_spike = is_counts ? bits_per_spike(&s) : 0;
        status = score_truth(score, &s);
    }
    if (status == LFADS_OK)
        status = score_bounds(score, &s);
    if (status == LFADS_OK && what->figure)
        status = draw_figure(&s, set);
    release(&s);
    return status;
}

void lfads_score_release(struct lfads_score *score)
{
    if (!score)
        return;
    free(score->channel_r2);
    score->channel_r2 = NULL;
}
