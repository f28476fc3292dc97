/* commands.h - the commands of the program: each reads and writes files as docs/files.md describes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_COMMANDS_H
#define LFADS_COMMANDS_H
#include <lfads/training.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- commands: each reads and writes files as docs/files.md describes ------------------------ */
/* Trains on the data set that CONFIG names. Continues if lfads_save_dir has a checkpoint. Flag
 * seeds: trains several models, on the CPU each in a process of its own, which is forked. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_train(const struct lfads_config *config,
                                                      const struct lfads_callbacks *callbacks,
                                                      struct lfads_error *err);
/* The flags of a tuning beside those of its trainings (docs/flags.md, "tune"). */
struct lfads_tune_config;
LFADS_API LFADS_CHECKED enum lfads_status lfads_tune_config_create(struct lfads_tune_config **out,
                                                                   struct lfads_error *err);
LFADS_API void lfads_tune_config_free(struct lfads_tune_config *config);
LFADS_API LFADS_CHECKED enum lfads_status lfads_tune_config_set(struct lfads_tune_config *config,
                                                                const char *name, const char *value,
                                                                struct lfads_error *err);
/* Searches hyperparameters: trains many models on the data set that CONFIG names, lets the worse
 * copy the better, and leaves the best in lfads_save_dir (docs/tuning.md). Continues if
 * lfads_save_dir has a tuning. On the CPU each model is trained in a process of its own, which is
 * forked. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_tune(const struct lfads_config *config,
                                                     const struct lfads_tune_config *tune,
                                                     const struct lfads_callbacks *callbacks,
                                                     struct lfads_error *err);
/* For each trial: draws batch_size samples from the posterior, runs the model on each, and writes
 * the averages. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_posterior_sample(const struct lfads_config *config, const struct lfads_callbacks *callbacks,
                       struct lfads_error *err);
/* For each trial: runs the model once, on the posterior's means instead of samples. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_posterior_mean(const struct lfads_config *config, const struct lfads_callbacks *callbacks,
                     struct lfads_error *err);
/* Writes batch_size samples from the priors. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_prior_sample(const struct lfads_config *config, const struct lfads_callbacks *callbacks,
                   struct lfads_error *err);
/* Writes every parameter and optimizer slot to one HDF5 file. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_write_params(const struct lfads_config *config, const struct lfads_callbacks *callbacks,
                   struct lfads_error *err);

/* ---- synthetic data ------------------------------------------------------------------------- */
struct lfads_synth_config;
LFADS_API LFADS_CHECKED enum lfads_status lfads_synth_config_create(struct lfads_synth_config **out,
                                                                    struct lfads_error *err);
LFADS_API void lfads_synth_config_free(struct lfads_synth_config *config);
LFADS_API LFADS_CHECKED enum lfads_status lfads_synth_config_set(struct lfads_synth_config *config,
                                                                 const char *name,
                                                                 const char *value,
                                                                 struct lfads_error *err);
/* Writes the data set of GENERATOR: "chaotic", "labeled" or "itb". */
LFADS_API LFADS_CHECKED enum lfads_status lfads_synth(const char *generator,
                                                      const struct lfads_synth_config *config,
                                                      const struct lfads_callbacks *callbacks,
                                                      struct lfads_error *err);

/* ---- recordings ----------------------------------------------------------------------------- */
struct lfads_prepare_config;
LFADS_API LFADS_CHECKED enum lfads_status
lfads_prepare_config_create(struct lfads_prepare_config **out, struct lfads_error *err);
LFADS_API void lfads_prepare_config_free(struct lfads_prepare_config *config);
/* Sets a flag of prepare (docs/flags.md), as lfads_config_set does. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_prepare_config_set(struct lfads_prepare_config *config, const char *name, const char *value,
                         struct lfads_error *err);
/* Makes data files of COUNT recordings (docs/prepare.md); warns of what may spoil a training. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_prepare(const char *const *recordings, size_t count,
                                                        const struct lfads_prepare_config *config,
                                                        const struct lfads_callbacks *callbacks,
                                                        struct lfads_error *err);
/* What to merge: results of the windows that lfads_prepare cut out of a recording (--chop), of each
 * set (NULL: none). The output is replaced if it exists. */
struct lfads_merging {
    size_t size; /* set by the caller: sizeof(struct lfads_merging) */
    const char *data_file, *train_run_file, *valid_run_file, *output_file;
};
/* Writes the arrays of the results that have bins as [bins of the recording,...]. Where windows
 * overlap, the later one fades in; bins in no window are NaN. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_merge(const struct lfads_merging *what,
                                                      struct lfads_error *err);

/* ---- a page on a trained model ------------------------------------------------------------- */
/* What to report on. A member that is NULL or 0 has the meaning given. */
struct lfads_report_request {
    size_t size;             /* set by the caller: sizeof(struct lfads_report_request) */
    const char *save_dir;    /* of a training; what lfads_training_save wrote needs data_dir */
    const char *output_dir;  /* of results and report, made if missing; NULL: save_dir */
    const char *output_file; /* HTML; NULL: report.html in output_dir */
    const char *data_dir;    /* of the data files; NULL: the one of the training */
    size_t trials;           /* that can be looked at, of all sessions together; 0: 40 */
    size_t units;            /* channels, of each session; 0: 16 */
    size_t bootstrap;        /* draws of trials for standard errors; 0: none */
    uint64_t seed;           /* of these draws */
    const char *title;       /* of the page; NULL: save_dir */
    /* sessions in memory in place of the data files; NULL: files, those of data_dir */
    const struct lfads_data *data;
};
/* Writes a page on a trained model (docs/report.md): one HTML file that needs nothing else,
 * complete or not at all. Reads the results in output_dir; if there are none, computes those of
 * posterior means, which lfads_posterior_mean writes there. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_report(const struct lfads_report_request *what,
                                                       const struct lfads_callbacks *callbacks,
                                                       struct lfads_error *err);
/* Does the same for the model that TRAINING has now, on its data and with its costs; save_dir,
 * data_dir and data must be NULL. Of a training in memory it needs output_file or output_dir, and
 * writes what the page is made of into a directory in TMPDIR (/tmp), which it removes; else it
 * saves first, as lfads_training_save does. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_training_report(struct lfads_training *training, const struct lfads_report_request *what,
                      const struct lfads_callbacks *callbacks, struct lfads_error *err);

#ifdef __cplusplus
}
#endif
#endif
