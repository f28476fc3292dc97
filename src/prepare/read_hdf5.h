/* read_hdf5.h - what the readers of HDF5's files share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_READ_HDF5_H
#define LFADS_PREPARE_READ_HDF5_H
#include "h5/h5.h"
#include "prepare/variables.h"

/* Reads the data set NAME, numbers, truth values or texts, as AS; skips others. */
enum lfads_status read_hdf5_array(struct variables *variables, const struct h5_file *file,
                                  const char *name, const char *as, struct lfads_error *err);
/* Reads from an open NWB file the spike times, the tables of units and trials (read_nwb.c). */
enum lfads_status read_nwb(struct variables *variables, const struct h5_file *file,
                           struct lfads_error *err);
/* Reads from it the series that NAMES, with commas, names: by path, or by the last part of it. Each
 * becomes the arrays NAME and NAME_times (read_nwb_series.c). */
enum lfads_status read_nwb_series(struct variables *variables, const struct h5_file *file,
                                  const char *names, struct lfads_error *err);
#endif
