/* train_summary.c - describes a training before its first epoch.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "train/training_private.h"

static void summarise_session(const struct training *t, const struct session *s)
{
    const struct run *p = t->run;
    const struct session_trials *train = &s->set[SESSION_TRAIN];
    double numbers = (double)(train->count * s->bins * s->channels);
    bool counts = p->model->output->data == DATA_COUNTS;
    const char *unit = counts ? "spikes a bin and channel" : "mean";

    recorder_line(t->recorder,
                  "Session %s: %zu training and %zu validation trials, %zu bins, %zu channels, "
                  "%.4g %s",
                  s->name, train->count, s->set[SESSION_VALID].count, s->bins, s->channels,
                  train->sum / numbers, unit);
    if (train->count < (size_t)p->config->batch_size &&
        strcmp(p->config->batch_remainder, "topup") == 0)
        recorder_line(t->recorder,
                      "  fewer training trials than --batch_size=%lld: they are repeated to fill "
                      "a batch",
                      (long long)p->config->batch_size);
    if (session_streams(s))
        recorder_line(t->recorder, "  its trials are kept on disk and read when they are needed");
    if (s->alignment_matrix)
        recorder_line(t->recorder, "  read-in and read-out begin from its alignment matrix");
}

/* Where data come from and results go. */
static void summarise_places(const struct training *t)
{
    const struct lfads_config *config = t->run->config;
    size_t count = t->run->dataset->count;

    if (t->run->request.data)
        recorder_line(t->recorder, "Reading arrays in memory: %zu session%s", count,
                      count == 1 ? "" : "s");
    else if (*config->data_files)
        recorder_line(t->recorder, "Reading %zu data file%s", count, count == 1 ? "" : "s");
    else
        recorder_line(t->recorder, "Reading data from %s with stem %s: %zu session%s",
                      config->data_dir, config->data_filename_stem, count, count == 1 ? "" : "s");
    if (t->run->request.in_memory)
        recorder_line(t->recorder, "The model stays in memory");
    else
        recorder_line(t->recorder, "The model goes into %s", config->lfads_save_dir);
}

void training_summary(const struct training *training)
{
    const struct training *t = training;
    const struct run *p = t->run;
    size_t total = 0, number = 0;
    char processes[50] = "";

    summarise_places(t);
    for (size_t i = 0; i < p->dataset->count; i++)
        summarise_session(t, p->dataset->sessions[i]);
    recorder_line(t->recorder, "Model Variables (to be optimized): ");
    for (size_t i = 0; i < p->model->n_params; i++) {
        const struct param *param = &p->model->params[i];

        if (!param->trained)
            continue;
        recorder_line(t->recorder, "     %zu %s:0 [%zu, %zu]", number++, param->name, param->rows,
                      param->cols);
        total += param->rows * param->cols;
    }
    recorder_line(t->recorder, "Total model parameters:  %zu", total);
    if (p->ranks->count > 1)
        snprintf(processes, sizeof processes, " in each of %zu processes", p->ranks->count);
    if (p->be->host_memory)
        recorder_line(t->recorder, "Seed %llu, %s, %zu thread%s%s", (unsigned long long)p->seed,
                      p->be->name, p->threads, p->threads == 1 ? "" : "s", processes);
    else
        recorder_line(t->recorder, "Seed %llu, %s", (unsigned long long)p->seed, p->be->name);
}
