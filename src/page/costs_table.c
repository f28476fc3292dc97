/* costs_table.c - takes the table of costs apart: names and one or two numbers alternate.
 * SPDX-License-Identifier: Apache-2.0 */
#include "page/costs_table.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static double *numbers(size_t rows)
{
    double *values = malloc((rows + 1) * sizeof *values);

    if (!values)
        return NULL;
    for (size_t i = 0; i < rows; i++)
        values[i] = (double)NAN;
    return values;
}

/* Returns the column NAME, a new one if there is none; NULL if there is no room. */
static struct costs_column *column_of(struct costs_table *t, const char *name, size_t most)
{
    struct costs_column *c;

    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->column[i].name, name) == 0)
            return &t->column[i];
    if (t->count == COSTS_COLUMNS || strlen(name) >= sizeof c->name)
        return NULL;
    c = &t->column[t->count];
    c->train = numbers(most);
    c->valid = numbers(most);
    t->count++; /* so that a failure frees what there is */
    if (!c->train || !c->valid)
        return NULL;
    snprintf(c->name, sizeof c->name, "%s", name);
    return c;
}

/* Takes row ROW of at most MOST rows apart. */
static void read_row(struct costs_table *t, size_t row, char *line, size_t most)
{
    double *next[2] = {NULL, NULL}, *step[2] = {t->step, NULL}, *epoch[2] = {t->epoch, NULL};
    size_t at = 0;

    for (char *rest = line, *cell; (cell = strsep(&rest, ","));) {
        char *end;
        double value;

        cell += strspn(cell, " \t\r");
        cell[strcspn(cell, " \t\r")] = 0;
        value = strtod(cell, &end);
        if (*cell && !*end) {
            if (at < 2 && next[at])
                next[at][row] = value;
            at++;
        } else {
            struct costs_column *c = NULL;
            bool is_step = strcmp(cell, "step") == 0, is_epoch = strcmp(cell, "epoch") == 0;

            if (!is_step && !is_epoch)
                c = column_of(t, cell, most);
            next[0] = is_step ? step[0] : is_epoch ? epoch[0] : c ? c->train : NULL;
            next[1] = c ? c->valid : NULL;
            at = 0;
        }
    }
}

enum lfads_status costs_table_read(struct costs_table *out, const char *path,
                                   struct lfads_error *err)
{
    char *text;
    size_t most = 0;
    enum lfads_status status;

    *out = (struct costs_table){.rows = 0};
    if (!file_exists(path))
        return LFADS_OK;
    status = file_read_text(&text, path, err);
    if (status != LFADS_OK)
        return status;
    for (const char *c = text; *c; c++)
        most += *c == '\n';
    out->epoch = numbers(most);
    out->step = numbers(most);
    if (!out->epoch || !out->step)
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
    for (char *rest = text, *line; status == LFADS_OK && (line = strsep(&rest, "\n"));) {
        if (out->rows == most)
            break; /* an incomplete row */
        read_row(out, out->rows, line, most);
        if (isfinite(out->step[out->rows]) && isfinite(out->epoch[out->rows]))
            out->rows++;
    }
    for (size_t i = 0; i < out->count; i++)
        if (!out->column[i].train || !out->column[i].valid)
            status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
    free(text);
    return status;
}

void costs_table_free(struct costs_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->column[i].train);
        free(table->column[i].valid);
    }
    free(table->epoch);
    free(table->step);
    *table = (struct costs_table){.rows = 0};
}

const struct costs_column *costs_table_find(const struct costs_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->column[i].name, name) == 0)
            return &table->column[i];
    return NULL;
}
