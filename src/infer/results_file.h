/* results_file.h - the files that results are written to, and the names of what is in them
 * (files.md, "Save directory").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_RESULTS_FILE_H
#define LFADS_INFER_RESULTS_FILE_H
#include "h5/h5.h"
#include "run/results.h"

/* Whose results a file holds. */
enum results_of { OF_POSTERIORS, OF_PRIORS };

/* The key of RESULT in such a file; NULL: it has none. */
const char *results_key(enum results_of of, enum result result);

/* A file of results in progress, under its staged name. */
struct results_file {
    enum results_of of;
    struct h5_file file;
    struct h5_rows rows[RESULTS];
};

/* Creates the data sets for TRIALS trials, of the widths of RESULTS, compressed by THREADS. */
enum lfads_status results_file_create(struct results_file *file, const char *path,
                                      enum results_of of, const struct results *results,
                                      size_t trials, size_t threads, struct lfads_error *err);
/* Writes trials FIRST to FIRST+TRIALS-1 of those arrays of RESULTS that are not NULL. Samples of
 * the priors have one cost, values[RESULT_COST][0]. */
enum lfads_status results_file_write(struct results_file *file, const struct results *results,
                                     size_t first, size_t trials, struct lfads_error *err);
/* Gives the whole file its name. */
enum lfads_status results_file_commit(struct results_file *file, struct lfads_error *err);
/* Drops a file that was not committed; takes one that was. */
void results_file_discard(struct results_file *file);

/* Bytes on the disk that results of TRIALS trials take at least: numbers of single precision in
 * double, compressed. */
size_t results_disk_bytes(const struct model *model, size_t session, size_t trials);
#endif
