/* read_nwb_series.c - reads series of an NWB file, such as positions, and the times of their
 * samples. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/read_hdf5.h"

enum { LONGEST_PATH = 400, DEEPEST = 3 };

/* Looks for the series NAME in GROUP and the groups in it; sets PATH. */
static void search(char path[LONGEST_PATH], const struct h5_file *file, const char *group,
                   const char *name, int depth)
{
    char here[LONGEST_PATH], data[LONGEST_PATH + 8];
    struct h5_texts keys;

    /* what is no group has no names */
    if (depth > DEEPEST || h5_keys(&keys, file, group, NULL) != LFADS_OK)
        return;
    for (size_t i = 0; i < keys.count && !*path; i++) {
        if (*keys.each[i] != 'g' ||
            snprintf(here, sizeof here, "%s/%s", group, keys.each[i] + 1) >= LONGEST_PATH)
            continue;
        snprintf(data, sizeof data, "%s/data", here);
        if (strcmp(keys.each[i] + 1, name) == 0 && h5_has(file, data))
            memcpy(path, here, LONGEST_PATH);
        else
            search(path, file, here, name, depth + 1);
    }
    h5_texts_free(&keys);
}

/* Adds the times of the samples of the series at PATH: its timestamps, or from its start and rate.
 */
static enum lfads_status add_times(struct variables *variables, const struct h5_file *file,
                                   const char *path, const char *as, size_t samples,
                                   struct lfads_error *err)
{
    char name[LONGEST_PATH + 20];
    double *times, start = (double)NAN, rate = 0;
    enum lfads_status status;

    snprintf(name, sizeof name, "%s/timestamps", path);
    if (h5_has(file, name))
        return read_hdf5_array(variables, file, name, as, err);
    snprintf(name, sizeof name, "%s/starting_time", path);
    status = h5_read(&start, H5_FLOAT64, file, name, 1, err);
    if (status == LFADS_OK)
        status = h5_read_number(&rate, file, name, "rate", err);
    if (status == LFADS_OK && !(rate > 0 && isfinite(start)))
        status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s has no rate of samples", file->path, name);
    if (status == LFADS_OK)
        status = variables_allocate(&times, samples, sizeof *times, file->path, err);
    for (size_t i = 0; i < samples && status == LFADS_OK; i++)
        times[i] = start + (double)i / rate;
    return status == LFADS_OK ? variables_add_numbers(variables, as, times, samples, err) : status;
}

/* Reads the series NAME. */
static enum lfads_status read_one(struct variables *variables, const struct h5_file *file,
                                  const char *name, struct lfads_error *err)
{
    static const char *const groups[] = {"processing", "acquisition", "stimulus/presentation",
                                         "analysis"};
    char path[LONGEST_PATH] = "", data[LONGEST_PATH + 8], as[LONGEST_PATH];
    struct variable *v;
    double conversion = 1;
    enum lfads_status status = LFADS_OK;

    snprintf(data, sizeof data, "%.300s/data", name);
    if (strchr(name, '/') && h5_has(file, data))
        snprintf(path, sizeof path, "%.300s", name);
    for (size_t i = 0; i < 4 && !*path; i++)
        search(path, file, groups[i], name, 0);
    if (!*path || variables_find(variables, name))
        return status; /* who needs it says that it is missing */
    snprintf(data, sizeof data, "%s/data", path);
    status = read_hdf5_array(variables, file, data, name, err);
    v = variables_find(variables, name);
    if (status == LFADS_OK && v && v->numbers)
        status = h5_read_number(&conversion, file, data, "conversion", err);
    for (size_t i = 0; status == LFADS_OK && v && v->numbers && i < v->count; i++)
        v->numbers[i] *= isfinite(conversion) ? conversion : 1;
    snprintf(as, sizeof as, "%.300s_times", name);
    return status == LFADS_OK && v && v->rank > 0
               ? add_times(variables, file, path, as, v->dims[0], err)
               : status;
}

enum lfads_status read_nwb_series(struct variables *variables, const struct h5_file *file,
                                  const char *names, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    while (*names && status == LFADS_OK) {
        size_t length = strcspn(names, ",");
        char name[200];

        snprintf(name, sizeof name, "%.*s", (int)(length < 199 ? length : 199), names);
        status = read_one(variables, file, name, err);
        names += length + (names[length] == ',');
    }
    return status;
}
