/* cells.c - MATLAB's cell arrays, cell by cell.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

enum lfads_status cells_begin(struct cells *cells, size_t rank, const size_t *dims,
                              const char *path, struct lfads_error *err)
{
    size_t count = 1;
    enum lfads_status status;

    *cells = (struct cells){.path = path, .rank = rank};
    for (size_t i = 0; i < rank; i++) {
        cells->dims[i] = dims[i];
        if (__builtin_mul_overflow(count, dims[i], &count))
            return lfads_fail(err, LFADS_BAD_DATA, "%s has more cells than any memory", path);
    }
    status = variables_allocate(&cells->ends, count, sizeof *cells->ends, path, err);
    return status == LFADS_OK
               ? variables_allocate(&cells->rows, count, sizeof *cells->rows, path, err)
               : status;
}

enum lfads_status cells_add(double **numbers, struct cells *cells, size_t count, size_t rows,
                            struct lfads_error *err)
{
    if (count >= cells->room - cells->used) {
        size_t room = 2 * (cells->used + count) + 1024;
        double *larger = room < memory_available() / sizeof *larger
                             ? realloc(cells->numbers, room * sizeof *larger)
                             : NULL;

        if (!larger)
            return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read the cells of %s",
                              cells->path);
        cells->numbers = larger;
        cells->room = room;
    }
    *numbers = cells->numbers + cells->used;
    cells->used += count;
    cells->rows[cells->count] = rows;
    cells->ends[cells->count++] = cells->used;
    return LFADS_OK;
}

void cells_free(struct cells *cells)
{
    free(cells->numbers);
    free(cells->ends);
    free(cells->rows);
    *cells = (struct cells){.count = 0};
}

/* The numbers of cell I. */
static const double *numbers_of(const struct cells *cells, size_t i, size_t *count)
{
    size_t from = i ? cells->ends[i - 1] : 0;

    *count = cells->ends[i] - from;
    return cells->numbers + from;
}

static enum lfads_status add_texts(struct variables *variables, const char *name,
                                   const struct cells *cells, struct lfads_error *err)
{
    struct variable *v;
    enum lfads_status status = variables_add(&v, variables, name, cells->rank, cells->dims, err);

    if (status == LFADS_OK)
        status = variables_allocate(&v->texts, v->count, sizeof *v->texts, cells->path, err);
    for (size_t i = 0; status == LFADS_OK && i < v->count; i++) {
        size_t length;
        const double *letters = numbers_of(cells, i, &length);
        uint16_t *units = NULL;

        status = variables_allocate(&v->texts[i], length, UTF8_MOST, cells->path, err);
        if (status == LFADS_OK)
            status = variables_allocate(&units, length, sizeof *units, cells->path, err);
        for (size_t k = 0; k < length && status == LFADS_OK; k++)
            units[k] = letters[k] >= 1 && letters[k] <= UINT16_MAX ? (uint16_t)letters[k] : 0;
        if (status == LFADS_OK)
            utf8_text(v->texts[i], units, length);
        free(units);
    }
    return status;
}

/* What the matrices have in common: the lengths of their axes, 0 where they differ, and the longest
 * of each. */
struct common {
    size_t length[2], most[2];
};

static struct common common_of(const struct cells *cells)
{
    struct common common = {{0, 0}, {0, 0}};

    for (size_t i = 0; i < cells->count; i++) {
        size_t count, axes[2] = {cells->rows[i], 0};

        numbers_of(cells, i, &count);
        axes[1] = axes[0] ? count / axes[0] : 0;
        for (int a = 0; a < 2; a++) {
            common.length[a] = i == 0 || common.length[a] == axes[a] ? axes[a] : 0;
            common.most[a] = axes[a] > common.most[a] ? axes[a] : common.most[a];
        }
    }
    return common;
}

/* Adds matrices as counts; the axis that differs has the bins. */
static enum lfads_status add_matrices(struct variables *variables, const char *name,
                                      const struct cells *cells, const struct common *common,
                                      struct lfads_error *err)
{
    size_t bins = common->length[1] ? 0 : 1; /* the axis in front; of equal ones the first */
    size_t dims[3] = {cells->count, common->most[bins], common->most[1 - bins]};
    struct variable *v;
    enum lfads_status status = variables_add(&v, variables, name, 3, dims, err);

    if (status == LFADS_OK)
        status = variables_allocate(&v->numbers, v->count, sizeof *v->numbers, cells->path, err);
    for (size_t i = 0; status == LFADS_OK && i < v->count; i++)
        v->numbers[i] = (double)NAN;
    for (size_t c = 0; status == LFADS_OK && c < cells->count; c++) {
        size_t count;
        const double *from = numbers_of(cells, c, &count);

        for (size_t k = 0; k < count; k++) {
            size_t at[2] = {k % cells->rows[c], k / cells->rows[c]};

            v->numbers[(c * dims[1] + at[bins]) * dims[2] + at[1 - bins]] = from[k];
        }
    }
    return status;
}

/* Adds a number a cell. */
static enum lfads_status add_numbers(struct variables *variables, const char *name,
                                     struct cells *cells, struct lfads_error *err)
{
    double *numbers = cells->numbers;

    cells->numbers = NULL;
    return variables_add_numbers(variables, name, numbers, cells->count, err);
}

static enum lfads_status add_lists(struct variables *variables, const char *name,
                                   struct cells *cells, struct lfads_error *err)
{
    struct variable *v;
    double *none;
    enum lfads_status status = LFADS_OK;

    if (!cells->numbers) {
        status = cells_add(&none, cells, 0, 0, err);
        cells->count--;
    }
    if (status == LFADS_OK)
        status = variables_add(&v, variables, name, cells->rank, cells->dims, err);
    if (status != LFADS_OK)
        return status;
    v->numbers = cells->numbers;
    v->ends = cells->ends;
    cells->numbers = NULL;
    cells->ends = NULL;
    variable_squeeze(v);
    return LFADS_OK;
}

enum lfads_status cells_end(struct variables *variables, const char *name, struct cells *cells,
                            struct lfads_error *err)
{
    size_t matrices = 0, ones = 0, longest = 0;
    struct common common;
    enum lfads_status status;

    for (size_t i = 0; i < cells->count; i++) {
        size_t count;

        numbers_of(cells, i, &count);
        matrices += cells->rows[i] > 0;
        ones += count == 1;
    }
    for (size_t i = 0; i < cells->rank; i++)
        longest = cells->dims[i] > longest ? cells->dims[i] : longest;
    if (cells->characters > 0) {
        status = add_texts(variables, name, cells, err);
        if (status == LFADS_OK)
            variable_squeeze(&variables->item[variables->count - 1]);
    } else if (matrices > 0) {
        common = common_of(cells);
        status = matrices == cells->count && longest == cells->count &&
                         (common.length[0] || common.length[1])
                     ? add_matrices(variables, name, cells, &common, err)
                     : variables_skip(variables, name, "has matrices of different shapes", err);
    } else {
        status = (ones == cells->count && longest == cells->count && ones > 1
                      ? add_numbers
                      : add_lists)(variables, name, cells, err);
    }
    cells_free(cells);
    return status;
}

enum lfads_status cells_end_lists(struct variables *variables, const char *name,
                                  struct cells *cells, struct lfads_error *err)
{
    enum lfads_status status = add_lists(variables, name, cells, err);

    cells_free(cells);
    return status;
}

size_t cells_place(size_t i, size_t rank, const size_t *dims)
{
    size_t at[VARIABLE_AXES] = {0}, place = 0;

    for (size_t a = rank; a-- > 0; i /= dims[a] ? dims[a] : 1)
        at[a] = dims[a] ? i % dims[a] : 0;
    for (size_t a = rank; a-- > 0;)
        place = place * dims[a] + at[a];
    return place;
}
