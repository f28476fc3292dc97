/* assemble.h - arrays of a file that together are one table or matrix.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_ASSEMBLE_H
#define LFADS_PREPARE_ASSEMBLE_H
#include "prepare/variables.h"

/* Replaces the blocks of pandas' tables (to_hdf, fixed format) by their columns, or, of a table of
 * numbers whose columns have numbers for names, by the array [rows,columns]. */
enum lfads_status assemble_frames(struct variables *variables, struct lfads_error *err);
/* Replaces the parts of SciPy's sparse matrix (save_npz) by the matrix, "data". */
enum lfads_status assemble_sparse(struct variables *variables, struct lfads_error *err);
#endif
