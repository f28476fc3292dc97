/* cells.h - MATLAB's cell arrays, and the fields of its arrays of structures, cell by cell: an
 * array of lists of numbers, of texts, or of matrices. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_CELLS_H
#define LFADS_PREPARE_CELLS_H
#include "prepare/variables.h"

/* Where the cells are kept while they come, in the order of the last axis varying fastest. */
struct cells {
    double *numbers;
    size_t *ends;
    size_t *rows;             /* of each cell that is a matrix, whose first axis varies fastest, the
                                 length of this axis; 0: it is a list */
    size_t count, used, room; /* cells; numbers; numbers that there is memory for */
    size_t characters;        /* cells that are texts: numbers of letters */
    size_t rank, dims[VARIABLE_AXES];
    const char *path;
};

/* Begins cells with the axes DIMS. */
enum lfads_status cells_begin(struct cells *cells, size_t rank, const size_t *dims,
                              const char *path, struct lfads_error *err);
/* Adds the next cell: makes room for COUNT numbers at *NUMBERS. ROWS is as in struct cells. */
enum lfads_status cells_add(double **numbers, struct cells *cells, size_t count, size_t rows,
                            struct lfads_error *err);
/* Frees what is not taken. */
void cells_free(struct cells *cells);
/* Adds the array NAME of all cells: texts if there are characters; numbers if it has one axis and a
 * number a cell; of matrices counts [cells,bins,channels], where the axis whose length differs has
 * the bins, NaN behind their ends, or [cells,rows,columns] if all are of one shape; else lists.
 * Axes of length 1 are removed. What is none of this is skipped. */
enum lfads_status cells_end(struct variables *variables, const char *name, struct cells *cells,
                            struct lfads_error *err);
/* Adds them as lists, each whatever it has. */
enum lfads_status cells_end_lists(struct variables *variables, const char *name,
                                  struct cells *cells, struct lfads_error *err);
/* The place of cell I, the last axis varying fastest, where the first one varies fastest. */
size_t cells_place(size_t i, size_t rank, const size_t *dims);
#endif
