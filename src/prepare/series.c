/* series.c - what was measured beside the spikes: finds it, and brings it to the bins.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/spike_range.h"

void series_free(struct series_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->series[i].times);
        free(list->series[i].values);
    }
    *list = (struct series_list){.count = 0};
}

/* The times of the samples of array V: NAME_times, or an array of times as long, or --series_rate.
 */
static enum lfads_status find_times(struct series *s, const struct variable *v,
                                    const struct variables *file, const struct raw *raw,
                                    const struct lfads_prepare_config *config,
                                    struct lfads_error *err)
{
    static const char *const ends[] = {"_times", "_timestamps", "_time"};
    struct variable *times = NULL;
    char name[256];
    double per_second;
    enum lfads_status status;

    for (size_t i = 0; i < sizeof ends / sizeof ends[0] && !times; i++) {
        snprintf(name, sizeof name, "%.200s%s", v->name, ends[i]);
        times = variables_find(file, name);
    }
    if (!times && !(config->series_rate > 0))
        times = variables_find_any(file, "time times timestamps time_s time_ms time_us t ts");
    if (times && (!times->numbers || times->ends || times->count != s->samples || s->trials))
        times = NULL;
    if (!times && !(config->series_rate > 0))
        return lfads_fail(err, LFADS_USAGE,
                          "%s: nothing says when the %zu samples of %s were taken: add an array "
                          "%s_times, or --series_rate, samples a second from time 0%s",
                          file->path, s->samples, v->name, v->name,
                          s->trials ? " of the trial" : "");
    status = variables_allocate(&s->times, s->samples, sizeof *s->times, file->path, err);
    if (status == LFADS_OK && times)
        status = raw_time_unit(&per_second, times, file, raw->per_second, config, err);
    config->used->series_rate = config->used->series_rate || !times;
    for (size_t i = 0; i < s->samples && status == LFADS_OK; i++) {
        s->times[i] = times ? times->numbers[i] / per_second : (double)i / config->series_rate;
        if (!isfinite(s->times[i]) || (i > 0 && s->times[i] < s->times[i - 1]))
            status = lfads_fail(err, LFADS_BAD_DATA,
                                "%s: the times of %s must rise, and do not at sample %zu",
                                file->path, v->name, i);
    }
    return status;
}

/* Takes one array. */
static enum lfads_status take(struct series *s, const char *name, struct variables *file,
                              const char *flag, const struct raw *raw,
                              const struct lfads_prepare_config *config, struct lfads_error *err)
{
    struct variable *v = variables_find(file, name);
    char what[120], remedy[80];
    size_t first;

    snprintf(what, sizeof what, "%.100s", name);
    snprintf(remedy, sizeof remedy, "name one with --%s", flag);
    if (!v || !v->numbers || v->ends || v->rank == 0)
        return variables_missing(file, what, remedy, err);
    first = raw->trial_clock && v->rank >= 2 && v->dims[0] == raw->trials;
    if (v->rank > 2 + first)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: %s has %zu axes: samples and components are needed%s", file->path,
                          v->name, v->rank, raw->trial_clock ? ", after trials" : "");
    *s = (struct series){.trials = first ? raw->trials : 0,
                         .samples = v->dims[first],
                         .components = v->rank == 2 + first ? v->dims[1 + first] : 1};
    if (raw->trial_clock && !first)
        return lfads_fail(
            err, LFADS_BAD_DATA,
            "%s: %s is not by trials, as the spikes are: its first axis has %zu entries, "
            "not %zu",
            file->path, v->name, v->dims[0], raw->trials);
    s->values = v->numbers;
    v->numbers = NULL;
    v->count = 0;
    return find_times(s, v, file, raw, config, err);
}

enum lfads_status series_create(struct series_list *list, struct variables *file, const char *names,
                                const char *flag, const struct raw *raw,
                                const struct lfads_prepare_config *config, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    *list = (struct series_list){.count = 0};
    while (*names && status == LFADS_OK) {
        size_t length = strcspn(names, ",");
        char name[200];

        if (list->count == SERIES_MOST)
            return lfads_fail(err, LFADS_USAGE, "--%s names more than %d arrays", flag,
                              SERIES_MOST);
        snprintf(name, sizeof name, "%.*s", (int)(length < 199 ? length : 199), names);
        status = take(&list->series[list->count], name, file, flag, raw, config, err);
        list->components += list->series[list->count++].components;
        names += length + (names[length] == ',');
    }
    return status;
}

/* The first sample at place PLACE, in bins of the window, or later. */
static size_t find_sample(const struct series *s, double place, double origin, double width)
{
    size_t low = 0, high = s->samples;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (spike_place(s->times[middle], origin, width) < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The value of component K at TIME, between the samples NEXT-1 and NEXT. */
static double between(const struct series *s, const double *values, size_t next, double time,
                      size_t k)
{
    double before, share;

    if (next == 0 || next == s->samples)
        return (double)NAN;
    before = values[(next - 1) * s->components + k];
    share = (time - s->times[next - 1]) / (s->times[next] - s->times[next - 1]);
    return before + share * (values[next * s->components + k] - before);
}

void series_bin(double *values, const struct series_list *list, const struct raw *raw,
                const struct plan *plan, const struct plan_window *window)
{
    size_t column = 0;

    for (size_t i = 0; i < list->count; column += list->series[i++].components) {
        const struct series *s = &list->series[i];
        size_t trial = raw->trial_clock ? window->trial : 0;
        const double *own = s->values + trial * s->samples * s->components;
        size_t from = find_sample(s, 0, window->origin, plan->width);

        for (size_t b = 0; b < plan->bins; b++) {
            double center = window->origin + ((double)b + 0.5) * plan->width;
            size_t to = from;

            while (to < s->samples &&
                   spike_place(s->times[to], window->origin, plan->width) < (double)(b + 1))
                to++;
            for (size_t k = 0; k < s->components; k++) {
                double *value = &values[b * list->components + column + k], sum = 0;

                for (size_t n = from; n < to; n++)
                    sum += own[n * s->components + k];
                *value = to > from ? sum / (double)(to - from) : between(s, own, to, center, k);
                if (b < window->from || b >= window->to)
                    *value = (double)NAN;
            }
            from = to;
        }
    }
}
