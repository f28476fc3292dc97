/* run.h - what every kind of run begins with: flags, data, the model made of both, and the
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
    struct backend_choice device;    /* what be is of */
    bool borrows;                    /* data set and backend are another run's */
    char checkpoint_path[FILE_PATH]; /* "" where there is none */
    struct checkpoint checkpoint;    /* all zero where there is none */
    uint64_t seed;
    size_t threads;
    const struct lfads_callbacks *callbacks;
};

/* Opens the run of CONFIG. TRAINING: a checkpoint is continued if there is one; otherwise there
 * must be one, and flags that were not given come from it. Nothing is written. On success *OUT is
 * freed by run_close. */
enum lfads_status run_open(struct run **out, const struct lfads_config *config, bool training,
                           const struct lfads_callbacks *callbacks, struct lfads_error *err);
/* The same for a training on data set and backend of FIRST, which must outlive it. Fails where
 * CONFIG asks for others. */
enum lfads_status run_open_beside(struct run **out, const struct run *first,
                                  const struct lfads_config *config,
                                  const struct lfads_callbacks *callbacks, struct lfads_error *err);
void run_close(struct run *run);

/* Says which checkpoint it is and reads its parameters and those slots that are not NULL. */
enum lfads_status run_read_parameters(const struct run *run, const struct param_vectors *vectors,
                                      struct lfads_error *err);
/* The same parameters in the backend's memory, which frees *OUT. */
enum lfads_status run_parameters(real **out, const struct run *run, struct lfads_error *err);

/* Makes the save directory and writes hyperparameters-<step>.txt, KIND as its kind. */
enum lfads_status run_write_hyperparams(struct run *run, const char *kind, struct lfads_error *err);
/* The hyperparameters as JSON, the caller's to free. */
enum lfads_status run_hyperparams(char **text, const struct run *run, struct lfads_error *err);

/* A result line, or a warning, for the callbacks (printf form). */
void run_line(const struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
void run_warn(const struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
