/* baselines.h - rates by simple means, which a model has to surpass: mean rates, PSTHs of
 * conditions, smoothed spikes with a regression for the channels that are not read. What is fitted
 * is fitted to training trials. The functions depend on their arguments only (files.md,
 * "Baselines"). SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_BASELINES_H
#define LFADS_REPORT_BASELINES_H
#include <stdbool.h>

#include "base/error.h"

/* Some trials of a data file. */
struct baseline_trials {
    size_t trials;           /* E */
    const double *counts;    /* [E,T,N]; NaN: not recorded */
    const size_t *condition; /* [E]: below that many; NULL: all trials are of one condition */
};

struct baseline_data {
    size_t bins, channels;           /* T, N */
    size_t read_bins, read_channels; /* the first ones, which the model's encoders read */
    size_t conditions;               /* C; 1 without conditions */
    struct baseline_trials train, eval;
    bool same;      /* the evaluated trials are the first of the training trials */
    double psth_sd; /* bins: of the Gaussian that smooths PSTHs; 0: none */
    size_t threads;
};

/* What smoothing chose on the training trials. */
struct baseline_choice {
    double sd;      /* bins */
    double shrink;  /* towards the mean rate: bins of it that are added */
    double penalty; /* of the regression's weights; NaN if the model reads all channels */
};

/* Sets *MEANS [N] to the channels' means over the training trials; 0 without any count. The caller
 * frees *MEANS, also after a failure. */
enum lfads_status baseline_means(double **means, const struct baseline_data *data,
                                 struct lfads_error *err);
/* Set RATES [eval.trials,T,N]. The first: each channel's mean over the training trials. */
enum lfads_status baseline_mean(double *rates, const struct baseline_data *data,
                                struct lfads_error *err);
/* Means of the training trials of the trial's condition, without the trial itself, smoothed, with
 * one trial at the mean rate added. */
enum lfads_status baseline_psth(double *rates, const struct baseline_data *data,
                                struct lfads_error *err);
/* Channels that are read: the trial's own counts in the read bins except the bin itself, smoothed
 * by a Gaussian and drawn towards the mean rate. Others: Poisson regression on the smoothed
 * channels that are read. For counts only. */
enum lfads_status baseline_smoothing(double *rates, struct baseline_choice *choice,
                                     const struct baseline_data *data, struct lfads_error *err);
#endif
