/* read_hdf5_lists.c - reads what is no array in HDF5: lists of different lengths, records, MATLAB's
 * sparse matrices and letters. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/read_hdf5.h"
#include "prepare/sparse.h"

enum lfads_status read_hdf5_lists(struct variables *variables, const struct h5_file *file,
                                  const char *name, const char *as, const struct h5_shape *shape,
                                  struct lfads_error *err)
{
    struct cells cells;
    enum lfads_status status = cells_begin(&cells, shape->rank, shape->dims, file->path, err);

    for (size_t i = 0; i < shape->count && status == LFADS_OK; i++) {
        size_t count;
        double *list, *to;

        status = h5_read_reals(&list, &count, file, name, i, err);
        if (status == LFADS_OK)
            status = cells_add(&to, &cells, count, 0, err);
        if (status == LFADS_OK && count > 0)
            memcpy(to, list, count * sizeof *to);
        free(list);
    }
    if (status == LFADS_OK)
        return cells_end_lists(variables, as, &cells, err);
    cells_free(&cells);
    return status;
}

/* Reads the field that TEXT tells of. */
static enum lfads_status read_field(struct variables *variables, const struct h5_file *file,
                                    const char *name, const char *as, const char *text, size_t rows,
                                    struct lfads_error *err)
{
    char *field, path[480];
    size_t width = strtoul(text, &field, 10);
    struct variable *v;
    enum lfads_status status;

    field += *field == ' ';
    snprintf(path, sizeof path, "%.240s/%.220s", as, field);
    if (width == 0)
        return variables_skip(variables, path, "is a field that holds no numbers", err);
    status =
        variables_add(&v, variables, path, width > 1 ? 2 : 1, (const size_t[2]){rows, width}, err);
    if (status == LFADS_OK)
        status =
            variables_allocate(&v->numbers, v->count, sizeof *v->numbers, variables->path, err);
    return status == LFADS_OK ? h5_read_field(v->numbers, file, name, field, rows, width, err)
                              : status;
}

enum lfads_status read_hdf5_records(struct variables *variables, const struct h5_file *file,
                                    const char *name, const char *as, const struct h5_shape *shape,
                                    struct lfads_error *err)
{
    struct h5_texts fields;
    enum lfads_status status;

    if (shape->rank != 1)
        return variables_skip(variables, as, "holds records, and has other than one axis", err);
    status = h5_read_fields(&fields, file, name, err);
    for (size_t i = 0; i < fields.count && status == LFADS_OK; i++)
        status = read_field(variables, file, name, as, fields.each[i], shape->count, err);
    h5_texts_free(&fields);
    return status;
}

enum lfads_status read_hdf5_sparse_rows(size_t *rows, const struct h5_file *file, const char *name,
                                        struct lfads_error *err)
{
    double value;
    enum lfads_status status = h5_read_number(&value, file, name, "MATLAB_sparse", err);

    *rows = status == LFADS_OK && value >= 0 && value < 9e15 ? (size_t)value : SIZE_MAX;
    return status;
}

static enum lfads_status damaged(const struct h5_file *file, const char *name,
                                 struct lfads_error *err)
{
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%s: %s is no sparse matrix of numbers, or it is damaged", file->path, name);
}

/* Sets *NUMBERS to those of the array PART of the group NAME, COUNT of them; none where it is not
 * there, as in a matrix of zeros. The caller frees them. */
static enum lfads_status read_part(double **numbers, size_t *count, const struct h5_file *file,
                                   const char *name, const char *part, struct lfads_error *err)
{
    char path[480];
    struct h5_shape shape = {.count = 0, .numeric = true};
    enum lfads_status status = LFADS_OK;

    *numbers = NULL;
    snprintf(path, sizeof path, "%s/%s", name, part);
    if (h5_has(file, path))
        status = h5_shape(&shape, file, path, err);
    if (status == LFADS_OK && !shape.numeric)
        status = damaged(file, name, err);
    if (status == LFADS_OK)
        status = variables_allocate(numbers, shape.count, sizeof **numbers, file->path, err);
    if (status == LFADS_OK && shape.count > 0)
        status = h5_read(*numbers, H5_FLOAT64, file, path, shape.count, err);
    *count = shape.count;
    return status;
}

enum lfads_status read_hdf5_sparse_cell(struct cells *cells, const struct h5_file *file,
                                        const char *name, size_t rows, struct lfads_error *err)
{
    static const char *const parts[] = {"jc", "ir", "data"};
    double *part[3] = {NULL}, *dense;
    size_t count[3] = {0}, all = 0;
    struct sparse sparse = {.length = rows};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < 3 && status == LFADS_OK; i++)
        status = read_part(&part[i], &count[i], file, name, parts[i], err);
    sparse.lines = count[0] ? count[0] - 1 : 0;
    sparse.stored = count[1] < count[2] ? count[1] : count[2];
    sparse.starts = part[0];
    sparse.places = part[1];
    sparse.values = part[2];
    if (status == LFADS_OK &&
        (count[0] == 0 || !sparse_is_sound(&sparse) ||
         __builtin_mul_overflow(sparse.lines, rows, &all) || all > SIZE_MAX / 64))
        status = damaged(file, name, err);
    if (status == LFADS_OK)
        status = cells_add(&dense, cells, all, rows > 1 && sparse.lines > 1 ? rows : 0, err);
    if (status == LFADS_OK && all > 0) {
        memset(dense, 0, all * sizeof *dense);
        sparse_fill(dense, &sparse);
    }
    for (size_t i = 0; i < 3; i++)
        free(part[i]);
    return status;
}

enum lfads_status read_hdf5_sparse(struct variables *variables, const struct h5_file *file,
                                   const char *name, size_t rows, struct lfads_error *err)
{
    struct cells cells;
    struct variable *v;
    size_t dims[2] = {rows, 0};
    enum lfads_status status = cells_begin(&cells, 0, NULL, file->path, err);

    if (status == LFADS_OK)
        status = read_hdf5_sparse_cell(&cells, file, name, rows, err);
    dims[1] = rows ? cells.used / rows : 0;
    if (status == LFADS_OK)
        status = variables_add(&v, variables, name, 2, dims, err);
    if (status == LFADS_OK) {
        v->numbers = cells.numbers;
        cells.numbers = NULL;
        status = variable_from_columns(v, file->path, err);
        variable_squeeze(v);
    }
    cells_free(&cells);
    return status;
}

enum lfads_status read_hdf5_letters(struct variables *variables, const struct h5_file *file,
                                    const char *name, const struct h5_shape *shape,
                                    struct lfads_error *err)
{
    struct h5_texts texts;
    size_t bytes = 0;
    enum lfads_status status = h5_read_cells(&texts, file, name, shape, err);

    for (size_t i = 0; i < texts.count; i++)
        bytes += strlen(texts.each[i]) + 1;
    if (status == LFADS_OK)
        status = variables_add_texts(variables, name, texts.text, bytes, 1, &texts.count, err);
    h5_texts_free(&texts);
    return status;
}
