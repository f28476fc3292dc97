/* read_hdf5.h - what the readers of HDF5's files share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_READ_HDF5_H
#define LFADS_PREPARE_READ_HDF5_H
#include "h5/h5.h"
#include "prepare/cells.h"
#include "prepare/variables.h"

/* Reads the data set NAME, numbers, truth values or texts, as AS; skips others. */
enum lfads_status read_hdf5_array(struct variables *variables, const struct h5_file *file,
                                  const char *name, const char *as, struct lfads_error *err);
/* Reads the data set NAME of SHAPE, of lists of numbers, as AS. */
enum lfads_status read_hdf5_lists(struct variables *variables, const struct h5_file *file,
                                  const char *name, const char *as, const struct h5_shape *shape,
                                  struct lfads_error *err);
/* Reads the data set NAME of SHAPE, of records: an array AS/FIELD of each field of numbers. */
enum lfads_status read_hdf5_records(struct variables *variables, const struct h5_file *file,
                                    const char *name, const char *as, const struct h5_shape *shape,
                                    struct lfads_error *err);
/* Sets *ROWS to the rows of the sparse matrix of MATLAB that the group NAME is; SIZE_MAX: it is
 * none. */
enum lfads_status read_hdf5_sparse_rows(size_t *rows, const struct h5_file *file, const char *name,
                                        struct lfads_error *err);
/* Adds this matrix to CELLS, of which it becomes one. */
enum lfads_status read_hdf5_sparse_cell(struct cells *cells, const struct h5_file *file,
                                        const char *name, size_t rows, struct lfads_error *err);
/* Reads this matrix. */
enum lfads_status read_hdf5_sparse(struct variables *variables, const struct h5_file *file,
                                   const char *name, size_t rows, struct lfads_error *err);
/* Reads MATLAB's letters: a text for each row of them. */
enum lfads_status read_hdf5_letters(struct variables *variables, const struct h5_file *file,
                                    const char *name, const struct h5_shape *shape,
                                    struct lfads_error *err);
/* Reads from an open NWB file the spike times, the tables of units and trials (read_nwb.c). */
enum lfads_status read_nwb(struct variables *variables, const struct h5_file *file,
                           struct lfads_error *err);
/* Reads from it the series that NAMES, with commas, names: by path, or by the last part of it. Each
 * becomes the arrays NAME and NAME_times (read_nwb_series.c). */
enum lfads_status read_nwb_series(struct variables *variables, const struct h5_file *file,
                                  const char *names, struct lfads_error *err);
#endif
