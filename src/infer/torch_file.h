/* torch_file.h - writes results in the form of lfads-torch's output files: one file of a session,
 * which begins as a copy of its data file (files.md, "Results in lfads-torch's form").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_TORCH_FILE_H
#define LFADS_INFER_TORCH_FILE_H
#include "base/file.h"
#include "h5/h5.h"
#include "run/results.h"
#include "run/run.h"

enum { TORCH_KEYS = 10 };

struct torch_file {
    struct h5_file file;
    struct h5_rows rows[TORCH_KEYS]; /* of the set that is being written */
};

/* Begins the session's file and copies the data file's arrays. Warns of what can't be copied. Does
 * not change FILE if it fails. */
enum lfads_status torch_file_begin(struct torch_file *file, const struct run *run,
                                   const struct session *session, struct lfads_error *err);
/* Creates the data sets of TRIALS trials of SET with the widths of RESULTS, which must be complete
 * (results.h, MORE). */
enum lfads_status torch_file_create_set(struct torch_file *file, const char *set,
                                        const struct results *results, size_t trials,
                                        struct lfads_error *err);
/* Writes trials FIRST to FIRST+TRIALS-1 of that set. */
enum lfads_status torch_file_write(struct torch_file *file, const struct results *results,
                                   size_t first, size_t trials, struct lfads_error *err);
enum lfads_status torch_file_end_set(struct torch_file *file, struct lfads_error *err);
/* Completes the file if STATUS is LFADS_OK, else removes it. Returns STATUS, or that of completing.
 */
enum lfads_status torch_file_finish(struct torch_file *file, enum lfads_status status,
                                    struct lfads_error *err);
#endif
