/* assemble.c - arrays of a file that together are one table or matrix.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/assemble.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/sparse.h"

enum { PARENT = 420, NAME = PARENT + 240 }; /* bytes of names; those of HDF5's arrays are below */

/* The array PART of PARENT; NULL if there is none. */
static struct variable *part_of(const struct variables *variables, const char *parent,
                                const char *part)
{
    char name[NAME];

    snprintf(name, sizeof name, "%.*s/%s", PARENT, parent, part);
    return variables_find(variables, name);
}

/* Removes what is in PARENT and of a name that begins with PART. */
static void remove_parts(struct variables *variables, const char *parent, const char *part)
{
    char name[NAME];

    snprintf(name, sizeof name, "%.*s/%s", PARENT, parent, part);
    for (size_t i = variables->count; i-- > 0;)
        if (strncmp(variables->item[i].name, name, strlen(name)) == 0)
            variables_remove(variables, i);
}

/* Adds column C of VALUES [rows,columns] as NAME. */
static enum lfads_status add_column(struct variables *variables, const char *name,
                                    const struct variable *values, size_t c,
                                    struct lfads_error *err)
{
    size_t rows = values->dims[0], columns = values->rank > 1 ? values->dims[1] : 1;
    const double *from = values->numbers; /* VALUES moves when an array is added */
    double *numbers;
    enum lfads_status status =
        variables_allocate(&numbers, rows, sizeof *numbers, variables->path, err);

    for (size_t i = 0; i < rows && status == LFADS_OK; i++)
        numbers[i] = from[i * columns + c];
    return status == LFADS_OK ? variables_add_numbers(variables, name, numbers, rows, err) : status;
}

/* Adds the columns of the block whose arrays are ITEMS and VALUES of the table PARENT. */
static enum lfads_status add_block(struct variables *variables, const char *parent,
                                   const char *items, const char *values, struct lfads_error *err)
{
    const struct variable *names = part_of(variables, parent, items);
    enum lfads_status status = LFADS_OK;

    for (size_t c = 0; names && c < names->count && status == LFADS_OK; c++) {
        const struct variable *block = part_of(variables, parent, values);
        char text[200], name[NAME];

        variable_text(text, sizeof text, names, c);
        snprintf(name, sizeof name, "%.*s/%s", PARENT, parent, text);
        if (!block || !block->numbers || block->ends || block->rank != 2 ||
            block->dims[1] != names->count)
            status = variables_skip(
                variables, name, "has objects of Python, such as texts (write the table by to_csv)",
                err);
        else
            status = add_column(variables, name, block, c, err);
        names = part_of(variables, parent, items);
    }
    return status;
}

/* Whether the table is an array of one block whose columns have no names but numbers. */
static bool is_array(const struct variables *variables, const char *parent)
{
    const struct variable *items = part_of(variables, parent, "block0_items"),
                          *values = part_of(variables, parent, "block0_values");

    return !part_of(variables, parent, "block1_items") && items && items->numbers && values &&
           values->numbers && !values->ends;
}

/* Makes arrays of the table PARENT. */
static enum lfads_status take_frame(struct variables *variables, const char *parent,
                                    struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    if (is_array(variables, parent)) {
        struct variable *values = part_of(variables, parent, "block0_values");

        values->name[strlen(parent)] = 0;
    }
    for (size_t b = 0; status == LFADS_OK; b++) {
        char items[40], values[40];

        snprintf(items, sizeof items, "block%zu_items", b);
        snprintf(values, sizeof values, "block%zu_values", b);
        if (!part_of(variables, parent, items))
            break;
        if (variables_find(variables, parent) == NULL)
            status = add_block(variables, parent, items, values, err);
    }
    remove_parts(variables, parent, "axis");
    remove_parts(variables, parent, "block");
    return status;
}

enum lfads_status assemble_frames(struct variables *variables, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < variables->count && status == LFADS_OK; i++) {
        const char *last = variable_last_name(&variables->item[i]);
        size_t length = (size_t)(last - variables->item[i].name);
        char parent[PARENT];
        bool frame = strcmp(last, "block0_items") == 0, series = strcmp(last, "values") == 0;

        if (length < 2 || length >= PARENT)
            continue;
        snprintf(parent, sizeof parent, "%.*s", (int)length - 1, variables->item[i].name);
        if (frame && part_of(variables, parent, "axis0")) {
            status = take_frame(variables, parent, err);
            i = (size_t)-1; /* they are others now */
        } else if (series && part_of(variables, parent, "index") &&
                   !variables_find(variables, parent)) {
            variables->item[i].name[length - 1] = 0;
            remove_parts(variables, parent, "index");
            i = (size_t)-1;
        }
    }
    return status;
}

/* The parts of a sparse matrix: its lines are columns if FORMAT is csc, else rows. */
struct parts {
    const struct variable *format, *shape, *data, *indices, *starts, *row, *column;
};

static bool find_parts(struct parts *p, const struct variables *variables)
{
    *p = (struct parts){.format = variables_find(variables, "format"),
                        .shape = variables_find(variables, "shape"),
                        .data = variables_find(variables, "data"),
                        .indices = variables_find(variables, "indices"),
                        .starts = variables_find(variables, "indptr"),
                        .row = variables_find(variables, "row"),
                        .column = variables_find(variables, "col")};
    return p->format && p->format->texts && p->format->count == 1 && p->shape &&
           p->shape->numbers && p->shape->count == 2 && p->data && p->data->numbers &&
           p->data->rank == 1 &&
           ((p->indices && p->indices->numbers && p->starts && p->starts->numbers) ||
            (p->row && p->row->numbers && p->column && p->column->numbers));
}

/* Fills DENSE [ROWS,COLUMNS] of entries that each have a row and a column; false if they are not
 * within it. */
static bool fill_entries(double *dense, const struct parts *p, size_t rows, size_t columns)
{
    for (size_t k = 0; k < p->data->count; k++) {
        double row = p->row->numbers[k], column = p->column->numbers[k];

        if (!(row >= 0 && row < (double)rows && column >= 0 && column < (double)columns))
            return false;
        dense[(size_t)row * columns + (size_t)column] += p->data->numbers[k];
    }
    return true;
}

/* Fills DENSE of the parts; false if they are damaged. */
static bool fill(double *dense, const struct parts *p, const size_t dims[2])
{
    bool columns = strcmp(p->format->texts[0], "csc") == 0;
    struct sparse sparse = {.lines = dims[columns], .length = dims[!columns]};

    if (!p->starts)
        return p->row->count == p->data->count && p->column->count == p->data->count &&
               fill_entries(dense, p, dims[0], dims[1]);
    sparse.stored = p->indices->count < p->data->count ? p->indices->count : p->data->count;
    sparse.starts = p->starts->numbers;
    sparse.places = p->indices->numbers;
    sparse.values = p->data->numbers;
    if (p->starts->count != sparse.lines + 1 || !sparse_is_sound(&sparse))
        return false;
    sparse_fill(dense, &sparse);
    return true;
}

enum lfads_status assemble_sparse(struct variables *variables, struct lfads_error *err)
{
    struct parts p;
    struct variable *v;
    double *dense;
    size_t dims[2], count;
    bool columns;
    enum lfads_status status;

    if (!find_parts(&p, variables))
        return LFADS_OK;
    for (int i = 0; i < 2; i++)
        dims[i] = p.shape->numbers[i] >= 0 && p.shape->numbers[i] < 1e15
                      ? (size_t)p.shape->numbers[i]
                      : SIZE_MAX;
    if (__builtin_mul_overflow(dims[0], dims[1], &count) || count > SIZE_MAX / 64)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: its sparse matrix is larger than any memory",
                          variables->path);
    columns = p.starts && strcmp(p.format->texts[0], "csc") == 0;
    status = variables_allocate(&dense, count, sizeof *dense, variables->path, err);
    if (status == LFADS_OK && !fill(dense, &p, dims))
        status = lfads_fail(
            err, LFADS_BAD_DATA,
            "%s: its sparse matrix is damaged, or is not stored by rows, columns or entries",
            variables->path);
    if (status != LFADS_OK) {
        free(dense);
        return status;
    }
    while (variables->count > 0)
        variables_remove(variables, 0);
    status = variables_add(&v, variables, "data", 2, dims, err);
    if (status != LFADS_OK) {
        free(dense);
        return status;
    }
    v->numbers = dense;
    return columns ? variable_from_columns(v, variables->path, err) : LFADS_OK;
}
