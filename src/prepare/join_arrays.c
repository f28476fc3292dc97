/* join_arrays.c - many arrays of a file as one: an array a unit, or a trial.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/join_arrays.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/cells.h"

static const char unit_ids[] = "units/id";

bool join_is_pattern(const char *name) { return strpbrk(name, "*?") != NULL; }

/* Numbers in names count as numbers: unit_2 is before unit_10. */
static int compare_names(const void *a, const void *b)
{
    const char *x = (*(const struct variable *const *)a)->name;
    const char *y = (*(const struct variable *const *)b)->name;

    while (*x && *y) {
        char *x_end, *y_end;

        if (isdigit((unsigned char)*x) && isdigit((unsigned char)*y)) {
            unsigned long p = strtoul(x, &x_end, 10), q = strtoul(y, &y_end, 10);

            if (p != q)
                return p < q ? -1 : 1;
            x = x_end;
            y = y_end;
        } else if (*x != *y) {
            break;
        } else {
            x++;
            y++;
        }
    }
    return (unsigned char)*x - (unsigned char)*y;
}

/* The arrays of numbers whose names match PATTERN, with at most AXES axes. */
struct matches {
    const struct variable **each;
    size_t count;
};

static enum lfads_status find(struct matches *m, const struct variables *variables,
                              const char *pattern, size_t axes, struct lfads_error *err)
{
    enum lfads_status status =
        variables_allocate(&m->each, variables->count, sizeof(void *), variables->path, err);

    m->count = 0;
    for (size_t i = 0; i < variables->count && status == LFADS_OK; i++) {
        const struct variable *v = &variables->item[i];

        if (fnmatch(pattern, v->name, 0) == 0 && v->numbers && !v->ends && v->rank <= axes)
            m->each[m->count++] = v;
    }
    if (status == LFADS_OK && m->count == 0)
        status = variables_missing(variables, pattern, "no array of numbers is called so", err);
    if (status == LFADS_OK)
        qsort(m->each, m->count, sizeof(void *), compare_names);
    return status;
}

/* Makes the names of the arrays the ids of the units. */
static enum lfads_status name_units(struct variables *variables, char *const *names, size_t count,
                                    struct lfads_error *err)
{
    struct variable *v;
    enum lfads_status status;

    if (variables_find(variables, unit_ids))
        return LFADS_OK;
    status = variables_add(&v, variables, unit_ids, 1, &count, err);
    if (status == LFADS_OK)
        status = variables_allocate(&v->texts, count, sizeof *v->texts, variables->path, err);
    for (size_t i = 0; i < count && status == LFADS_OK; i++)
        if (!(v->texts[i] = strdup(names[i])))
            status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path);
    return status;
}

/* Sets *NAMES to copies of the arrays' names, as the arrays move when one is added. */
static enum lfads_status copy_names(char ***names, const struct matches *m,
                                    const struct variables *variables, struct lfads_error *err)
{
    enum lfads_status status =
        variables_allocate(names, m->count, sizeof **names, variables->path, err);

    for (size_t i = 0; i < m->count && status == LFADS_OK; i++)
        if (!((*names)[i] = strdup(m->each[i]->name)))
            status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path);
    return status;
}

/* Adds the arrays to CELLS, a matrix with its first axis varying fastest. */
static enum lfads_status add_cells(struct cells *cells, const struct matches *m,
                                   struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < m->count && status == LFADS_OK; i++) {
        const struct variable *v = m->each[i];
        size_t rows = v->rank == 2 ? v->dims[0] : v->count, columns = rows ? v->count / rows : 0;
        double *to;

        status = cells_add(&to, cells, v->count, v->rank == 2 && rows > 1 ? rows : 0, err);
        for (size_t row = 0; row < rows && status == LFADS_OK; row++)
            for (size_t column = 0; column < columns; column++)
                to[column * rows + row] = v->numbers[row * columns + column];
    }
    return status;
}

/* Adds the arrays, an entry of the first axis each, as ADD says, and the names of units. */
static enum lfads_status join(struct variables *variables, const char *pattern, size_t axes,
                              enum lfads_status (*add)(struct variables *variables,
                                                       const char *name, struct cells *cells,
                                                       struct lfads_error *err),
                              struct lfads_error *err)
{
    struct matches m = {.each = NULL};
    struct cells cells = {.numbers = NULL};
    char **names = NULL;
    size_t count = 0;
    enum lfads_status status = find(&m, variables, pattern, axes, err);

    if (status == LFADS_OK)
        status = copy_names(&names, &m, variables, err);
    if (status == LFADS_OK)
        status = cells_begin(&cells, 1, &m.count, variables->path, err);
    if (status == LFADS_OK)
        status = add_cells(&cells, &m, err);
    count = m.count;
    free(m.each);
    if (status == LFADS_OK)
        status = add(variables, pattern, &cells, err);
    else
        cells_free(&cells);
    if (status == LFADS_OK && axes == 1)
        status = name_units(variables, names, count, err);
    for (size_t i = 0; i < count && names; i++)
        free(names[i]);
    free(names);
    return status;
}

enum lfads_status join_times(struct variables *variables, const char *pattern,
                             struct lfads_error *err)
{
    return join(variables, pattern, 1, cells_end_lists, err);
}

/* Adds lists of one length as [bins,lists]. */
static enum lfads_status add_channels(struct variables *variables, const char *name,
                                      struct cells *cells, struct lfads_error *err)
{
    size_t dims[2] = {cells->count ? cells->ends[0] : 0, cells->count};
    struct variable *v;
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < cells->count && status == LFADS_OK; i++)
        if (cells->ends[i] != (i + 1) * dims[0])
            status = lfads_fail(err, LFADS_BAD_DATA,
                                "%s: the arrays %s have different lengths, and each is the counts "
                                "of a unit",
                                variables->path, name);
    if (status == LFADS_OK)
        status = variables_add(&v, variables, name, 2, dims, err);
    if (status == LFADS_OK) {
        v->numbers = cells->numbers;
        cells->numbers = NULL;
        status = variable_from_columns(v, variables->path, err);
    }
    cells_free(cells);
    return status;
}

enum lfads_status join_counts(struct variables *variables, const char *pattern,
                              struct lfads_error *err)
{
    struct matches m;
    size_t axes = 1;
    enum lfads_status status = find(&m, variables, pattern, 2, err);

    for (size_t i = 0; i < m.count && status == LFADS_OK; i++)
        axes = m.each[i]->rank > axes ? m.each[i]->rank : axes;
    free(m.each);
    if (status != LFADS_OK)
        return status;
    return join(variables, pattern, axes, axes == 1 ? add_channels : cells_end, err);
}
