/* baselines_scored.c - reads the training trials, makes each baseline's rates and scores them.
 * Entry points: lfads_evaluate_baselines and lfads_baselines_free of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/baselines_scored.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/workers.h"
#include "infer/arrays.h"
#include "infer/evaluation_scores.h"
#include "infer/labels.h"
#include "report/baselines.h"

enum { BASELINES = 3 };

/* Baselines in the making. */
struct making {
    const struct evaluation *s;
    struct baseline_data data;
    struct array train;
    struct labels labels;
    double *rates; /* [E,T,N] */
};

static enum lfads_status read_train(struct making *m)
{
    const struct evaluation *s = m->s;
    char name[40];
    enum lfads_status status;

    evaluation_data_name(name, s, "train");
    if (!h5_has(&s->data, name))
        return lfads_fail(s->err, LFADS_BAD_DATA,
                          "%s has no %s: baselines are fitted to training trials", s->data.path,
                          name);
    status = array_read(&m->train, &s->data, name, 3, s->err);
    if (status == LFADS_OK)
        status = array_expect(&m->train, &s->data, 1, s->bins, "the scored trials", s->err);
    if (status == LFADS_OK)
        status = array_expect(&m->train, &s->data, 2, s->channels, "the scored trials", s->err);
    return status == LFADS_OK ? array_check(&m->train, &s->data, -(double)INFINITY, true, s->err)
                              : status;
}

static enum lfads_status begin(struct making *m)
{
    const struct evaluation *s = m->s;
    bool same = strcmp(s->set, labels_set_name(0)) == 0;
    const struct labels *l = &m->labels;
    enum lfads_status status = read_train(m);

    if (status == LFADS_OK)
        status = labels_find(&m->labels, s);
    if (status == LFADS_OK)
        status = array_allocate(&m->rates, s->trials * s->bins * s->channels, "baselines",
                                s->data.path, s->err);
    m->data = (struct baseline_data){.bins = s->bins,
                                     .channels = s->channels,
                                     .read_bins = s->bins - s->forward,
                                     .read_channels = s->channels - s->heldout,
                                     .conditions = 1,
                                     .train = {m->train.dims[0], m->train.values, NULL},
                                     .eval = {s->trials, s->counts, NULL},
                                     .same = same,
                                     .psth_sd = evaluation_psth_sd(s),
                                     .threads = workers_available()};
    if (status == LFADS_OK && l->number[0] && (same || l->number[1])) {
        m->data.conditions = l->count;
        m->data.train.condition = l->number[0];
        m->data.eval.condition = l->number[same ? 0 : 1];
    }
    return status;
}

/* Scores the rates as baseline NAME, made as FORMAT says. */
static enum lfads_status score(struct lfads_baselines *out, const struct making *m,
                               const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static enum lfads_status score(struct lfads_baselines *out, const struct making *m,
                               const char *name, const char *format, ...)
{
    struct lfads_baseline *b = calloc(1, sizeof *b);
    struct evaluation as_model = *m->s;
    struct lfads_evaluation what = *m->s->what;
    va_list words;

    if (b)
        b->score = calloc(1, sizeof *b->score);
    if (!b || !b->score) {
        free(b);
        return lfads_fail(m->s->err, LFADS_NO_MEMORY, "no memory for baselines");
    }
    out->of[out->count++] = b;
    b->name = name;
    va_start(words, format);
    vsnprintf(b->about, sizeof b->about, format, words);
    va_end(words);
    what.train_run_file = NULL;
    as_model.what = &what;
    as_model.output = m->rates;
    as_model.outputs = as_model.channels;
    if (m->s->distribution->written > 1)
        as_model.distribution = distribution_of(DISTRIBUTION_mse);
    return evaluation_score_rates(b->score, &as_model);
}

static enum lfads_status make_smoothing(struct lfads_baselines *out, struct making *m)
{
    struct baseline_choice choice;
    char regression[100] = "";
    enum lfads_status status = baseline_smoothing(m->rates, &choice, &m->data, m->s->err);

    if (m->s->heldout)
        snprintf(regression, sizeof regression,
                 "; held-out channels: Poisson regression on the others, penalty %g",
                 choice.penalty);
    return status == LFADS_OK ? score(out, m, "smoothing",
                                      "the trial's other bins, smoothed: standard deviation %g "
                                      "bins, %g bins of the mean rate added%.80s",
                                      choice.sd, choice.shrink, regression)
                              : status;
}

static enum lfads_status make_all(struct lfads_baselines *out, struct making *m)
{
    char of[60] = "all training trials in the bin";
    enum lfads_status status = baseline_mean(m->rates, &m->data, m->s->err);

    if (m->data.eval.condition)
        snprintf(of, sizeof of, "the training trials of the condition (%zu conditions)",
                 m->data.conditions);
    if (status == LFADS_OK)
        status = score(out, m, "mean_rates", "each channel's mean over training trials");
    if (status == LFADS_OK)
        status = baseline_psth(m->rates, &m->data, m->s->err);
    if (status == LFADS_OK)
        status = score(out, m, "psth", "mean of %s, smoothed: standard deviation %.3g bins", of,
                       m->data.psth_sd);
    return status == LFADS_OK && m->s->distribution->data == DATA_COUNTS ? make_smoothing(out, m)
                                                                         : status;
}

enum lfads_status baselines_scored(struct lfads_baselines *out, const struct evaluation *s)
{
    struct making m = {.s = s};
    enum lfads_status status;

    *out = (struct lfads_baselines){.of = calloc(BASELINES, sizeof *out->of)};
    status = out->of ? begin(&m) : lfads_fail(s->err, LFADS_NO_MEMORY, "no memory for baselines");
    if (status == LFADS_OK)
        status = make_all(out, &m);
    array_free(&m.train);
    labels_free(&m.labels);
    free(m.rates);
    if (status != LFADS_OK)
        baselines_release(out);
    return status;
}

enum lfads_status lfads_evaluate_baselines(struct lfads_baselines **out,
                                           const struct lfads_evaluation *what,
                                           struct lfads_error *err)
{
    struct evaluation s;
    struct lfads_baselines *baselines;
    enum lfads_status status;

    if (!out)
        return lfads_fail_null(err, "lfads_evaluate_baselines", "out");
    *out = NULL;
    baselines = calloc(1, sizeof *baselines);
    if (!baselines)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for baselines");
    status = evaluation_open(&s, what, NULL, err);
    if (status == LFADS_OK)
        status = baselines_scored(baselines, &s);
    evaluation_release(&s);
    if (status != LFADS_OK) {
        lfads_baselines_free(baselines);
        return status;
    }
    *out = baselines;
    return LFADS_OK;
}

void baselines_release(struct lfads_baselines *baselines)
{
    for (size_t i = 0; i < baselines->count; i++) {
        lfads_score_free(baselines->of[i]->score);
        free(baselines->of[i]);
    }
    free(baselines->of);
    *baselines = (struct lfads_baselines){.count = 0};
}

void lfads_baselines_free(struct lfads_baselines *baselines)
{
    if (!baselines)
        return;
    baselines_release(baselines);
    free(baselines);
}
