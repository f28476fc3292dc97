/* plan_windows.c - which trials are taken, and the window of each.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/filter.h"
#include "prepare/names.h"
#include "prepare/plan.h"
#include "prepare/spike_range.h"

enum { MOST_BINS = 100000 };

static const char start_names[] = "start_time start start_s start_ms start_us start_time_s "
                                  "start_time_ms trial_start trial_start_s trial_start_ms t_start "
                                  "starttime trial_start_time trialstart tstart";
static const char stop_names[] =
    "stop_time stop stop_s stop_ms stop_us stop_time_s stop_time_ms end_time end end_s end_ms "
    "end_time_s end_time_ms trial_end trial_end_s trial_end_ms t_stop t_end stoptime endtime "
    "trial_stop trial_stop_time trial_end_time trialend tstop tend";

/* Share of a recording in which not all of its trials are. */
static const double beginning = 0.01;

/* A trial's times in seconds on the spikes' clock; each is NULL if it is not known. */
struct trial_times {
    double *zero, *start, *stop;
};

/* Sets *PER_SECOND for a column of times that --time_unit=samples makes samples: what is not whole
 * is none. Fails for whole numbers that would all lie at the recording's beginning. */
static enum lfads_status check_samples(double *per_second, const struct raw *raw,
                                       const struct variable *v, struct lfads_error *err)
{
    double start, stop, last = 0;

    if (!variable_is_whole(v)) {
        *per_second = 1;
        return LFADS_OK;
    }
    raw_extent(&start, &stop, raw);
    for (size_t i = 0; i < v->count; i++)
        last = v->numbers[i] > last ? v->numbers[i] : last;
    if (raw->trial_clock || last == 0 || last / *per_second > beginning * stop)
        return LFADS_OK;
    return lfads_fail(err, LFADS_USAGE,
                      "%s: as samples (--time_unit) the times %.80s end at %g s, and the recording "
                      "at %g s: call the column %.80s_s if it is in seconds",
                      raw->trial.path, v->name, last / *per_second, stop, v->name);
}

/* Sets *OUT to the times in column V, in seconds. */
static enum lfads_status column_times(double **out, const struct raw *raw, const struct variable *v,
                                      const struct lfads_prepare_config *config,
                                      struct lfads_error *err)
{
    double per_second, named, standard = raw->in_samples ? 0 : raw->per_second;
    enum lfads_status status;

    if (!v->numbers)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: the column %.80s has texts, and times are needed", raw->trial.path,
                          v->name);
    status = raw_time_unit(&per_second, v, &raw->trial, standard, config, err);
    name_stem(&named, v->name);
    if (status == LFADS_OK && named == 0 && strcmp(config->time_unit, "samples") == 0)
        status = check_samples(&per_second, raw, v, err);
    if (status == LFADS_OK)
        status = variables_allocate(out, raw->trials, sizeof **out, raw->path, err);
    for (size_t i = 0; i < raw->trials && status == LFADS_OK; i++)
        (*out)[i] = v->numbers[i] / per_second;
    return status;
}

static void release_times(struct trial_times *times)
{
    free(times->zero);
    free(times->start);
    free(times->stop);
}

/* Reads the columns that say when a trial is aligned, begins and ends. */
static enum lfads_status read_times(struct trial_times *times, const struct raw *raw,
                                    const struct lfads_prepare_config *config,
                                    struct lfads_error *err)
{
    const struct variable *align = NULL, *start = variables_find_any(&raw->trial, start_names);
    const struct variable *stop = variables_find_any(&raw->trial, stop_names);
    enum lfads_status status = LFADS_OK;

    if (*config->align)
        status = filter_column(&align, &raw->trial, config->align, "trials", "align", err);
    if (status == LFADS_OK && align)
        status = column_times(&times->zero, raw, align, config, err);
    if (status == LFADS_OK && start && start->numbers)
        status = column_times(&times->start, raw, start, config, err);
    if (status == LFADS_OK && stop && stop->numbers)
        status = column_times(&times->stop, raw, stop, config, err);
    return status;
}

/* Reads FROM:TO. */
static enum lfads_status parse_window(double *from, double *to, const char *text,
                                      struct lfads_error *err)
{
    char *end, *last = NULL;

    *from = strtod(text, &end);
    if (end != text && *end == ':')
        *to = strtod(end + 1, &last);
    if (!last || last == end + 1 || *last || !isfinite(*from) || !isfinite(*to) || *from >= *to)
        return lfads_fail(err, LFADS_USAGE,
                          "--window=%.80s is not FROM:TO in seconds, such as -0.25:0.45", text);
    return LFADS_OK;
}

/* Sets PLAN's bins to how many DURATION has. */
static enum lfads_status set_bins(struct plan *plan, double duration, const char *what,
                                  struct lfads_error *err)
{
    double bins = floor(duration / plan->width + SPIKE_TOLERANCE);

    if (!(bins >= 1) || bins > MOST_BINS)
        return lfads_fail(err, LFADS_USAGE,
                          "%s of %g s and --bin_width=%g make %.0f bins: from 1 to %d are allowed",
                          what, duration, plan->width, bins, MOST_BINS);
    plan->bins = (size_t)bins;
    return LFADS_OK;
}

/* The same window for each chosen trial. */
static enum lfads_status fixed_windows(struct plan *plan, const struct raw *raw, const bool *chosen,
                                       const struct trial_times *times,
                                       const struct lfads_prepare_config *config,
                                       struct lfads_error *err)
{
    const double *zero = times->zero ? times->zero : raw->trial_clock ? NULL : times->start;
    double from = 0, to = 0;
    size_t without = 0;
    enum lfads_status status = parse_window(&from, &to, config->window, err);

    if (status == LFADS_OK && !zero && !raw->trial_clock)
        return lfads_fail(err, LFADS_USAGE,
                          "the table of trials of %s has no column of their starts (start_time): "
                          "name a column of times with --align",
                          raw->trial.path);
    if (status == LFADS_OK)
        status = set_bins(plan, to - from, "a window", err);
    if (status == LFADS_OK && fabs((to - from) / plan->width - (double)plan->bins) > 1e-6)
        return lfads_fail(err, LFADS_USAGE,
                          "--window=%s has %g bins of --bin_width=%g s: it must be a whole number",
                          config->window, (to - from) / plan->width, plan->width);
    for (size_t i = 0; i < raw->trials && status == LFADS_OK; i++) {
        double at = zero ? zero[i] : 0;

        if (!chosen[i])
            continue;
        if (!isfinite(at)) {
            without++;
            continue;
        }
        plan->window[plan->count++] =
            (struct plan_window){.trial = i, .origin = at + from, .to = plan->bins};
    }
    plan_note(plan->trial_reason, &plan->trial_reasons, without, "without a time of %.60s",
              config->align);
    return status;
}

/* The bins of trial I from its start to its end; 0: not known, or shorter than a bin. */
static size_t trial_bins(const struct trial_times *times, size_t i, const struct raw *raw,
                         double width)
{
    double length = times->stop ? times->stop[i] - (times->start ? times->start[i] : 0)
                                : (double)raw->count_bins * raw->count_width;
    double bins = floor(length / width + SPIKE_TOLERANCE);

    return bins >= 1 && bins <= MOST_BINS ? (size_t)bins : 0;
}

/* Each chosen trial from its start to its end; shorter ones are missing at their ends. */
static enum lfads_status whole_trials(struct plan *plan, const struct raw *raw, const bool *chosen,
                                      const struct trial_times *times,
                                      const struct lfads_prepare_config *config,
                                      struct lfads_error *err)
{
    size_t without = 0;

    if (*config->align)
        return lfads_fail(err, LFADS_USAGE, "--align=%s needs --window: what is taken around it",
                          config->align);
    if (raw->trial_clock ? !times->stop && !raw->counts : !times->stop || !times->start)
        return lfads_fail(
            err, LFADS_USAGE,
            "--window is needed, such as --window=0:1 in seconds: %s has no columns of "
            "the trials' starts and ends (start_time, stop_time)%s",
            raw->trial.path, config->chop > 0 ? "; --trials=none takes the recording as one" : "");
    for (size_t i = 0; i < raw->trials; i++) {
        size_t bins = chosen[i] ? trial_bins(times, i, raw, plan->width) : 0;

        without += chosen[i] && bins == 0;
        if (bins == 0)
            continue;
        plan->bins = bins > plan->bins ? bins : plan->bins;
        plan->window[plan->count++] = (struct plan_window){
            .trial = i, .origin = raw->trial_clock ? 0 : times->start[i], .to = bins};
    }
    plan_note(plan->trial_reason, &plan->trial_reasons, without,
              "without start and end, or not a bin long, or of more than %d bins", MOST_BINS);
    return LFADS_OK;
}

/* A recording without trials: its intervals, to be chopped. --window says between which times. */
static enum lfads_status whole_recording(struct plan *plan, const struct raw *raw,
                                         const struct lfads_prepare_config *config,
                                         struct lfads_error *err)
{
    double start, stop;
    size_t intervals = raw->intervals && !*config->window ? raw->intervals : 1;
    enum lfads_status status = LFADS_OK;

    raw_extent(&start, &stop, raw);
    if (!(config->chop > 0))
        return lfads_fail(
            err, LFADS_USAGE,
            "%s has no trials: name the file of their table with --trials, or cut the "
            "recording into windows with --chop=1, in seconds",
            raw->path);
    if (*config->align || *config->trial_filter || *config->condition)
        return lfads_fail(err, LFADS_USAGE,
                          "%s has no trials, which --align, --trial_filter and --condition need",
                          raw->path);
    if (*config->window)
        status = parse_window(&start, &stop, config->window, err);
    if (status == LFADS_OK)
        status = variables_allocate(&plan->window, intervals, sizeof *plan->window, raw->path, err);
    for (size_t i = 0; i < intervals && status == LFADS_OK; i++) {
        double from = intervals == raw->intervals ? raw->observed[2 * i] : start;
        double to = intervals == raw->intervals ? raw->observed[2 * i + 1] : stop;
        double bins = floor((to - from) / plan->width + SPIKE_TOLERANCE);

        if (bins > 1e12)
            return lfads_fail(err, LFADS_BAD_DATA, "%s: a recording of %g s has too many bins",
                              raw->path, to - from);
        plan->window[plan->count++] =
            (struct plan_window){.origin = from, .to = bins > 0 ? (size_t)bins : 0};
        plan->bins = (size_t)bins > plan->bins ? (size_t)bins : plan->bins;
    }
    return status;
}

enum lfads_status plan_windows(struct plan *plan, const struct raw *raw,
                               const struct lfads_prepare_config *config, struct lfads_error *err)
{
    struct trial_times times = {.zero = NULL};
    bool *chosen = NULL;
    size_t left = 0;
    enum lfads_status status;

    if (raw->trials == 0)
        return whole_recording(plan, raw, config, err);
    status = variables_allocate(&chosen, raw->trials, sizeof *chosen, raw->path, err);
    if (status == LFADS_OK)
        status =
            variables_allocate(&plan->window, raw->trials, sizeof *plan->window, raw->path, err);
    if (status == LFADS_OK) {
        memset(chosen, 1, raw->trials);
        status = filter_rows(chosen, raw->trials, config->trial_filter, &raw->trial, "trials",
                             "trial_filter", err);
        for (size_t i = 0; i < raw->trials; i++)
            left += chosen[i];
        plan_note(plan->trial_reason, &plan->trial_reasons, raw->trials - left, "not %.80s",
                  config->trial_filter);
    }
    if (status == LFADS_OK)
        status = read_times(&times, raw, config, err);
    if (status == LFADS_OK)
        status = (*config->window ? fixed_windows : whole_trials)(plan, raw, chosen, &times, config,
                                                                  err);
    release_times(&times);
    free(chosen);
    return status;
}
