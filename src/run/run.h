/* run.h - the state that every kind of run begins with: flags, data, the model for both, and the
 * checkpoint of the save directory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_RUN_H
#define LFADS_RUN_RUN_H
#include "backend/select.h"
#include "base/file.h"
#include "config/config.h"
#include "data/dataset.h"
#include "save/checkpoint.h"

struct run {
    struct lfads_config *config; /* a copy; completed from the checkpoint, seed included */
    struct dataset *dataset;
    struct model *model;
    const struct backend *be;
    struct backend_choice device;    /* owns be */
    bool training;                   /* it trains; else it only reads the save directory */
    bool borrows;                    /* data set and backend belong to another run */
    char checkpoint_path[FILE_PATH]; /* "": no checkpoint */
    struct checkpoint checkpoint;    /* all zero without one */
    struct lfads_config *saved;      /* the checkpoint's flags; NULL without one */
    uint64_t seed;
    size_t threads;
    const struct lfads_callbacks *callbacks;
};

/* Opens the run of CONFIG, which is copied. KIND says what it is for (kinds.h): training continues
 * from the checkpoint if one exists. Otherwise a checkpoint must exist, and flags that were not
 * given come from it. Reports flags without effect. Writes nothing. On success *OUT is freed by
 * run_close. */
enum lfads_status run_open(struct run **out, const struct lfads_config *config, const char *kind,
                           const struct lfads_callbacks *callbacks, struct lfads_error *err);
/* Does the same for a training that shares data set and backend with FIRST, which must outlive it.
 * Fails if CONFIG requests other ones. */
enum lfads_status run_open_beside(struct run **out, const struct run *first,
                                  const struct lfads_config *config,
                                  const struct lfads_callbacks *callbacks, struct lfads_error *err);
void run_close(struct run *run); /* accepts NULL */

/* Reports the checkpoint's path, and reads its parameters and the slots of VECTORS that are not
 * NULL. */
enum lfads_status run_read_parameters(const struct run *run, const struct param_vectors *vectors,
                                      struct lfads_error *err);
/* Reads the parameters into the backend's memory; its memory_free frees *OUT. */
enum lfads_status run_parameters(real **out, const struct run *run, struct lfads_error *err);

/* Sets DIRECTORY to where results go: --output_dir, or the directory of an absolute
 * --output_filename_stem, or the save directory. */
void run_output_directory(char directory[FILE_PATH], const struct lfads_config *config);
/* Sets PATH to that of the results file NAME, which begins with --output_filename_stem, and makes
 * its directory. A NAME that begins with "/" is the path. */
enum lfads_status run_output_path(char path[FILE_PATH], const struct run *run, const char *name,
                                  struct lfads_error *err);
/* Writes hyperparameters-<step>.txt, with KIND as flag kind, into --output_dir or the save
 * directory, which it makes; where the latter may not be written in, to the results. */
enum lfads_status run_write_hyperparams(struct run *run, const char *kind, struct lfads_error *err);
/* Sets *TEXT to the hyperparameters as JSON; the caller frees it. */
enum lfads_status run_hyperparams(char **text, const struct run *run, struct lfads_error *err);

/* Pass a line, or a warning, to the callbacks (printf form). */
void run_line(const struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
void run_warn(const struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
