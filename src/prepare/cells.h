/* cells.h - MATLAB's cell arrays, cell by cell: an array of lists of numbers, or of texts.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_CELLS_H
#define LFADS_PREPARE_CELLS_H
#include "prepare/variables.h"

/* Where the cells are kept while they come, in the order of the last axis varying fastest. */
struct cells {
    double *numbers;
    size_t *ends;
    size_t count, used, room; /* cells; numbers; numbers that there is memory for */
    const char *path;
};

enum lfads_status cells_begin(struct cells *cells, size_t count, const char *path,
                              struct lfads_error *err);
/* Adds the next cell: makes room for COUNT numbers at *NUMBERS. */
enum lfads_status cells_add(double **numbers, struct cells *cells, size_t count,
                            struct lfads_error *err);
/* Adds the array NAME of all cells, or frees them if STATUS is not LFADS_OK. Returns STATUS, or
 * that of adding. */
enum lfads_status cells_end(struct variables *variables, const char *name, struct cells *cells,
                            size_t rank, const size_t *dims, enum lfads_status status,
                            struct lfads_error *err);
/* The place of cell I, the last axis varying fastest, where the first one varies fastest. */
size_t cells_place(size_t i, size_t rank, const size_t *dims);
#endif
