/* read_nwb.c - reads Neurodata Without Borders 2: units and their spike times, a table of
 * intervals. Only these parts of the file are read. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/read_hdf5.h"

/* Gives the lists of V, ROWS rows of EACH numbers, their ends, which are in the data set INDEX. */
static enum lfads_status read_ends(struct variable *v, const struct h5_file *file,
                                   const char *index, size_t rows, size_t each,
                                   struct lfads_error *err)
{
    struct h5_shape shape;
    double *ends = NULL;
    size_t last = 0;
    enum lfads_status status = h5_shape(&shape, file, index, err);

    if (status == LFADS_OK && (shape.rank != 1 || !shape.whole))
        status =
            lfads_fail(err, LFADS_BAD_DATA, "%s: %s is no list of integers", file->path, index);
    if (status == LFADS_OK)
        status = variables_allocate(&ends, shape.count, sizeof *ends, file->path, err);
    if (status == LFADS_OK)
        status = h5_read(ends, H5_FLOAT64, file, index, shape.count, err);
    if (status == LFADS_OK)
        status = variables_allocate(&v->ends, shape.count, sizeof *v->ends, file->path, err);
    for (size_t u = 0; status == LFADS_OK && u < shape.count; u++) {
        if (!(ends[u] >= (double)last) || ends[u] > (double)rows)
            status =
                lfads_fail(err, LFADS_BAD_DATA,
                           "%s: entry %zu of %s is %g: it must not be below the one before, nor "
                           "above the %zu that there are",
                           file->path, u, index, ends[u], rows);
        else
            v->ends[u] = each * (last = (size_t)ends[u]);
    }
    free(ends);
    v->rank = 1;
    v->count = v->dims[0] = status == LFADS_OK ? shape.count : 0;
    return status;
}

/* Whether the table's column NAME is a list for each row, or the index of one. */
static bool is_ragged(const struct h5_file *file, const char *group, const char *name)
{
    char index[400];
    size_t length = strlen(name);

    snprintf(index, sizeof index, "%.200s/%.150s_index", group, name);
    return (length > 6 && strcmp(name + length - 6, "_index") == 0) || h5_has(file, index);
}

/* Reads the columns of the table GROUP that have an entry a row, with PREFIX. */
static enum lfads_status read_table(struct variables *variables, const struct h5_file *file,
                                    const char *group, const char *prefix, struct lfads_error *err)
{
    struct h5_texts keys;
    enum lfads_status status = h5_keys(&keys, file, group, err);

    for (size_t i = 0; i < keys.count && status == LFADS_OK; i++) {
        const char *name = keys.each[i] + 1;
        char path[400], as[240];
        struct h5_shape shape;

        snprintf(path, sizeof path, "%.200s/%.150s", group, name);
        snprintf(as, sizeof as, "%s%.200s", prefix, name);
        if (strlen(name) > 150 || is_ragged(file, group, name) || variables_find(variables, as))
            continue;
        if (*keys.each[i] != 'd' || h5_shape(&shape, file, path, NULL) != LFADS_OK ||
            shape.rank != 1)
            status = variables_skip(variables, as, "is no column", err);
        else
            status = read_hdf5_array(variables, file, path, as, err);
    }
    h5_texts_free(&keys);
    return status;
}

/* Reads the intervals in which each unit was observed. */
static enum lfads_status read_intervals(struct variables *variables, const struct h5_file *file,
                                        struct lfads_error *err)
{
    static const char name[] = "units/obs_intervals", index[] = "units/obs_intervals_index";
    size_t before = variables->count;
    struct variable *v;
    enum lfads_status status;

    if (!h5_has(file, name) || !h5_has(file, index))
        return LFADS_OK;
    status = read_hdf5_array(variables, file, name, name, err);
    if (status != LFADS_OK || variables->count == before)
        return status;
    v = &variables->item[before];
    if (!v->numbers || v->rank != 2 || v->dims[1] != 2)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s must have starts and ends, [intervals,2]",
                          file->path, name);
    return read_ends(v, file, index, v->dims[0], 2, err);
}

/* Reads the table of trials, or the intervals that --trials names. */
static enum lfads_status read_trials(struct variables *variables, const struct h5_file *file,
                                     struct lfads_error *err)
{
    char group[300];

    snprintf(group, sizeof group, "intervals/%.200s",
             variables->table ? variables->table : "trials");
    if (!h5_has(file, group))
        return LFADS_OK;
    variables->has_table = true;
    return read_table(variables, file, group, "trials/", err);
}

enum lfads_status read_nwb(struct variables *variables, const struct h5_file *file,
                           struct lfads_error *err)
{
    struct variable *times;
    enum lfads_status status = LFADS_OK;

    variables->in_seconds = true;
    if (!h5_has(file, "units/spike_times") || !h5_has(file, "units/spike_times_index"))
        return lfads_fail(
            err, LFADS_BAD_DATA,
            "%s is an NWB file without spike times (units/spike_times and its index): "
            "sort its spikes first",
            file->path);
    status = read_hdf5_array(variables, file, "units/spike_times", "spike_times", err);
    times = variables_find(variables, "spike_times");
    if (status == LFADS_OK && (!times || !times->numbers || times->rank != 1))
        return lfads_fail(err, LFADS_BAD_DATA, "%s: units/spike_times are no list of numbers",
                          file->path);
    if (status == LFADS_OK)
        status = read_ends(times, file, "units/spike_times_index", times->count, 1, err);
    if (status == LFADS_OK)
        status = read_intervals(variables, file, err);
    if (status == LFADS_OK)
        status = read_table(variables, file, "units", "units/", err);
    for (size_t i = 0; i < 2 && status == LFADS_OK; i++)
        if (variables->series[i])
            status = read_nwb_series(variables, file, variables->series[i], err);
    return status == LFADS_OK ? read_trials(variables, file, err) : status;
}
