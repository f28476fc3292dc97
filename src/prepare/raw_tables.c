/* raw_tables.c - the tables of a recording's trials and of its units.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "prepare/raw.h"

static const char trials_prefix[] = "trials/";
static const char trial_id_names[] = "id trial trial_id trial_ids trial_number trial_num";

/* Adds a copy of column FROM to TABLE under NAME. */
static enum lfads_status copy_column(struct variables *table, const struct variable *from,
                                     const char *name, struct lfads_error *err)
{
    struct variable *to;
    enum lfads_status status = variables_add(&to, table, name, 1, &from->count, err);

    if (status != LFADS_OK)
        return status;
    if (from->numbers) {
        status = variables_allocate(&to->numbers, to->count, sizeof *to->numbers, table->path, err);
        if (status == LFADS_OK)
            memcpy(to->numbers, from->numbers, to->count * sizeof *to->numbers);
        return status;
    }
    status = variables_allocate(&to->texts, to->count, sizeof *to->texts, table->path, err);
    for (size_t i = 0; i < to->count && status == LFADS_OK; i++)
        if (!(to->texts[i] = strdup(from->texts[i])))
            status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", table->path);
    return status;
}

enum lfads_status raw_copy_columns(struct variables *table, const struct variables *from,
                                   const char *prefix, size_t rows, struct lfads_error *err)
{
    size_t length = strlen(prefix);
    enum lfads_status status = LFADS_OK;

    /* the id comes first */
    for (size_t k = 0; k < 2 * from->count && status == LFADS_OK; k++) {
        const struct variable *v = &from->item[k < from->count ? k : k - from->count];

        if (k < from->count &&
            (strlen(v->name) < length || strcasecmp(v->name + length, "id") != 0))
            continue;
        const char *name = length ? v->name + length : variable_last_name(v);

        if (strncmp(v->name, prefix, length) != 0 || strchr(name, '/') || v->count != rows ||
            v->ends || (!v->numbers && !v->texts) || (v->rank != 1 && rows > 1) ||
            variables_find(table, name))
            continue;
        status = copy_column(table, v, name, err);
    }
    return status;
}

/* Adds the column "id" with numbers from 0 or 1. */
static enum lfads_status number_rows(struct variables *table, size_t rows, bool from_one,
                                     struct lfads_error *err)
{
    double *ids;
    enum lfads_status status = variables_allocate(&ids, rows, sizeof *ids, table->path, err);

    for (size_t i = 0; i < rows && status == LFADS_OK; i++)
        ids[i] = (double)(i + from_one);
    return status == LFADS_OK ? variables_add_numbers(table, "id", ids, rows, err) : status;
}

/* The rows of the trial table among the recording's own columns: the most frequent length of arrays
 * with one axis that are not spikes, SPIKES entries long. 0: none. */
static size_t rows_beside_spikes(const struct variables *recording, size_t spikes)
{
    size_t best = 0, most = 0;

    for (size_t i = 0; i < recording->count; i++) {
        size_t count = recording->item[i].count, same = 0;

        if (recording->item[i].rank != 1 || recording->item[i].ends || count == spikes || count < 2)
            continue;
        for (size_t k = 0; k < recording->count; k++)
            same += recording->item[k].rank == 1 && recording->item[k].count == count;
        if (same > most) {
            most = same;
            best = count;
        }
    }
    return best;
}

/* Fills the trial table from FROM's columns with PREFIX and ROWS entries. */
static enum lfads_status fill_trials(struct raw *raw, const struct variables *from,
                                     const char *prefix, size_t rows, struct lfads_error *err)
{
    struct variables *table = &raw->trial;
    /* behind a prefix the column is called id, as NWB has it */
    const struct variable *id = variables_find_any(from, *prefix ? "trials/id" : trial_id_names);
    enum lfads_status status;

    raw->trials = rows;
    table->in_seconds = from->in_seconds;
    memcpy(table->path, from->path, sizeof table->path);
    if (id && id->count == rows && id->numbers && !id->ends && variable_is_whole(id))
        status = copy_column(table, id, "id", err);
    else
        status = number_rows(table, rows, from->from_one, err);
    return status == LFADS_OK ? raw_copy_columns(table, from, prefix, rows, err) : status;
}

/* A trial's id and row, for searching. */
struct row {
    double id;
    size_t row;
};

static int compare_rows(const void *a, const void *b)
{
    double x = ((const struct row *)a)->id, y = ((const struct row *)b)->id;

    return x < y ? -1 : x > y;
}

/* Replaces the trials' ids that spikes name by rows of the table. */
static enum lfads_status find_rows(struct raw *raw, struct variable *of_spikes,
                                   struct lfads_error *err)
{
    const double *ids = raw->trial.item[0].numbers;
    struct row *rows;
    enum lfads_status status = variables_allocate(&rows, raw->trials, sizeof *rows, raw->path, err);

    for (size_t i = 0; i < raw->trials && status == LFADS_OK; i++)
        rows[i] = (struct row){ids[i], i};
    if (status == LFADS_OK)
        qsort(rows, raw->trials, sizeof *rows, compare_rows);
    for (size_t i = 1; i < raw->trials && status == LFADS_OK; i++)
        if (rows[i - 1].id == rows[i].id)
            status = lfads_fail(err, LFADS_BAD_DATA, "%s: the table of trials has two rows of %g",
                                raw->path, rows[i].id);
    for (size_t i = 0; i < of_spikes->count && status == LFADS_OK; i++) {
        const struct row key = {of_spikes->numbers[i], 0}, *found;

        found = bsearch(&key, rows, raw->trials, sizeof *rows, compare_rows);
        if (!found)
            status = lfads_fail(err, LFADS_BAD_DATA,
                                "%s: spike %zu is of trial %g, which the table of %zu trials does "
                                "not have",
                                raw->path, i, key.id, raw->trials);
        else
            of_spikes->numbers[i] = (double)found->row;
    }
    free(rows);
    return status;
}

/* The trials are the distinct ids that spikes name. */
static enum lfads_status trials_of_spikes(struct raw *raw, struct variable *of_spikes,
                                          struct lfads_error *err)
{
    uint32_t *row = NULL;
    enum lfads_status status = raw_find_distinct(&row, &raw->trial, &raw->trials, of_spikes, err);

    for (size_t i = 0; i < of_spikes->count && status == LFADS_OK; i++)
        of_spikes->numbers[i] = row[i];
    free(row);
    return status;
}

/* A column of the group or structure "trials" with ROWS rows (0: any); NULL if there is none. */
static const struct variable *trials_column(const struct variables *from, size_t rows)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct variable *v = &from->item[i];

        if (strncasecmp(v->name, trials_prefix, strlen(trials_prefix)) == 0 && !v->ends &&
            v->rank == 1 && (rows == 0 || v->count == rows))
            return v;
    }
    return NULL;
}

/* The rows of the trial table among the recording's arrays. */
static size_t own_rows(const struct variables *recording, const struct variable *of_spikes)
{
    static const char names[] =
        "start_time trial_start start start_s start_ms starttime trialstart "
        "trial_start_time t_start tstart";
    const struct variable *start = variables_find_any(recording, names);

    if (of_spikes)
        return rows_beside_spikes(recording, of_spikes->count);
    if (!start)
        start = variables_find_inside(recording, names, NULL);
    return start && start->rank == 1 && !start->ends ? start->count : 0;
}

enum lfads_status raw_read_trials(struct raw *raw, struct variables *recording,
                                  struct variables *table, struct variable *of_spikes, size_t rows,
                                  struct lfads_error *err)
{
    const struct variables *from = table->count > 0 ? table : recording;
    const struct variable *own = trials_column(from, table->count > 0 ? 0 : rows);
    enum lfads_status status;

    rows = rows ? rows : own_rows(recording, of_spikes);
    if (of_spikes && (!of_spikes->numbers || of_spikes->ends))
        return lfads_fail(err, LFADS_BAD_DATA, "%s: the trials of spikes, %s, are no numbers",
                          raw->path, of_spikes->name);
    if (own)
        status = fill_trials(raw, from, trials_prefix, own->count, err);
    else if (table->count > 0)
        status = fill_trials(raw, table, "", table->item[0].count, err);
    else if (rows > 0)
        status = fill_trials(raw, recording, "", rows, err);
    else
        return of_spikes ? trials_of_spikes(raw, of_spikes, err) : LFADS_OK;
    return status == LFADS_OK && of_spikes ? find_rows(raw, of_spikes, err) : status;
}

/* Columns of a table of clusters, by its column cluster_id, for the units that have spikes. */
static enum lfads_status add_clusters(struct raw *raw, const struct variables *recording,
                                      const struct variable *cluster, struct lfads_error *err)
{
    const struct variable *id = &raw->unit.item[0];
    size_t *row;
    enum lfads_status status = variables_allocate(&row, raw->units, sizeof *row, raw->path, err);

    for (size_t u = 0; u < raw->units && status == LFADS_OK; u++)
        for (row[u] = 0; row[u] < cluster->count; row[u]++)
            if (cluster->numbers[row[u]] == id->numbers[u])
                break;
    for (size_t i = 0; i < recording->count && status == LFADS_OK; i++) {
        const struct variable *from = &recording->item[i];
        struct variable *to;

        if (from == cluster || from->count != cluster->count || from->ends ||
            (!from->numbers && !from->texts) || variables_find(&raw->unit, from->name))
            continue;
        status = variables_add(&to, &raw->unit, from->name, 1, &raw->units, err);
        if (status == LFADS_OK)
            status = from->numbers ? variables_allocate(&to->numbers, raw->units,
                                                        sizeof *to->numbers, raw->path, err)
                                   : variables_allocate(&to->texts, raw->units, sizeof *to->texts,
                                                        raw->path, err);
        for (size_t u = 0; u < raw->units && status == LFADS_OK; u++) {
            bool known = row[u] < cluster->count;

            if (from->numbers)
                to->numbers[u] = known ? from->numbers[row[u]] : (double)NAN;
            else if (!(to->texts[u] = strdup(known ? from->texts[row[u]] : "")))
                status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", raw->path);
        }
    }
    free(row);
    return status;
}

enum lfads_status raw_read_units(struct raw *raw, struct variables *recording,
                                 struct lfads_error *err)
{
    const struct variable *cluster = variables_find(recording, "cluster_id");
    enum lfads_status status = raw_copy_columns(&raw->unit, recording, "units/", raw->units, err);

    if (status == LFADS_OK && cluster && cluster->numbers && !cluster->ends &&
        raw->unit.item[0].numbers)
        return add_clusters(raw, recording, cluster, err);
    return status == LFADS_OK && raw->units != raw->trials
               ? raw_copy_columns(&raw->unit, recording, "", raw->units, err)
               : status;
}
