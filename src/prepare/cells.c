/* cells.c - MATLAB's cell arrays, cell by cell.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/cells.h"

#include <stdlib.h>

#include "base/memory.h"

enum lfads_status cells_begin(struct cells *cells, size_t count, const char *path,
                              struct lfads_error *err)
{
    *cells = (struct cells){.path = path};
    return variables_allocate(&cells->ends, count, sizeof *cells->ends, path, err);
}

enum lfads_status cells_add(double **numbers, struct cells *cells, size_t count,
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
    cells->ends[cells->count++] = cells->used;
    return LFADS_OK;
}

enum lfads_status cells_end(struct variables *variables, const char *name, struct cells *cells,
                            size_t rank, const size_t *dims, enum lfads_status status,
                            struct lfads_error *err)
{
    struct variable *v;
    double *none;

    if (status == LFADS_OK && !cells->numbers)
        status = cells_add(&none, cells, 0, err);
    if (status == LFADS_OK)
        status = variables_add(&v, variables, name, rank, dims, err);
    if (status != LFADS_OK) {
        free(cells->numbers);
        free(cells->ends);
        return status;
    }
    v->numbers = cells->numbers;
    v->ends = cells->ends;
    return LFADS_OK;
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
