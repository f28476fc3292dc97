/* results_file.h - writes files of results, and names their data sets (files.md, "Save directory").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_RESULTS_FILE_H
#define LFADS_INFER_RESULTS_FILE_H
#include "base/file.h"
#include "h5/h5.h"
#include "infer/spread_rows.h"
#include "run/results.h"

/* The kind of results that a file holds. */
enum results_of { OF_POSTERIORS, OF_PRIORS };

/* Attributes of files of posteriors' results: the numbers of channels and bins, the last ones, that
 * the encoders did not read, as texts. */
#define RESULTS_HELDOUT "heldout_dim"
#define RESULTS_FORWARD "forward_steps"
/* Attribute of such files: the bin of the trial with which rates begin; none: 0. */
#define RESULTS_FIRST "first_bin"

/* Attribute of such files: how many models' outputs were averaged; none: one model. */
#define RESULTS_ENSEMBLE "ensemble"

/* Attribute of such files of all trials of a set: CRC-32 of their data as floats; none: not known.
 */
#define RESULTS_DATA "data_crc32"

/* Returns the key of RESULT in a file of kind OF; NULL: the file lacks it. */
const char *results_key(enum results_of of, enum result result);

/* Sets how many of CHANNELS and of BINS the encoders did not read, which the file's attributes say;
 * 0 without them. */
enum lfads_status results_read_unread(size_t *heldout, size_t *forward, const struct h5_file *file,
                                      size_t channels, size_t bins, struct lfads_error *err);

/* Sets *FIRST to the bin, below BINS, with which the file's rates begin. */
enum lfads_status results_read_first(size_t *first, const struct h5_file *file, size_t bins,
                                     struct lfads_error *err);

/* Sets *CHECKSUM to that of the data that the file's results are of, *KNOWN to whether it says so.
 */
enum lfads_status results_read_checksum(uint32_t *checksum, bool *known, const struct h5_file *file,
                                        struct lfads_error *err);

/* Sets PATH to the name of the results of the trials of set TO beside RUN, those of set FROM; false
 * if RUN's name does not tell. */
bool results_run_beside(char path[FILE_PATH], const char *run, const char *from, const char *to);
/* The same: of the training trials, beside results of validation or test trials. */
bool results_train_run(char path[FILE_PATH], const char *run);

/* A file of results being written under its staged name. */
struct results_file {
    enum results_of of;
    struct h5_file file;
    struct h5_rows rows[RESULTS];
    struct spread_rows spread[RESULTS];
};

/* Creates data sets for TRIALS trials with the widths of RESULTS, and of its spread; THREADS
 * threads compress them. */
enum lfads_status results_file_create(struct results_file *file, const char *path,
                                      enum results_of of, const struct results *results,
                                      size_t trials, size_t threads, struct lfads_error *err);
/* Writes the attribute NAME. */
enum lfads_status results_file_number(struct results_file *file, const char *name, size_t number,
                                      struct lfads_error *err);
/* Writes the arrays of RESULTS that are not NULL as trials FIRST to FIRST+TRIALS-1. Samples of the
 * priors have a single cost, values[RESULT_COST][0]. */
enum lfads_status results_file_write(struct results_file *file, const struct results *results,
                                     size_t first, size_t trials, struct lfads_error *err);
/* Completes the file and gives it its name. */
enum lfads_status results_file_commit(struct results_file *file, struct lfads_error *err);
/* Removes the file unless it was committed. */
void results_file_discard(struct results_file *file);

/* An estimate of the disk space for results of TRIALS trials, in bytes: floats stored as doubles,
 * compressed. */
size_t results_disk_bytes(const struct model *model, size_t session, size_t trials);
#endif
