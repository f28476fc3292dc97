/* evaluate.c - scores a file of results against its data file, and draws a trial. Entry points:
 * lfads_evaluate and lfads_score_free of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sized.h"
#include "infer/arrays.h"
#include "infer/band.h"
#include "infer/evaluation.h"
#include "infer/evaluation_scores.h"
#include "infer/unit_names.h"
#include "report/figure.h"
#include "report/score.h"

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

static enum lfads_status score_truth(struct lfads_score *score, const struct evaluation *s)
{
    const struct scored scored = scored_arrays(s);

    if (!s->truth)
        return LFADS_OK;
    score->missing_truth = array_missing(s->truth, s->trials * s->bins * s->channels);
    if (score->missing_truth == s->trials * s->bins * s->channels)
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

    if (!h5_has(&s->run, evaluation_key(RESULT_NLL_VAE)) ||
        !h5_has(&s->run, evaluation_key(RESULT_NLL_IWAE)))
        return LFADS_OK;
    score->has_bounds = true;
    status = mean_of_run(&score->nll_vae, s, evaluation_key(RESULT_NLL_VAE));
    return status == LFADS_OK ? mean_of_run(&score->nll_iwae, s, evaluation_key(RESULT_NLL_IWAE))
                              : status;
}

/* Appends a score to TEXT, which has SIZE bytes. */
static void add_score(char *text, size_t size, bool has, const char *format, double value)
{
    size_t length = strlen(text);

    if (has && isfinite(value))
        snprintf(text + length, size - length, format, value);
}

/* Reads the band of the drawn trial's RESULT, if there is one. */
static enum lfads_status read_band(struct band *band, const struct evaluation *s,
                                   enum result result, size_t width, const double *means)
{
    enum lfads_status status = band_find(band, s, result, width);

    return status == LFADS_OK && band->share > 0 ? band_read(band, s, s->what->trial, means)
                                                 : status;
}

static enum lfads_status draw_figure(const struct lfads_score *score, const struct evaluation *s)
{
    size_t offset = s->what->trial * s->bins * s->channels;
    const double *output = s->output + s->what->trial * s->bins * s->outputs;
    double *inputs = NULL, *truth = NULL;
    bool known;
    struct band rates_band = {.share = 0}, inputs_band = {.share = 0};
    struct figure_trial trial;
    char scores[200];
    enum lfads_status status;

    if (s->what->trial >= s->trials)
        return lfads_fail(s->err, LFADS_USAGE, "there is no trial %zu: %s has %zu, counted from 0",
                          s->what->trial, s->run.path, s->trials);
    known = s->truth && array_missing(s->truth + offset, s->bins * s->channels) == 0;
    for (size_t i = offset; i < offset + s->bins * s->channels; i++)
        if (isnan(s->counts[i]))
            s->counts[i] = 0; /* not recorded: nothing to draw, and all scores are known */
    snprintf(scores, sizeof scores, "all %zu trials", s->trials);
    add_score(scores, sizeof scores, score->has_bits_per_spike, ", bits per spike %.3f",
              score->bits_per_spike);
    add_score(scores, sizeof scores, s->heldout > 0, ", held-out channels %.3f", score->co_bps);
    add_score(scores, sizeof scores, s->forward > 0, ", forward bins %.3f", score->fp_bps);
    add_score(scores, sizeof scores, score->has_truth, ", R² to the truth %.3f", score->r2);
    trial = (struct figure_trial){.file = s->what->data_file,
                                  .set = s->set,
                                  .trial = s->what->trial,
                                  .scores = scores,
                                  .rates = {.bins = s->bins,
                                            .reals = s->distribution->data != DATA_COUNTS,
                                            .channels = s->channels,
                                            .outputs = s->outputs,
                                            .means = output,
                                            .variances = variances_of(s, output),
                                            .truth = known ? s->truth + offset : NULL,
                                            .data = s->counts + offset,
                                            .conversion = known ? s->conversion : 1,
                                            .bin_s = evaluation_bin_width(s)}};
    status = evaluation_read_inferred_inputs(&inputs, &trial.n_inputs, s);
    if (status == LFADS_OK && inputs)
        status = evaluation_read_true_inputs(&truth, &trial.n_true_inputs, s);
    if (status == LFADS_OK)
        status = read_band(&rates_band, s, RESULT_OUTPUT, s->outputs, output);
    if (status == LFADS_OK && inputs)
        status = read_band(&inputs_band, s, RESULT_INPUTS, trial.n_inputs, inputs);
    trial.rates.band = (struct rates_band){rates_band.low, rates_band.high, rates_band.name};
    trial.inputs_low = inputs_band.low;
    trial.inputs_high = inputs_band.high;
    trial.inputs = inputs;
    trial.true_inputs = truth;
    if (status == LFADS_OK)
        status = figure_write(s->what->figure, &trial, s->err);
    band_free(&rates_band);
    band_free(&inputs_band);
    free(inputs);
    free(truth);
    return status;
}

enum lfads_status evaluation_score_rates(struct lfads_score *score, const struct evaluation *s)
{
    enum lfads_status status;

    *score = (struct lfads_score){.set = s->set,
                                  .trials = s->trials,
                                  .bins = s->bins,
                                  .channels = s->channels,
                                  .heldout = s->heldout,
                                  .forward = s->forward,
                                  .missing_data =
                                      array_missing(s->counts, s->trials * s->bins * s->channels),
                                  .nll = (double)NAN};
    status = evaluation_score_spikes(score, s);
    if (status == LFADS_OK)
        status = score_truth(score, s);
    return status == LFADS_OK ? evaluation_score_conditions(score, s) : status;
}

enum lfads_status evaluation_score(struct lfads_score *score, const struct evaluation *s)
{
    const struct scored scored = scored_arrays(s);
    enum lfads_status status = evaluation_score_rates(score, s);

    score->nll = score_nll(&scored) / (double)s->trials;
    if (status == LFADS_OK)
        status = unit_names_read(&score->units, s);
    if (status == LFADS_OK)
        status = evaluation_compare_data(score, s);
    if (status == LFADS_OK)
        status = evaluation_score_coverage(score, s);
    if (status == LFADS_OK)
        status = score_bounds(score, s);
    return status == LFADS_OK ? evaluation_score_behaviour(score, s) : status;
}

/* Fails for a number that the request must not have. */
static enum lfads_status check_numbers(const struct lfads_evaluation *what, struct lfads_error *err)
{
    if (!isfinite(what->conversion_factor) || what->conversion_factor < 0)
        return lfads_fail(
            err, LFADS_USAGE,
            "lfads_evaluate: conversion_factor is %g, and a number above 0 is needed, "
            "or 0 for the data file's",
            what->conversion_factor);
    if (!isfinite(what->decoding_penalty) || what->decoding_penalty < 0)
        return lfads_fail(err, LFADS_USAGE,
                          "lfads_evaluate: decoding_penalty is %g, and a number above 0 is needed, "
                          "or 0 to choose it",
                          what->decoding_penalty);
    if (!isfinite(what->psth_sd))
        return lfads_fail(err, LFADS_USAGE,
                          "lfads_evaluate: psth_sd is %g, and a finite number is needed",
                          what->psth_sd);
    return LFADS_OK;
}

enum lfads_status evaluation_open(struct evaluation *s, const struct lfads_evaluation *what,
                                  const struct h5_arrays *arrays, struct lfads_error *err)
{
    enum lfads_status status;

    *s = (struct evaluation){.what = &s->taken, .arrays = arrays, .err = err};
    if (!what)
        return lfads_fail_null(err, "lfads_evaluate", "what");
    status = sized_take(&s->taken, what, sizeof s->taken, "lfads_evaluate", err);
    if (status != LFADS_OK)
        return status;
    if (!s->taken.data_file || !s->taken.model_run_file)
        return lfads_fail_null(err, "lfads_evaluate",
                               s->taken.data_file ? "model_run_file" : "data_file");
    status = check_numbers(&s->taken, err);
    if (status != LFADS_OK)
        return status;
    s->set = s->taken.set ? s->taken.set : set_of_run(s->taken.model_run_file);
    return evaluation_read(s);
}

enum lfads_status lfads_evaluate(struct lfads_score **out, const struct lfads_evaluation *what,
                                 struct lfads_error *err)
{
    struct evaluation s;
    struct lfads_score *score;
    enum lfads_status status;

    if (!out)
        return lfads_fail_null(err, "lfads_evaluate", "out");
    *out = NULL;
    score = calloc(1, sizeof *score);
    if (!score)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for scores");
    status = evaluation_open(&s, what, NULL, err);
    if (status == LFADS_OK)
        status = evaluation_score(score, &s);
    if (status == LFADS_OK && s.what->figure)
        status = draw_figure(score, &s);
    evaluation_release(&s);
    if (status != LFADS_OK) {
        lfads_score_free(score);
        return status;
    }
    *out = score;
    return LFADS_OK;
}

void evaluation_release_score(struct lfads_score *score)
{
    free(score->channel_r2);
    free(score->channel_bits_per_spike);
    free(score->channel_coverage);
    free(score->units);
    *score = (struct lfads_score){.trials = 0};
}

void lfads_score_free(struct lfads_score *score)
{
    if (!score)
        return;
    evaluation_release_score(score);
    free(score);
}
