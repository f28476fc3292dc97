/* raw.c - makes a recording of the arrays of a file: which of them are spikes, and their units of
 * time; sorts the spikes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/raw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "prepare/join_arrays.h"
#include "prepare/names.h"

static const char time_names[] = "spike_times spikes spike_time spike_timestamps time times "
                                 "timestamps timestamp t ts";
static const char unit_names[] =
    "spike_clusters spike_units unit units unit_id unit_ids unit_index unit_idx unit_number "
    "neuron neurons neuron_id neuron_ids cluster clusters cluster_id cluster_ids cell cells "
    "cell_id cell_ids cell_number cell_numbers channel channels spike_templates";
static const char count_names[] = "counts spike_counts binned_spikes spikes train_data data";
static const char trial_names[] =
    "spike_trials trial trials trial_id trial_ids trial_number trial_numbers trial_index";

void raw_free(struct raw *raw)
{
    variables_free(&raw->unit);
    variables_free(&raw->trial);
    free(raw->first);
    free(raw->of_trial);
    free(raw->times);
    free(raw->counts);
    free(raw->observed);
    free(raw->own_first);
    free(raw->own);
    *raw = (struct raw){.path = NULL};
}

enum lfads_status raw_time_unit(double *per_second, const struct variable *variable,
                                const struct variables *file, double standard,
                                const struct lfads_prepare_config *config, struct lfads_error *err)
{
    static const struct {
        const char *flag;
        double per_second;
    } units[] = {{"s", 1}, {"ms", 1e3}, {"us", 1e6}};
    double rate = config->sample_rate > 0 ? config->sample_rate : file->rate;
    bool samples = strcmp(config->time_unit, "samples") == 0;
    struct prepare_used *used = config->used;

    name_stem(per_second, variable->name); /* the name counts before the flag */
    if (*per_second > 0)
        return LFADS_OK;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(config->time_unit, units[i].flag) == 0) {
            *per_second = units[i].per_second;
            used->time_unit = true;
            return LFADS_OK;
        }
    if (samples && !(rate > 0))
        return lfads_fail(err, LFADS_USAGE,
                          "--time_unit=samples needs --sample_rate: %s does not say it",
                          file->path);
    *per_second = 1;
    used->time_unit = used->time_unit || samples;
    used->sample_rate = used->sample_rate || samples || !file->in_seconds;
    if (samples || (!file->in_seconds && rate > 0))
        *per_second = rate;
    else if (!file->in_seconds && standard > 0)
        *per_second = standard;
    else if (!file->in_seconds && variable_is_whole(variable))
        return lfads_fail(err, LFADS_USAGE,
                          "%s: %s are whole numbers, and nothing says of what: end the name in _s, "
                          "_ms or _us, or add --time_unit=ms (or s, us, or samples with "
                          "--sample_rate)",
                          file->path, variable->name);
    return LFADS_OK;
}

/* Whether V is in the table of trials, with an entry for each of them. */
static bool is_of_trials(const struct variable *v)
{
    return strncasecmp(v->name, "trials/", 7) == 0 && !v->ends;
}

static bool may_be_spikes(const struct variable *v) { return !is_of_trials(v); }

static bool may_be_counts(const struct variable *v)
{
    return v->numbers && !v->ends && v->rank > 1;
}

/* The array that FLAG, of value NAME, names, or else one of STANDARD, or, if it MAY_BE that, one so
 * called inside a group or a structure; NULL: none. */
static enum lfads_status choose(struct variable **out, const struct variables *recording,
                                const char *flag, const char *name, const char *standard,
                                bool (*may_be)(const struct variable *), struct lfads_error *err)
{
    char remedy[80];

    *out = *name ? variables_find(recording, name) : variables_find_any(recording, standard);
    if (!*out)
        *out = variables_find_inside(recording, *name ? name : standard, *name ? NULL : may_be);
    if (*out || !*name)
        return LFADS_OK;
    snprintf(remedy, sizeof remedy, "name one with --%s", flag);
    return variables_missing(recording, name, remedy, err);
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* A spike on the clock of its trial. */
struct spike {
    uint32_t trial;
    double time;
};

static int compare_spikes(const void *a, const void *b)
{
    const struct spike *x = a, *y = b;

    if (x->trial != y->trial)
        return x->trial < y->trial ? -1 : 1;
    return x->time < y->time ? -1 : x->time > y->time;
}

/* Sorts the spikes of each unit. */
static enum lfads_status sort_spikes(struct raw *raw, struct lfads_error *err)
{
    struct spike *spikes = NULL;
    size_t most = 0;
    enum lfads_status status = LFADS_OK;

    for (size_t u = 0; u < raw->units; u++)
        most = raw->first[u + 1] - raw->first[u] > most ? raw->first[u + 1] - raw->first[u] : most;
    if (raw->of_trial)
        status = variables_allocate(&spikes, most, sizeof *spikes, raw->path, err);
    for (size_t u = 0; u < raw->units && status == LFADS_OK; u++) {
        size_t from = raw->first[u], count = raw->first[u + 1] - from, i = from + 1;

        while (i < from + count && raw->times[i - 1] <= raw->times[i] && !raw->of_trial)
            i++;
        if (i >= from + count && !raw->of_trial)
            continue;
        if (!raw->of_trial) {
            qsort(raw->times + from, count, sizeof *raw->times, compare_numbers);
            continue;
        }
        for (size_t k = 0; k < count; k++)
            spikes[k] = (struct spike){raw->of_trial[from + k], raw->times[from + k]};
        qsort(spikes, count, sizeof *spikes, compare_spikes);
        for (size_t k = 0; k < count; k++) {
            raw->of_trial[from + k] = spikes[k].trial;
            raw->times[from + k] = spikes[k].time;
        }
    }
    free(spikes);
    return status;
}

/* Moves the spikes, whose units are OF_UNIT and whose trials TRIALS (rows; NULL: none), to their
 * units. */
static enum lfads_status gather_spikes(struct raw *raw, const struct variable *times,
                                       const uint32_t *of_unit, const struct variable *trials,
                                       struct lfads_error *err)
{
    size_t *next = NULL;
    enum lfads_status status =
        variables_allocate(&raw->first, raw->units + 1, sizeof *raw->first, raw->path, err);

    if (status == LFADS_OK)
        status = variables_allocate(&next, raw->units, sizeof *next, raw->path, err);
    if (status == LFADS_OK)
        status = variables_allocate(&raw->times, times->count, sizeof *raw->times, raw->path, err);
    if (status == LFADS_OK && trials)
        status =
            variables_allocate(&raw->of_trial, times->count, sizeof *raw->of_trial, raw->path, err);
    for (size_t i = 0; i < times->count && status == LFADS_OK; i++)
        raw->first[of_unit[i] + 1]++;
    for (size_t u = 0; u < raw->units && status == LFADS_OK; u++) {
        raw->first[u + 1] += raw->first[u];
        next[u] = raw->first[u];
    }
    for (size_t i = 0; i < times->count && status == LFADS_OK; i++) {
        size_t to = next[of_unit[i]]++;

        raw->times[to] = times->numbers[i] / raw->per_second;
        if (trials)
            raw->of_trial[to] = (uint32_t)trials->numbers[i];
        if (!isfinite(raw->times[to]))
            status = lfads_fail(err, LFADS_BAD_DATA, "%s: entry %zu of %s is no finite time",
                                raw->path, i, times->name);
    }
    free(next);
    return status;
}

/* Spikes with an entry each in arrays of times, units and perhaps trials. */
static enum lfads_status read_entries(struct raw *raw, struct variables *recording,
                                      struct variables *table, const struct variable *times,
                                      const struct lfads_prepare_config *config,
                                      struct lfads_error *err)
{
    struct variable *units, *trials;
    uint32_t *of_unit = NULL;
    enum lfads_status status = choose(&units, recording, "spike_units", config->spike_units,
                                      unit_names, may_be_spikes, err);

    if (status == LFADS_OK)
        status = choose(&trials, recording, "spike_trials", config->spike_trials, trial_names,
                        may_be_spikes, err);
    if (status != LFADS_OK)
        return status;
    if (!units)
        return variables_missing(recording, "units of the spikes", "name one with --spike_units",
                                 err);
    if (units->ends || (!units->numbers && !units->texts))
        return lfads_fail(err, LFADS_BAD_DATA, "%s: the units of spikes, %s, are lists", raw->path,
                          units->name);
    if (trials && trials->count != times->count && !*config->spike_trials)
        trials = NULL;
    if (units->count != times->count || (trials && trials->count != times->count))
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: %s has %zu entries and %s %zu: one for each "
                          "spike is needed",
                          raw->path, times->name, times->count,
                          units->count != times->count ? units->name : trials->name,
                          units->count != times->count ? units->count : trials->count);
    status = raw_read_trials(raw, recording, table, trials, 0, err);
    if (status == LFADS_OK)
        status = raw_find_distinct(&of_unit, &raw->unit, &raw->units, units, err);
    if (status == LFADS_OK)
        status = gather_spikes(raw, times, of_unit, trials, err);
    raw->trial_clock = trials != NULL;
    raw->entries = true;
    free(of_unit);
    return status == LFADS_OK ? raw_read_units(raw, recording, err) : status;
}

void raw_extent(double *start, double *stop, const struct raw *raw)
{
    *start = 0;
    *stop = raw->counts ? (double)raw->count_bins * raw->count_width : 0;
    for (size_t u = 0; !raw->counts && u < raw->units; u++) {
        if (raw->first[u] == raw->first[u + 1])
            continue;
        *start = raw->times[raw->first[u]] < *start ? raw->times[raw->first[u]] : *start;
        *stop =
            raw->times[raw->first[u + 1] - 1] > *stop ? raw->times[raw->first[u + 1] - 1] : *stop;
    }
}

/* The only array that has three axes, or of a file with one array, two; NULL: there is none. */
static struct variable *lone_counts(const struct variables *recording)
{
    struct variable *found = NULL;
    size_t cubes = 0;

    if (recording->count == 1 && may_be_counts(&recording->item[0]))
        return &recording->item[0];
    for (size_t i = 0; i < recording->count; i++)
        if (may_be_counts(&recording->item[i]) && recording->item[i].rank == 3) {
            found = &recording->item[i];
            cubes++;
        }
    return cubes == 1 ? found : NULL;
}

/* Fails because TIMES are texts, and quotes the first that is no number. */
static enum lfads_status refuse_texts(const struct raw *raw, const struct variable *times,
                                      struct lfads_error *err)
{
    size_t i = 0;
    char *end;

    for (; i + 1 < times->count; i++) {
        strtod(times->texts[i], &end);
        if (end == times->texts[i] || *end)
            break;
    }
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%s: %s has \"%.40s\" in entry %zu, and times are numbers, with a decimal "
                      "point",
                      raw->path, times->name, times->count ? times->texts[i] : "", i);
}

/* Whether TIMES, which have no more than a name of spikes', are where the bins of COUNTS are, as
 * xarray writes the axes of arrays. */
static bool is_axis(const struct variable *times, const struct variable *counts)
{
    bool axis = false;

    for (size_t i = 0; i < counts->rank; i++)
        axis = axis || counts->dims[i] == times->count;
    return axis && counts->rank > 1 && times->rank == 1 && !times->ends && counts->numbers;
}

/* Fails for a file that is what would be made of it, unless the array to take is named. */
static enum lfads_status refuse_prepared(const struct variables *recording,
                                         const struct lfads_prepare_config *config,
                                         struct lfads_error *err)
{
    static const char names[] = "train_data train_encod_data train_recon_data";
    const struct variable *found = variables_find_any(recording, names);

    if (!found || *config->counts || *config->spike_times)
        return LFADS_OK;
    return lfads_fail(err, LFADS_USAGE,
                      "%s has %s: it is a data file already, which lfads train takes as it is if "
                      "it is HDF5; to make another of one of its arrays, name that with --counts",
                      recording->path, found->name);
}

/* Makes RAW but for its order. */
static enum lfads_status fill(struct raw *raw, struct variables *recording, struct variables *table,
                              const struct lfads_prepare_config *config, struct lfads_error *err)
{
    struct variable *times = NULL, *counts = NULL;
    enum lfads_status status;

    *raw = (struct raw){.path = recording->path, .per_second = 1};
    snprintf(raw->unit.path, FILE_PATH, "%s", recording->path);
    snprintf(raw->trial.path, FILE_PATH, "%s", recording->path);
    status = refuse_prepared(recording, config, err);
    if (status == LFADS_OK && join_is_pattern(config->spike_times))
        status = join_times(recording, config->spike_times, err);
    if (status == LFADS_OK && join_is_pattern(config->counts))
        status = join_counts(recording, config->counts, err);
    if (status == LFADS_OK)
        status = choose(&times, recording, "spike_times", config->spike_times, time_names,
                        may_be_spikes, err);
    if (status == LFADS_OK)
        status =
            choose(&counts, recording, "counts", config->counts, count_names, may_be_counts, err);
    if (status == LFADS_OK && !times && !counts)
        counts = lone_counts(recording);
    if (status == LFADS_OK && times && (times != counts || !variable_is_whole(times)))
        status = raw_unpad(times, raw->path, err);
    if (counts && counts == times && counts->ends)
        counts = NULL;
    if (status == LFADS_OK && counts && !*config->counts)
        status = raw_check_counts(counts, raw->path, err);
    if (times && counts && !*config->spike_times && is_axis(times, counts))
        times = NULL;
    if (status == LFADS_OK && counts &&
        (*config->counts || !times || (times == counts && counts->rank > 1 && !counts->ends)))
        return raw_read_counts(raw, recording, table, counts, config, err);
    if (status == LFADS_OK && times && times->texts)
        status = refuse_texts(raw, times, err);
    if (status == LFADS_OK && (!times || !times->numbers))
        status = variables_missing(recording, "times of spikes, nor counts",
                                   "name one with --spike_times or --counts; * stands for any "
                                   "letters, where each unit has an array",
                                   err);
    if (status == LFADS_OK)
        status = raw_time_unit(&raw->per_second, times, recording, 0, config, err);
    raw->in_samples = recording->rate > 0 && raw->per_second == recording->rate &&
                      strcmp(config->time_unit, "auto") == 0;
    if (status == LFADS_OK)
        status = times->ends ? raw_read_lists(raw, recording, table, times, err)
                             : read_entries(raw, recording, table, times, config, err);
    if (status == LFADS_OK)
        status = raw_take_intervals(raw, recording, err);
    return status;
}

enum lfads_status raw_create(struct raw *raw, struct variables *recording, struct variables *table,
                             const struct lfads_prepare_config *config, struct lfads_error *err)
{
    enum lfads_status status = fill(raw, recording, table, config, err);

    if (status == LFADS_OK && strcmp(config->trials, "none") == 0) {
        if (raw->trial_clock)
            return lfads_fail(err, LFADS_USAGE,
                              "--trials=none: the times of spikes in %s are those within trials",
                              raw->path);
        variables_free(&raw->trial);
        raw->trials = 0;
    }
    return status == LFADS_OK && !raw->counts ? sort_spikes(raw, err) : status;
}
