/* spread_rows.h - the data sets of a result's spread over samples in a file of results.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_SPREAD_ROWS_H
#define LFADS_INFER_SPREAD_ROWS_H
#include "h5/h5.h"
#include "run/spread.h"

/* Names: of a result's standard deviations and quantiles, the result's key and this; of the
 * quantiles' probabilities. */
#define SPREAD_DEVIATION "_std"
#define SPREAD_QUANTILE "_quantiles"
#define SPREAD_PROBABILITIES "spread_quantiles"
enum { SPREAD_KEY = 64 }; /* bytes of such a name */

/* The data sets of one result; without one, if its spread is not wanted. */
struct spread_rows {
    struct h5_rows deviation, quantile;
};

/* Writes what all results share: the probabilities. */
enum lfads_status spread_rows_begin(struct h5_file *file, const struct spread *spread,
                                    struct lfads_error *err);
/* Creates those of RESULT, whose key is KEY, for TRIALS trials. */
enum lfads_status spread_rows_create(struct spread_rows *rows, struct h5_file *file,
                                     const struct results *results, enum result result,
                                     const char *key, size_t trials,
                                     const struct h5_storage *storage, struct lfads_error *err);
/* Writes the arrays of trials FIRST to FIRST+TRIALS-1. */
enum lfads_status spread_rows_write(struct spread_rows *rows, const struct spread *spread,
                                    enum result result, size_t first, size_t trials,
                                    struct lfads_error *err);
enum lfads_status spread_rows_close(struct spread_rows *rows, struct lfads_error *err);
/* An estimate of the disk space for TRIALS trials, in bytes. */
size_t spread_disk_bytes(const struct spread_wants *wants, const struct model *model,
                         size_t session, size_t trials);
#endif
