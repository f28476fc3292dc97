/* read.h - reads the named arrays of a file or folder; one reader for each format.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_READ_H
#define LFADS_PREPARE_READ_H
#include "prepare/variables.h"

/* Reads PATH, whose format its first bytes tell: a folder of .npy and .tsv files as Kilosort and
 * phy leave it, .npz, .npy, MATLAB's files, HDF5, or text in columns, which gzip may have
 * compressed. VARIABLES must be zeroed; variables_free frees them, after a failure too. */
enum lfads_status read_file(struct variables *variables, const char *path, struct lfads_error *err);
/* Whether a file that begins with START [LENGTH] is of a format that read_file reads, other than
 * text.
 */
bool read_knows(const char *start, size_t length);

/* The readers. Each is called for a file whose format it is. */
enum lfads_status read_text_columns(struct variables *variables, struct lfads_error *err);
enum lfads_status read_npy(struct variables *variables, struct lfads_error *err);
enum lfads_status read_npz(struct variables *variables, struct lfads_error *err);
enum lfads_status read_hdf5(struct variables *variables, struct lfads_error *err);
enum lfads_status read_matlab_hdf5(struct variables *variables, struct lfads_error *err);
enum lfads_status read_matlab(struct variables *variables, struct lfads_error *err);
enum lfads_status read_folder(struct variables *variables, struct lfads_error *err);
#endif
