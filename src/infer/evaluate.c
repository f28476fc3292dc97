/* evaluate.c - scores a file of results against its data file, and draws a trial. Entry points:
 * lfads_evaluate and lfads_score_release of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "data/session.h"
#include "infer/results_file.h"
#include "report/figure.h"
#include "report/score.h"

struct evaluation {
    struct h5_file data, run;
    size_t trials, bins, channels; /* E, T, N */
    size_t outputs;                /* O: what the distribution writes, N numbers each */
    const struct distribution *distribution;
    double *counts, *output, *truth; /* [E,T,N], [E,T,O], [E,T,N] or NULL */
    double conversion;
    const struct lfads_evaluation *what;
    struct lfads_error *err;
};

static const char *run_key(enum result result) { return results_key(OF_POSTERIORS, result); }

/* Returns the variances in OUTPUT, NULL if the distribution has none. */
static const double *variances_of(const struct evaluation *s, const double *output)
{
    return s->distribution->written > 1 ? output + s->channels : NULL;
}

static struct scored scored_arrays(const struct evaluation *s)
{
    return (struct scored){.rows = s->trials * s->bins,
                           .channels = s->channels,
                           .outputs = s->outputs,
                           .data = s->counts,
                           .means = s->output,
                           .variances = variances_of(s, s->output),
                           .distribution = s->distribution->id,
                           .truth = s->truth,
                           .conversion = s->conversion};
}

/* The set in the name of a file of results, as posterior sampling names its files. */
static const char *set_of_run(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

    return strstr(name, "_train_posterior_") ? "train" : "valid";
}

static enum lfads_status open_files(struct evaluation *s)
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

/* Fails if an element of VALUES [E,T,width] is not finite or, from column FIRST on, below MIN; the
 * error names the first such element. */
static enum lfads_status check_numbers(const double *values, const struct evaluation *s,
                                       const struct h5_file *file, const char *name, size_t width,
                                       size_t first, double min)
{
    for (size_t i = 0; i < s->trials * s->bins * width; i++)
        if (!isfinite(values[i]) || (i % width >= first && values[i] < min))
            return lfads_fail(
                s->err, LFADS_BAD_DATA, "%s: %s is %g in trial %zu, bin %zu, place %zu of the bin",
                file->path, name, values[i], i / width / s->bins, i / width % s->bins, i % width);
    return LFADS_OK;
}

static enum lfads_status read_trials(double **out, const struct evaluation *s,
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

static enum lfads_status read_truth(struct evaluation *s, const char *set)
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
    if (s->what->conversion_factor > 0)
        s->conversion = s->what->conversion_factor;
    else if (status == LFADS_OK)
        status = session_read_conversion(&s->conversion, &s->data, s->err);
    return status;
}

/* A file of samples of the priors has a single cost. */
static bool is_cost_of_all(const struct evaluation *s, size_t trials)
{
    struct h5_shape costs;

    return trials > 1 && h5_has(&s->run, run_key(RESULT_COST)) &&
           h5_shape(&costs, &s->run, run_key(RESULT_COST), NULL) == LFADS_OK && costs.count == 1;
}

/* The distribution that the run names; if it names none, the one of its width. */
static enum lfads_status find_distribution(struct evaluation *s)
{
    char name[H5_ATTRIBUTE_SIZE];
    enum lfads_status status = h5_read_attribute(name, &s->run, DISTRIBUTION_ATTRIBUTE, s->err);

    if (status != LFADS_OK)
        return status;
    if (*name)
        s->distribution = distribution_find(name);
    else
        s->distribution = distribution_of(s->outputs == 2 * s->channels ? DISTRIBUTION_gaussian
                                                                        : DISTRIBUTION_poisson);
    return s->distribution
               ? LFADS_OK
               : lfads_fail(s->err, LFADS_BAD_DATA,
                            "%s: its attribute " DISTRIBUTION_ATTRIBUTE
                            " is %s, and this program knows %s: a later version wrote the file",
                            s->run.path, name, DISTRIBUTION_CHOICES);
}

/* Sets the sizes; fails if the run does not belong to the data's trials. */
static enum lfads_status check_run(struct evaluation *s, const char *data_name)
{
    struct h5_shape data, run;
    enum lfads_status status = shape_of(&data, &s->data, data_name, s->err);

    if (status == LFADS_OK)
        status = shape_of(&run, &s->run, run_key(RESULT_OUTPUT), s->err);
    if (status != LFADS_OK)
        return status;
    if (h5_has(&s->run, results_key(OF_PRIORS, RESULT_INPUTS)) || is_cost_of_all(s, run.dims[0]))
        return lfads_fail(s->err, LFADS_BAD_DATA,
                          "%s has samples of the priors, which belong to no trial: score a run of "
                          "posterior-sample or posterior-mean",
                          s->run.path);
    s->trials = run.dims[0];
    s->bins = data.dims[1];
    s->channels = data.dims[2];
    s->outputs = run.dims[2];
    status = find_distribution(s);
    if (status != LFADS_OK)
        return status;
    if (run.dims[0] > data.dims[0] || run.dims[1] != s->bins ||
        s->outputs != s->distribution->written * s->channels)
        return lfads_fail(s->err, LFADS_BAD_DATA,
                          "%s has [%zu,%zu,%zu] rates, which are not those of %s in %s, "
                          "[%zu,%zu,%zu]: of %s each channel has %zu",
                          s->run.path, run.dims[0], run.dims[1], run.dims[2], data_name,
                          s->data.path, data.dims[0], data.dims[1], data.dims[2],
                          s->distribution->name, s->distribution->written);
    return LFADS_OK;
}

static enum lfads_status read_all(struct evaluation *s, const char *set)
{
    char name[40];
    enum lfads_status status;

    snprintf(name, sizeof name, "%s_data", set);
    status = check_run(s, name);
    if (status == LFADS_OK)
        status = read_trials(&s->counts, s, &s->data, name, s->channels);
    if (status == LFADS_OK)
        status = read_trials(&s->output, s, &s->run, run_key(RESULT_OUTPUT), s->outputs);
    /* counts' means are not negative, variances are above 0 */
    if (status == LFADS_OK && s->distribution->data == DATA_COUNTS)
        status = check_numbers(s->output, s, &s->run, run_key(RESULT_OUTPUT), s->outputs, 0, 0);
    if (status == LFADS_OK && s->distribution->written > 1)
        status = check_numbers(s->output, s, &s->run, run_key(RESULT_OUTPUT), s->outputs,
                               s->channels, DBL_MIN);
    return status == LFADS_OK ? read_truth(s, set) : status;
}

static enum lfads_status score_truth(struct lfads_score *score, const struct evaluation *s)
{
    const struct scored scored = scored_arrays(s);

    if (!s->truth)
        return LFADS_OK;
    score->has_truth = true;
    score->r2 = score_r_squared(&scored, 0, s->channels);
    score->channel_r2 = calloc(s->channels, sizeof *score->channel_r2);
    if (!score->channel_r2)
        return lfads_fail(s->err, LFADS_NO_MEMORY, "no memory for %zu channels' scores",
                          s->channels);
    for (size_t j = 0; j < s->channels; j++)
        score->channel_r2[j] = score_r_squared(&scored, j, 1);
    return LFADS_OK;
}

/* Sets *MEAN to the mean over trials of the run's data set NAME. */
static enum lfads_status mean_of_run(double *mean, const struct evaluation *s, const char *name)
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

static enum lfads_status score_bounds(struct lfads_score *score, const struct evaluation *s)
{
    enum lfads_status status;

    if (!h5_has(&s->run, run_key(RESULT_NLL_VAE)) || !h5_has(&s->run, run_key(RESULT_NLL_IWAE)))
        return LFADS_OK;
    score->has_bounds = true;
    status = mean_of_run(&score->nll_vae, s, run_key(RESULT_NLL_VAE));
    return status == LFADS_OK ? mean_of_run(&score->nll_iwae, s, run_key(RESULT_NLL_IWAE)) : status;
}

/* Reads the drawn trial's [T,count] of a data set [trials,T,count]; the caller frees *OUT. *OUT
 * stays NULL if the file lacks the data set. */
static enum lfads_status read_inputs(double **out, size_t *count, const struct evaluation *s,
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

/* Reads the true inputs, under the names that the generators of synthetic sets use. */
static enum lfads_status read_true_inputs(double **out, size_t *count, const struct evaluation *s,
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

/* Returns the width of a bin in seconds, which synthetic sets record; 0: unknown. */
static double bin_width(const struct evaluation *s)
{
    double width = 0;

    if (!h5_has(&s->data, "dt") ||
        h5_read(&width, H5_FLOAT64, &s->data, "dt", 1, NULL) != LFADS_OK || !isfinite(width))
        return 0;
    return width;
}

static enum lfads_status draw_figure(const struct evaluation *s, const char *set)
{
    size_t offset = s->what->trial * s->bins * s->channels;
    const double *output = s->output + s->what->trial * s->bins * s->outputs;
    double *inputs = NULL, *truth = NULL;
    struct figure_trial trial;
    enum lfads_status status;

    if (s->what->trial >= s->trials)
        return lfads_fail(s->err, LFADS_USAGE, "there is no trial %zu: %s has %zu, counted from 0",
                          s->what->trial, s->run.path, s->trials);
    trial = (struct figure_trial){.file = s->what->data_file,
                                  .set = set,
                                  .trial = s->what->trial,
                                  .rates = {.bins = s->bins,
                                            .channels = s->channels,
                                            .outputs = s->outputs,
                                            .means = output,
                                            .variances = variances_of(s, output),
                                            .truth = s->truth ? s->truth + offset : NULL,
                                            .data = s->counts + offset,
                                            .conversion = s->truth ? s->conversion : 1,
                                            .bin_s = bin_width(s)}};
    status = read_inputs(&inputs, &trial.n_inputs, s, &s->run, run_key(RESULT_INPUTS));
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

static enum lfads_status score_run(struct lfads_score *score, const struct evaluation *s,
                                   const char *set)
{
    const struct scored scored = scored_arrays(s);
    bool counts = s->distribution->data == DATA_COUNTS;
    enum lfads_status status;

    *score = (struct lfads_score){.set = set,
                                  .trials = s->trials,
                                  .bins = s->bins,
                                  .channels = s->channels,
                                  .has_bits_per_spike = counts,
                                  .bits_per_spike = counts ? score_bits_per_spike(&scored) : 0,
                                  .nll = score_nll(&scored) / (double)s->trials};
    status = score_truth(score, s);
    return status == LFADS_OK ? score_bounds(score, s) : status;
}

static void release(struct evaluation *s)
{
    h5_close(&s->data, NULL);
    h5_close(&s->run, NULL);
    free(s->counts);
    free(s->output);
    free(s->truth);
}

enum lfads_status lfads_evaluate(struct lfads_score *score, const struct lfads_evaluation *what,
                                 struct lfads_error *err)
{
    struct evaluation s = {.what = what, .err = err};
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
    if (!isfinite(what->conversion_factor) || what->conversion_factor < 0)
        return lfads_fail(
            err, LFADS_USAGE,
            "lfads_evaluate: conversion_factor is %g, and a number above 0 is needed, "
            "or 0 for the data file's",
            what->conversion_factor);
    set = what->set ? what->set : set_of_run(what->model_run_file);
    status = open_files(&s);
    if (status == LFADS_OK)
        status = read_all(&s, set);
    if (status == LFADS_OK)
        status = score_run(score, &s, set);
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
