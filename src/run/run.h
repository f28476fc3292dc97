/* run.h - the state that every kind of run begins with: flags, data, the model for both, and the
 * checkpoint of the save directory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_RUN_H
#define LFADS_RUN_RUN_H
#include "backend/select.h"
#include "base/file.h"
#include "config/config.h"
#include "config/hyperparams.h"
#include "data/dataset.h"
#include "model/model_create.h"
#include "ranks/ranks.h"
#include "run/trained.h"
#include "save/checkpoint.h"

/* What a run is for: training; sending trials through the model; the model alone, without data. */
enum run_use { RUN_TRAINING, RUN_TRIALS, RUN_MODEL };

/* What to open. Members that are zero: as a command does. */
struct run_request {
    const struct lfads_config *config; /* is copied */
    enum run_use use;
    const struct lfads_callbacks *callbacks;
    const struct run *beside; /* a run that lends data set and backend; must outlive this one */
    const struct backend *be; /* that is lent; else it is chosen */
    const struct lfads_data *data; /* sessions in memory in place of files; must outlive the run */
    const char *session;           /* the only one of them; NULL: all */
    bool new_trials;               /* they are not those that the model was trained on */
    bool in_memory;                /* of a training: there is no save directory */
    const struct trained *trained; /* in place of a checkpoint's file; must outlive the run */
    struct lfads_ranks *ranks;     /* who trains together; NULL: this process alone */
};

struct run {
    struct lfads_config *config; /* a copy; completed from the checkpoint, seed included */
    enum run_use use;
    struct run_request request; /* without its config */
    bool new_trials;            /* the data are not those that the model was trained on */
    struct hyperparams_data
        known;               /* what the checkpoint says about its data; all zero without one */
    char *known_stem;        /* --data_filename_stem of its training; NULL: unknown */
    enum readin_use readin;  /* with a checkpoint: what it was trained with */
    struct dataset *dataset; /* NULL for RUN_MODEL */
    struct array_datasets *shared; /* that own it; NULL: the run does, or the one beside it */
    struct model *model;
    const struct backend *be;
    struct backend_choice device;    /* owns be, unless it is lent */
    char checkpoint_path[FILE_PATH]; /* "": no checkpoint; in words, if it is in memory */
    struct checkpoint checkpoint;    /* all zero without one */
    struct lfads_config *saved;      /* the checkpoint's flags; NULL without one */
    uint64_t seed;
    size_t threads;
    struct lfads_ranks *ranks; /* who trains together; this process alone for other uses */
    const struct lfads_callbacks *callbacks;
};

/* Opens the run of CONFIG, which is copied. A training continues from the checkpoint if one
 * exists. Otherwise a checkpoint must exist, and flags that were not given come from it. Writes
 * nothing. On success *OUT is freed by run_close. A training of several processes is opened by all
 * of them; all fail if one does. */
enum lfads_status run_open(struct run **out, const struct lfads_config *config, enum run_use use,
                           const struct lfads_callbacks *callbacks, struct lfads_error *err);
/* Does the same for a training that shares data set and backend with FIRST, which must outlive it.
 * Fails if CONFIG requests other ones. */
enum lfads_status run_open_beside(struct run **out, const struct run *first,
                                  const struct lfads_config *config,
                                  const struct lfads_callbacks *callbacks, struct lfads_error *err);
/* Opens what REQUEST says; run_close frees *OUT. */
enum lfads_status run_open_request(struct run **out, const struct run_request *request,
                                   struct lfads_error *err);
void run_close(struct run *run); /* accepts NULL */
/* Passes a line to the callbacks for each reason for which given flags have no effect in a run of
 * KIND (kinds.h), and one for what a continued training changes. */
void run_report_unused(struct run *run, const char *kind);

/* Sets *READIN to what the encoders of TRAINED or, if that is NULL, of a checkpoint, whose data are
 * KNOWN, were trained with. */
enum lfads_status run_find_readin(enum readin_use *readin, const struct hyperparams_data *known,
                                  const struct trained *trained, const char *checkpoint,
                                  struct lfads_error *err);

/* Reports the checkpoint's path, and reads its parameters and the slots of VECTORS that are not
 * NULL. */
enum lfads_status run_read_parameters(const struct run *run, const struct param_vectors *vectors,
                                      struct lfads_error *err);
/* Reads the parameters into the backend's memory; its memory_free frees *OUT. */
enum lfads_status run_parameters(real **out, const struct run *run, struct lfads_error *err);

/* Sets DIRECTORY to where results go: --output_dir, or the directory of an absolute
 * --output_filename_stem, or the save directory. */
void run_output_directory(char directory[FILE_PATH], const struct lfads_config *config);
/* Sets PATH to that of the results file NAME, which begins with --output_filename_stem. A NAME that
 * begins with "/" is the path. */
enum lfads_status run_output_path(char path[FILE_PATH], const struct lfads_config *config,
                                  const char *name, struct lfads_error *err);
/* Makes the directory of PATH, a file of results. */
enum lfads_status run_make_directory_of(const char *path, const struct lfads_config *config,
                                        struct lfads_error *err);
/* Sets PATH to that of the results of KIND of a session's SET ("train", "valid"). LABEL stands for
 * the session (data/session_files.h). */
enum lfads_status run_results_path(char path[FILE_PATH], const struct lfads_config *config,
                                   const char *label, const char *set, const char *kind,
                                   struct lfads_error *err);
/* Lists the data files of a model, or of the new trials that CONFIG names, without reading them;
 * session_files_release frees FILES, after a failure too. */
enum lfads_status run_find_files(struct session_files *files, const struct lfads_config *config,
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
