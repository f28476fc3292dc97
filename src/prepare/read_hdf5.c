/* read_hdf5.c - reads HDF5 files: those of MATLAB 7.3, and others with arrays of any names. The
 * reading process of h5.h reads them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/read_hdf5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/assemble.h"
#include "prepare/cells.h"
#include "prepare/read.h"

enum { DEEPEST = 3 };

static const char table_index[] = "_i_"; /* of PyTables, beside a table */

/* An open file and what its arrays are read into. */
struct reading {
    struct h5_file file;
    struct variables *variables;
    bool matlab; /* axes are in the opposite order; characters are numbers */
};

/* Adds texts. */
static enum lfads_status read_texts(struct variables *variables, const struct h5_file *file,
                                    const char *name, const char *as, const struct h5_shape *shape,
                                    struct lfads_error *err)
{
    struct h5_texts texts;
    size_t bytes = 0;
    enum lfads_status status = h5_read_texts(&texts, file, name, shape, err);

    for (size_t i = 0; i < texts.count; i++)
        bytes += strlen(texts.each[i]) + 1;
    if (status == LFADS_OK)
        status =
            variables_add_texts(variables, as, texts.text, bytes, shape->rank, shape->dims, err);
    h5_texts_free(&texts);
    return status;
}

/* Skips the array NAME, called AS, which has what SHAPE says. */
static enum lfads_status skip_kind(struct variables *variables, const char *as,
                                   const struct h5_shape *shape, struct lfads_error *err)
{
    const char *why = "holds neither numbers nor texts";

    if (shape->holds == H5_COMPLEX)
        why = "holds complex numbers";
    return variables_skip(variables, as, why, err);
}

/* Skips the data set or link PATH, for which asking for its shape gives the reason. */
static enum lfads_status skip_unread(struct reading *r, const char *path, struct lfads_error *err)
{
    struct h5_shape shape;
    struct lfads_error why;
    char before[FILE_PATH + 400];
    const char *text = "can't be read";

    snprintf(before, sizeof before, "%s: %s ", r->file.path, path);
    if (h5_shape(&shape, &r->file, path, &why) != LFADS_OK &&
        strncmp(why.text, before, strlen(before)) == 0)
        text = why.text + strlen(before);
    return variables_skip(r->variables, path, text, err);
}

enum lfads_status read_hdf5_array(struct variables *variables, const struct h5_file *file,
                                  const char *name, const char *as, struct lfads_error *err)
{
    struct h5_shape shape;
    struct variable *v;
    enum lfads_status status = h5_shape(&shape, file, name, err);

    if (status == LFADS_OK &&
        (shape.holds == H5_STRINGS || (shape.holds == H5_TEXTS && shape.stored.size > 0)))
        return read_texts(variables, file, name, as, &shape, err);
    if (status == LFADS_OK && (shape.holds == H5_LISTS || shape.holds == H5_REAL_LISTS))
        return read_hdf5_lists(variables, file, name, as, &shape, err);
    if (status == LFADS_OK && shape.holds == H5_RECORDS)
        return read_hdf5_records(variables, file, name, as, &shape, err);
    if (status == LFADS_OK && !shape.numeric)
        return skip_kind(variables, as, &shape, err);
    if (status == LFADS_OK)
        status = variables_add(&v, variables, as, shape.rank, shape.dims, err);
    if (status == LFADS_OK)
        status =
            variables_allocate(&v->numbers, v->count, sizeof *v->numbers, variables->path, err);
    return status == LFADS_OK ? h5_read(v->numbers, H5_FLOAT64, file, name, v->count, err) : status;
}

/* MATLAB's axes as its users see them; the numbers already lie so that its first axis varies
 * fastest. */
static void reverse_axes(size_t *dims, size_t rank)
{
    for (size_t i = 0; i < rank / 2; i++) {
        size_t other = dims[i];

        dims[i] = dims[rank - 1 - i];
        dims[rank - 1 - i] = other;
    }
}

/* Reads the letters of a text as numbers. */
static enum lfads_status read_letters(double *numbers, const struct reading *r, const char *name,
                                      const struct h5_shape *shape, struct lfads_error *err)
{
    size_t each = shape->stored.size, rows = shape->rank ? shape->dims[0] : 1;
    unsigned char *bytes;
    enum lfads_status status;

    if (each == 0)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s, in a cell, can't be read", r->file.path,
                          name);
    status = variables_allocate(&bytes, shape->count, each, r->file.path, err);
    if (status == LFADS_OK)
        status = h5_read_stored(bytes, &r->file, name, shape, 0, rows, err);
    for (size_t i = 0; i < shape->count && status == LFADS_OK; i++) {
        numbers[i] = 0;
        for (size_t b = 0; b < each; b++)
            numbers[i] =
                256 * numbers[i] + bytes[i * each + (shape->stored.big_endian ? b : each - 1 - b)];
    }
    free(bytes);
    return status;
}

/* Reads one cell as numbers. *READABLE is false if it holds others. */
static enum lfads_status read_cell(struct cells *cells, bool *readable, const struct reading *r,
                                   const char *name, struct lfads_error *err)
{
    struct h5_shape shape = {.count = 0};
    bool empty = !*name || !h5_has(&r->file, name), letters;
    size_t rows = SIZE_MAX;
    double *numbers;
    enum lfads_status status = empty ? LFADS_OK : read_hdf5_sparse_rows(&rows, &r->file, name, err);

    if (status == LFADS_OK && rows < SIZE_MAX)
        return read_hdf5_sparse_cell(cells, &r->file, name, rows, err);
    if (status == LFADS_OK && !empty)
        status = h5_shape(&shape, &r->file, name, err);
    letters = status == LFADS_OK && !empty && shape.holds == H5_LETTERS;
    *readable = status == LFADS_OK && shape.rank <= 2 && (empty || shape.numeric || letters);
    if (!*readable)
        return status;
    /* MATLAB's axes are in the opposite order */
    rows =
        shape.rank == 2 && !letters && shape.dims[0] > 1 && shape.dims[1] > 1 ? shape.dims[1] : 0;
    status = cells_add(&numbers, cells, shape.count, rows, err);
    cells->characters += letters;
    if (status != LFADS_OK || shape.count == 0)
        return status;
    return letters ? read_letters(numbers, r, name, &shape, err)
                   : h5_read(numbers, H5_FLOAT64, &r->file, name, shape.count, err);
}

/* Sets INNER to the names of the cells in the cell NAME; leaves its count 0 if it is no cell array.
 */
static enum lfads_status open_cell(struct h5_texts *inner, const struct reading *r,
                                   const char *name, struct lfads_error *err)
{
    struct h5_shape shape;

    *inner = (struct h5_texts){.count = 0};
    if (!*name || !h5_has(&r->file, name) || h5_shape(&shape, &r->file, name, NULL) != LFADS_OK ||
        shape.holds != H5_REFERENCES)
        return LFADS_OK;
    return h5_read_targets(inner, &r->file, name, err);
}

/* Reads the cell NAME, or the EACH cells in it. */
static enum lfads_status add_cell(struct cells *cells, bool *readable, const struct reading *r,
                                  const char *name, size_t each, struct lfads_error *err)
{
    struct h5_texts inner;
    enum lfads_status status;

    if (each == 0)
        return read_cell(cells, readable, r, name, err);
    status = open_cell(&inner, r, name, err);
    *readable = status == LFADS_OK && inner.count == each;
    for (size_t k = 0; k < each && *readable && status == LFADS_OK; k++)
        status = read_cell(cells, readable, r, inner.each[k], err);
    h5_texts_free(&inner);
    return status;
}

/* Reads the cells called NAMES, with SHAPE, which may all be cell arrays of as many cells. */
static enum lfads_status fill_cells(struct cells *cells, bool *readable, const struct reading *r,
                                    const struct h5_texts *names, const struct h5_shape *shape,
                                    struct lfads_error *err)
{
    size_t dims[VARIABLE_AXES + 1], rank = shape->rank, each = 0;
    struct h5_texts inner;
    enum lfads_status status = LFADS_OK;

    if (rank > VARIABLE_AXES) {
        *readable = false;
        return LFADS_OK;
    }
    memcpy(dims, shape->dims, rank * sizeof *dims);
    if (names->count > 0) {
        status = open_cell(&inner, r, names->each[0], err);
        each = inner.count;
        h5_texts_free(&inner);
    }
    if (each > 0)
        dims[rank++] = each;
    *readable = rank <= VARIABLE_AXES;
    if (status == LFADS_OK && *readable)
        status = cells_begin(cells, rank, dims, r->file.path, err);
    for (size_t i = 0; i < shape->count && status == LFADS_OK && *readable; i++)
        status = add_cell(cells, readable, r, names->each[cells_place(i, shape->rank, shape->dims)],
                          each, err);
    return status;
}

/* A cell array, or a field of an array of structures: references to data sets. */
static enum lfads_status read_cells(struct reading *r, const char *name, struct h5_shape *shape,
                                    struct lfads_error *err)
{
    struct cells cells = {.numbers = NULL};
    struct h5_texts names;
    bool readable = true;
    enum lfads_status status = h5_read_targets(&names, &r->file, name, err);

    reverse_axes(shape->dims, shape->rank);
    if (status == LFADS_OK && names.count != shape->count)
        status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s can't be read: the file is damaged",
                            r->file.path, name);
    if (status == LFADS_OK)
        status = fill_cells(&cells, &readable, r, &names, shape, err);
    h5_texts_free(&names);
    if (status == LFADS_OK && readable)
        return cells_end(r->variables, name, &cells, err);
    cells_free(&cells);
    return status == LFADS_OK
               ? variables_skip(r->variables, name, "has cells of neither numbers nor texts", err)
               : status;
}

/* Reads the data set NAME. */
static enum lfads_status read_set(struct reading *r, const char *name, struct h5_shape *shape,
                                  struct lfads_error *err)
{
    struct variable *v;
    size_t before = r->variables->count;
    enum lfads_status status;

    if (r->matlab && shape->holds == H5_REFERENCES)
        return read_cells(r, name, shape, err);
    if (r->matlab && shape->holds == H5_LETTERS)
        return read_hdf5_letters(r->variables, &r->file, name, shape, err);
    status = read_hdf5_array(r->variables, &r->file, name, name, err);
    if (status != LFADS_OK || !r->matlab || r->variables->count == before)
        return status;
    v = &r->variables->item[before];
    reverse_axes(v->dims, v->rank);
    status = variable_from_columns(v, r->file.path, err);
    variable_squeeze(v);
    return status;
}

static enum lfads_status read_group(struct reading *r, const char *group, int depth,
                                    struct lfads_error *err);

/* Reads the group PATH, which is in DEPTH others. */
static enum lfads_status read_inner(struct reading *r, const char *path, int depth,
                                    struct lfads_error *err)
{
    size_t rows = SIZE_MAX;
    enum lfads_status status =
        r->matlab ? read_hdf5_sparse_rows(&rows, &r->file, path, err) : LFADS_OK;

    if (status != LFADS_OK)
        return status;
    if (rows < SIZE_MAX)
        return read_hdf5_sparse(r->variables, &r->file, path, rows, err);
    return depth < DEEPEST ? read_group(r, path, depth + 1, err) : skip_unread(r, path, err);
}

/* Reads what is in GROUP ("": the root), and in groups in it. What can't be read is skipped. */
static enum lfads_status read_group(struct reading *r, const char *group, int depth,
                                    struct lfads_error *err)
{
    struct h5_texts keys;
    enum lfads_status status = h5_keys(&keys, &r->file, group, err);

    for (size_t i = 0; i < keys.count && status == LFADS_OK; i++) {
        const char letter = *keys.each[i], *name = keys.each[i] + 1;
        char path[400];
        struct h5_shape shape;

        if (*name == '#' || letter == 'e' || strncmp(name, table_index, strlen(table_index)) == 0 ||
            snprintf(path, sizeof path, "%s%s%s", group, *group ? "/" : "", name) >=
                (int)sizeof path)
            continue;
        if (letter == 'd' && h5_shape(&shape, &r->file, path, NULL) == LFADS_OK)
            status = read_set(r, path, &shape, err);
        else if (letter == 'g')
            status = read_inner(r, path, depth, err);
        else
            status = skip_unread(r, path, err);
    }
    h5_texts_free(&keys);
    return status;
}

/* Whether the file is of Neurodata Without Borders, or has units as such files have. */
static bool is_nwb(const struct h5_file *file)
{
    char version[H5_ATTRIBUTE_SIZE]; /* a text of any length is there, but can't be read so */

    return h5_has(file, "units/spike_times") || h5_has(file, "nwb_version") ||
           h5_has(file, "specifications") ||
           h5_read_attribute(version, file, "nwb_version", NULL) != LFADS_OK || *version;
}

enum lfads_status read_hdf5(struct variables *variables, struct lfads_error *err)
{
    struct reading r = {.variables = variables};
    enum lfads_status status = h5_open(&r.file, variables->path, err), closed;

    if (status != LFADS_OK)
        return status;
    if (is_nwb(&r.file))
        status = read_nwb(variables, &r.file, err);
    else
        status = read_group(&r, "", 0, err);
    if (status == LFADS_OK)
        status = assemble_frames(variables, err);
    closed = h5_close(&r.file, status == LFADS_OK ? err : NULL);
    return status == LFADS_OK ? closed : status;
}

enum lfads_status read_matlab_hdf5(struct variables *variables, struct lfads_error *err)
{
    struct reading r = {.variables = variables, .matlab = true};
    enum lfads_status status = h5_open(&r.file, variables->path, err), closed;

    variables->from_one = true;
    if (status == LFADS_OK)
        status = read_group(&r, "", 0, err);
    closed = h5_close(&r.file, status == LFADS_OK ? err : NULL);
    return status == LFADS_OK ? closed : status;
}
