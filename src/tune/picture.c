/* picture.c - the population's figure, of the generations that are done.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/population_figure.h"
#include "tune/tuning.h"

/* Columns before the values: the score, and bits per spike where there are some. */
static size_t lead(const struct tuning *t) { return t->has_null ? 2 : 1; }

/* Fills the arrays of the figure, [done,members] and [done,members,columns]. */
static void fill(size_t *parents, double *values, const struct tuning *t)
{
    size_t columns = lead(t) + t->space.count, count = t->population.done * t->settings.members;

    for (size_t i = 0; i < count; i++) {
        const struct member_row *row = &t->population.rows[i];

        parents[i] = row->parent;
        values[i * columns] = row->scores.score;
        if (t->has_null)
            values[i * columns + 1] = row->scores.co_bps;
        memcpy(values + i * columns + lead(t), row->values, t->space.count * sizeof *values);
    }
}

enum lfads_status tuning_draw(const struct tuning *tuning, size_t best, struct lfads_error *err)
{
    const struct tuning *t = tuning;
    size_t count = t->population.done * t->settings.members, columns = lead(t) + t->space.count;
    const char *names[SPACE_VALUES + 2] = {"score", "co_bps"};
    bool logs[SPACE_VALUES + 2] = {false};
    char title[200], path[FILE_PATH];
    size_t *parents = calloc(count, sizeof *parents);
    double *values = calloc(count * columns, sizeof *values);
    enum lfads_status status = file_join(path, t->directory, "population.png", err);

    for (size_t i = 0; i < t->space.count; i++) {
        names[lead(t) + i] = t->space.value[i].name;
        logs[lead(t) + i] = t->space.value[i].log;
    }
    snprintf(title, sizeof title, "%zu members, %zu generations, score: %s", t->settings.members,
             t->population.done, t->tune->metric);
    if (status == LFADS_OK && (!parents || !values))
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to draw %s", path);
    if (status == LFADS_OK) {
        const struct population_figure figure = {.title = title,
                                                 .generations = t->population.done,
                                                 .members = t->settings.members,
                                                 .columns = columns,
                                                 .scores = lead(t),
                                                 .names = names,
                                                 .logs = logs,
                                                 .values = values,
                                                 .parents = parents,
                                                 .best = best};

        fill(parents, values, t);
        status = population_figure_write(path, &figure, err);
    }
    free(parents);
    free(values);
    return status;
}
