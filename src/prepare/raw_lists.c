/* raw_lists.c - a recording whose spike times are a list for each unit, or for each trial and unit.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/raw.h"

enum lfads_status raw_number_units(struct raw *raw, const struct variables *recording,
                                   struct lfads_error *err)
{
    const struct variable *id = variables_find(recording, "units/id");
    double *ids;
    enum lfads_status status;

    if (id && id->count == raw->units && id->rank == 1 && !id->ends)
        return raw_copy_columns(&raw->unit, recording, "units/", raw->units, err);
    status = variables_allocate(&ids, raw->units, sizeof *ids, raw->path, err);
    for (size_t u = 0; u < raw->units && status == LFADS_OK; u++)
        ids[u] = (double)(u + recording->from_one);
    return status == LFADS_OK ? variables_add_numbers(&raw->unit, "id", ids, raw->units, err)
                              : status;
}

/* A list for each unit, on the recording's clock. Takes the numbers out of TIMES. */
static enum lfads_status read_units(struct raw *raw, struct variable *times,
                                    struct lfads_error *err)
{
    size_t spikes = times->count ? times->ends[times->count - 1] : 0;
    enum lfads_status status =
        variables_allocate(&raw->first, raw->units + 1, sizeof *raw->first, raw->path, err);

    for (size_t u = 0; u < raw->units && status == LFADS_OK; u++)
        raw->first[u + 1] = times->ends[u];
    raw->times = times->numbers;
    times->numbers = NULL;
    for (size_t i = 0; i < spikes && raw->per_second != 1; i++)
        raw->times[i] /= raw->per_second;
    return status;
}

/* A list for each trial and unit, on the trial's clock. */
static enum lfads_status read_trials(struct raw *raw, const struct variable *times,
                                     struct lfads_error *err)
{
    size_t spikes = times->ends[times->count - 1], at = 0;
    enum lfads_status status =
        variables_allocate(&raw->first, raw->units + 1, sizeof *raw->first, raw->path, err);

    if (status == LFADS_OK)
        status = variables_allocate(&raw->times, spikes, sizeof *raw->times, raw->path, err);
    if (status == LFADS_OK)
        status = variables_allocate(&raw->of_trial, spikes, sizeof *raw->of_trial, raw->path, err);
    for (size_t u = 0; u < raw->units && status == LFADS_OK; u++) {
        for (size_t t = 0; t < times->dims[0]; t++) {
            size_t list = t * raw->units + u;

            for (size_t i = list ? times->ends[list - 1] : 0; i < times->ends[list]; i++) {
                raw->of_trial[at] = (uint32_t)t;
                raw->times[at++] = times->numbers[i] / raw->per_second;
            }
        }
        raw->first[u + 1] = at;
    }
    return status;
}

/* Fails at a time that is no number. */
static enum lfads_status check(const struct raw *raw, const char *name, struct lfads_error *err)
{
    for (size_t i = 0; i < raw->first[raw->units]; i++)
        if (!isfinite(raw->times[i]))
            return lfads_fail(err, LFADS_BAD_DATA, "%s: entry %zu of %s is no finite time",
                              raw->path, i, name);
    return LFADS_OK;
}

enum lfads_status raw_read_lists(struct raw *raw, struct variables *recording,
                                 struct variables *table, struct variable *times,
                                 struct lfads_error *err)
{
    bool trials = times->rank == 2 && times->dims[0] > 1 && times->dims[1] > 1;
    enum lfads_status status;

    if (times->count == 0 || times->rank > 2)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: the lists of %s must be one for each unit, or for each trial (first "
                          "axis) and unit",
                          raw->path, times->name);
    raw->trial_clock = trials;
    raw->units = trials ? times->dims[1] : times->count;
    status = raw_number_units(raw, recording, err);
    if (status == LFADS_OK)
        status = raw_read_trials(raw, recording, table, NULL, trials ? times->dims[0] : 0, err);
    if (status == LFADS_OK && trials && raw->trials != times->dims[0])
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s: %s has lists for %zu trials, and the table of trials has %zu rows",
                            raw->path, times->name, times->dims[0], raw->trials);
    if (status == LFADS_OK)
        status = trials ? read_trials(raw, times, err) : read_units(raw, times, err);
    if (status == LFADS_OK)
        status = check(raw, times->name, err);
    return status == LFADS_OK ? raw_read_units(raw, recording, err) : status;
}
