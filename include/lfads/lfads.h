/* lfads.h - Latent Factor Analysis via Dynamical Systems: the library's public interface.
 *
 * LFADS infers, from noisy spike counts (or real-valued recordings), each trial's denoised
 * firing rates, low-dimensional factors, initial condition and inferred inputs.
 *
 * Example: train on the files data/monkey_*, then write rates averaged over posterior samples.
 *
 *     struct lfads_config *config;
 *     struct lfads_error err;
 *
 *     if (lfads_config_create(&config, &err) != LFADS_OK ||
 *         lfads_config_set(config, "data_dir", "data", &err) != LFADS_OK ||
 *         lfads_config_set(config, "data_filename_stem", "monkey", &err) != LFADS_OK ||
 *         lfads_config_set(config, "lfads_save_dir", "run", &err) != LFADS_OK ||
 *         lfads_config_set(config, "max_epochs", "200", &err) != LFADS_OK ||
 *         lfads_train(config, NULL, &err) != LFADS_OK ||
 *         lfads_posterior_sample(config, NULL, &err) != LFADS_OK)
 *         fprintf(stderr, "%s\n", err.text);
 *     lfads_config_free(config);
 *
 * Ownership: the caller frees what a _create function returns with the matching _free function,
 * which accepts NULL. A _create function that fails sets its handle to NULL. The library copies the
 * strings that it needs; it keeps no pointer of the caller's after a call, except that callbacks
 * are used until the call ends. A string that the library returns belongs to the library.
 * Errors: a function that can fail because of the user or the machine returns a status. If it is
 * not LFADS_OK, the function fills the caller's struct lfads_error (may be NULL) with one sentence
 * that names the thing, its value and the remedy. The library never prints and never exits. NULL
 * for an argument that must not be NULL gives LFADS_USAGE. The library can't detect a handle that
 * was freed: don't use it.
 * Threads: one thread at a time may use a handle; different handles are independent, provided that
 * libhdf5 is thread-safe (Debian's is).
 * Processes: a function that opens an HDF5 or MATLAB file (data, checkpoints, ...) forks a child
 * that reads it, and waits for that child by its process number. The host program gets SIGCHLD. If
 * the host ignores SIGCHLD or collects all children (waitpid(-1)), it takes the child's exit
 * status: files are still read, but an error can't say how the child ended.
 * Signals: oneDNN's products use the stack pointer for other purposes. A handler of a signal that
 * can arrive while the library computes needs an alternate stack (sigaltstack, SA_ONSTACK).
 * ABI: a program runs with every later library of the same major version, which is the soname's
 * number (version 0: of the same minor version). Functions, values of enum lfads_status and the
 * layout of structs that the caller allocates do not change. New functions, flags and statuses may
 * come, and struct lfads_progress, which the library allocates, may grow at its end.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_LFADS_H
#define LFADS_LFADS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* LFADS_CHECKED: the compiler warns if a caller ignores the result. */
#if defined(__GNUC__)
#define LFADS_API __attribute__((visibility("default")))
#define LFADS_CHECKED __attribute__((warn_unused_result))
#else
#define LFADS_API
#define LFADS_CHECKED
#endif

enum lfads_status {
    LFADS_OK = 0,
    LFADS_USAGE = 1,    /* a flag or an argument is wrong */
    LFADS_BAD_DATA = 2, /* a file's contents are wrong */
    LFADS_IO = 3,       /* a file can't be read or written */
    LFADS_NO_MEMORY = 4,
    LFADS_INTERRUPTED = 5, /* the stop callback asked to stop; training has saved its state */
    LFADS_NUMERIC = 6      /* a cost or gradient is not finite */
};

struct lfads_error {
    enum lfads_status status;
    char text[1024]; /* one sentence, NUL-terminated, no newline */
};

/* Returns the version, such as "1.2.3". */
LFADS_API const char *lfads_version(void);
/* Describes, for people to read, how the library was built and what it finds on this machine:
 * compiler, processor, precision, libraries with versions, GPUs and the file of their module. The
 * text has lines "thing: value"; a line that begins with a blank continues the line before. Writes
 * at most SIZE bytes to TEXT, the NUL included; returns the length of the whole text without the
 * NUL. TEXT may be NULL if SIZE is 0. Loads the module that finds GPUs only if NVIDIA's driver is
 * installed. */
LFADS_API size_t lfads_build_info(char *text, size_t size);
/* Returns the name of a status, such as "bad data". */
LFADS_API const char *lfads_status_name(enum lfads_status status);

/* ---- configuration: the flags of a run ------------------------------------------------------ */
struct lfads_config;
/* Creates a configuration with all flags at their defaults. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_config_create(struct lfads_config **out,
                                                              struct lfads_error *err);
LFADS_API void lfads_config_free(struct lfads_config *config);
/* Sets flag NAME from text, as the command line does (docs/flags.md lists the flags). Fails if
 * there is no such flag or it does not take the value; CONFIG is then unchanged. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_config_set(struct lfads_config *config,
                                                           const char *name, const char *value,
                                                           struct lfads_error *err);
/* Returns the flag's value as text; NULL if there is no such flag or CONFIG is NULL. CONFIG owns
 * the text, which is valid until the next call with CONFIG. */
LFADS_API const char *lfads_config_get(struct lfads_config *config, const char *name);

/* ---- progress of long calls ------------------------------------------------------------------ */
struct lfads_progress {
    const char *what;    /* what share refers to: "epoch", "trials", "training an integrator" */
    double share;        /* done so far, 0 to 1 */
    int64_t epoch, step; /* training only */
    double trials_per_second;
    double learning_rate; /* training only */
    double seconds;       /* since the call began */
};
/* Callbacks of a long call; any member may be NULL. The library calls them on the thread that
 * called it. */
struct lfads_callbacks {
    void *payload;
    void (*line)(void *payload, const char *text); /* a result line, without its newline */
    void (*warn)(void *payload, const char *text); /* a warning for the user */
    void (*progress)(void *payload, const struct lfads_progress *progress);
    bool (*stop)(void *payload); /* true: end with LFADS_INTERRUPTED; training saves first */
};

/* ---- commands: each reads and writes files as docs/files.md describes ------------------------ */
/* Trains on the data set that CONFIG names. Continues if lfads_save_dir has a checkpoint. */
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

/* ---- one trial at a time --------------------------------------------------------------------
 * A trained model in memory, for closed-loop experiments. A call runs the model once, on the
 * posterior's means, on the caller's thread, in memory that was allocated before, and opens no
 * file. */
struct lfads_denoiser;
struct lfads_denoiser_shape {
    size_t bins, channels, ext_inputs; /* T, N, E of a trial */
    size_t outputs;                    /* N (rates) or 2N (a Gaussian's means and variances) */
    size_t factors, inputs;            /* F; inferred inputs */
};
/* The results of a trial: arrays of the caller; NULL: not wanted. */
struct lfads_denoised {
    float *output;  /* [T,outputs] */
    float *factors; /* [T,factors] */
    float *inputs;  /* [T,inputs] */
};
/* Loads the checkpoint that file INDEX ("checkpoint", "checkpoint_lve") of SAVE_DIR names. SESSION
 * is the session of the trials; NULL: the first. Does not need the data files. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_denoiser_create(struct lfads_denoiser **out, const char *save_dir, const char *index,
                      const char *session, struct lfads_error *err);
LFADS_API void lfads_denoiser_free(struct lfads_denoiser *denoiser);
/* Sets SHAPE; all zero if DENOISER is NULL. */
LFADS_API void lfads_denoiser_get_shape(const struct lfads_denoiser *denoiser,
                                        struct lfads_denoiser_shape *shape);
/* Denoises DATA [T,N] with external inputs EXT [T,E] (NULL if E is 0). Fails for numbers that are
 * not finite and, if the model is of counts, for numbers that are not integers from 0 to a million.
 */
LFADS_API LFADS_CHECKED enum lfads_status lfads_denoise(struct lfads_denoiser *denoiser,
                                                        const float *data, const float *ext,
                                                        const struct lfads_denoised *denoised,
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
    const char *data_file, *train_run_file, *valid_run_file, *output_file;
};
/* Writes the arrays of the results that have bins as [bins of the recording,...]. Where windows
 * overlap, the later one fades in; bins in no window are NaN. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_merge(const struct lfads_merging *what,
                                                      struct lfads_error *err);

/* ---- scoring -------------------------------------------------------------------------------- */
/* Scores; a member that has_... says is missing is 0 or NULL. A score that is not defined is NaN.
 * Bits per spike: log-likelihood of the counts under the rates, minus that under each channel's
 * mean count over the same trials and bins, in bits, divided by the number of spikes. Standard
 * errors (_se) are over trials, by bootstrap; NaN if none was asked for. */
struct lfads_score {
    const char *set; /* the compared trials: "train" or "valid"; not to be freed */
    size_t trials, bins, channels;
    size_t heldout, forward; /* channels and bins, the last ones, that the encoders did not read */
    bool has_truth, has_bits_per_spike, has_bounds, has_psth, has_behaviour, has_coverage;
    double r2;          /* of rates times conversion_factor against the truth, over all numbers */
    double *channel_r2; /* [channels], of each channel; NULL without truth */
    double bits_per_spike, bits_per_spike_se; /* of all channels and bins; counts only */
    double *channel_bits_per_spike;           /* [channels], of each channel; NULL unless counts */
    double co_bps, co_bps_se; /* held-out channels in the encoded bins; if heldout > 0 */
    double fp_bps, fp_bps_se; /* all channels in the forward bins; if forward > 0 */
    double nll; /* negative log-likelihood of the data, per trial; NaN for gamma and zig */
    double nll_vae, nll_iwae; /* means over trials of the model run's bounds */
    double psth_r2;           /* of the rates' means over a condition's trials against its PSTHs */
    size_t conditions;        /* that have PSTHs */
    double psth_sd;      /* bins: of the Gaussian that smoothed the PSTHs; 0: the file's, or none */
    double behaviour_r2; /* of behaviour decoded from the rates by ridge regression */
    double decoding_penalty; /* of that regression; of the first decoder, if there are several */
    size_t behaviour_components;        /* that were decoded */
    size_t missing_data, missing_truth; /* numbers that are NaN and left out, … */
    size_t missing_behaviour;           /* … of the behaviour of both sets of trials */
    size_t missing_psth;                /* bins of PSTHs, of all conditions, that are left out */
    bool lacks_train_run; /* there is behaviour, but no results of training trials to fit on */
    double coverage;      /* share of true rates in the samples' band; ideally its nominal share */
    double coverage_nominal;  /* share of the samples in the band, such as 0.9 */
    double *channel_coverage; /* [channels], of each channel, or NULL */
};
/* Results of one session's trials. */
struct lfads_run_files {
    char *session;
    const char *set; /* "train" or "valid"; not to be freed */
    char *data_file;
    char *model_run_file; /* NULL: there are none */
};
struct lfads_runs {
    size_t count;
    struct lfads_run_files *run; /* [count] */
};
/* Finds the results that posterior sampling with CONFIG has written: of each session's validation
 * trials, or of its training trials if there are none, or of those of SET ("train" or "valid";
 * NULL: as said); the latest of samples and means. Flag session, without data_files, limits them to
 * one session. Fails if there are no results at all. lfads_runs_release frees what RUNS holds; it
 * accepts NULL. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_runs_find(struct lfads_runs *runs,
                                                          const struct lfads_config *config,
                                                          const char *set, struct lfads_error *err);
LFADS_API void lfads_runs_release(struct lfads_runs *runs);

/* What to score. A member that is NULL or 0 has the meaning given. */
struct lfads_evaluation {
    const char *data_file, *model_run_file;
    const char *train_run_file; /* of the training trials; NULL: that beside the model run */
    const char *set; /* "train" or "valid"; NULL: taken from the model run's name, else "valid" */
    double conversion_factor; /* from rates to the truth's unit, above 0; 0: the data file's */
    const char *figure;       /* PNG to write: rates, truth, data, inferred inputs; NULL: none */
    size_t trial;             /* the trial in the figure */
    size_t bootstrap;         /* draws of trials for standard errors; 0: none */
    uint64_t seed;            /* of these draws */
    double psth_sd; /* bins: of the Gaussian that smooths PSTHs; 0: 50 ms if the data file has dt,
                       else none; below 0: none */
    double decoding_penalty; /* of ridge regression; 0: chosen by cross-validation */
};
/* Scores the rates in a model-run file against its data, on the first trials of the data file.
 * lfads_score_release frees what SCORE holds; it accepts NULL and a score that was released. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_evaluate(struct lfads_score *score,
                                                         const struct lfads_evaluation *what,
                                                         struct lfads_error *err);
LFADS_API void lfads_score_release(struct lfads_score *score);

/* A simple estimate of rates, scored as a model is. */
struct lfads_baseline {
    const char *name;         /* "mean_rates", "psth", "smoothing"; not to be freed */
    char about[200];          /* how its rates are made, for people to read */
    struct lfads_score score; /* without nll, bounds and behaviour */
};
struct lfads_baselines {
    size_t count;
    struct lfads_baseline *of; /* [count] */
};
/* Scores, on the trials of the model run that WHAT names, rates by simple means
 * (docs/files.md, "Baselines"): each channel's mean rate, the PSTH of a trial's condition and, for
 * counts, smoothed spikes with a regression for held-out channels. What is fitted is fitted to the
 * data file's training trials; fails if it has none. Draws no figure. lfads_baselines_release frees
 * what BASELINES holds; it accepts NULL and baselines that were released. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_evaluate_baselines(struct lfads_baselines *baselines, const struct lfads_evaluation *what,
                         struct lfads_error *err);
LFADS_API void lfads_baselines_release(struct lfads_baselines *baselines);

/* What to report on. A member that is NULL or 0 has the meaning given. */
struct lfads_report_request {
    const char *save_dir;    /* of a training */
    const char *output_dir;  /* of results and report, made if missing; NULL: save_dir */
    const char *output_file; /* HTML; NULL: report.html in output_dir */
    const char *data_dir;    /* of the data files; NULL: the one of the training */
    size_t trials;           /* that can be looked at, of all sessions together; 0: 40 */
    size_t units;            /* channels, of each session; 0: 16 */
    size_t bootstrap;        /* draws of trials for standard errors; 0: none */
    uint64_t seed;           /* of these draws */
};
/* Writes a page on a trained model (docs/report.md): one HTML file that needs nothing else,
 * complete or not at all. Reads the results in output_dir; if there are none, computes those of
 * posterior means, which lfads_posterior_mean writes there. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_report(const struct lfads_report_request *what,
                                                       const struct lfads_callbacks *callbacks,
                                                       struct lfads_error *err);

/* Scores of a data set of the Neural Latents Benchmark (Pei et al. 2021; docs/files.md, "Neural
 * Latents Benchmark"). A score that the target's data do not allow is NaN. */
struct lfads_nlb_score {
    char set[64];       /* the group of the files, such as "mc_maze_20" */
    const char *prefix; /* of the benchmark's names of the scores: "[100] " for mc_maze_small; "" */
    double co_bps, co_bps_se, fp_bps, fp_bps_se; /* bits per spike, as in struct lfads_score */
    double velocity_r2;      /* R2 of behaviour in time, decoded by ridge regression */
    double decoding_penalty; /* of that regression; of the first decoder, if there are several */
    double psth_r2;
    double time_correlation;                  /* of neural speed with produced times */
    size_t missing_spikes, missing_behaviour; /* numbers of the target that are NaN and left out */
    size_t missing_psth;                      /* bins of PSTHs that are left out */
};
struct lfads_nlb_scores {
    size_t count;
    struct lfads_nlb_score *sets; /* [count] */
};
/* What to score. A member that is NULL or 0 has the meaning given. */
struct lfads_nlb_evaluation {
    const char *target_file;
    const char *submission_file; /* a submission, or a model run of the evaluated trials */
    const char *train_run_file;  /* a model run of the training trials; NULL: the one beside it */
    const char *set; /* the group to score; NULL: the benchmark's groups in the submission */
    double decoding_penalty; /* of ridge regression; 0: chosen by cross-validation */
    size_t bootstrap;        /* draws of trials for standard errors; 0: none */
    uint64_t seed;           /* of these draws */
};
/* Scores a submission, or a model, against a target file of the benchmark.
 * lfads_nlb_scores_release frees what SCORES holds; it accepts NULL and scores that were released.
 */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_evaluate_nlb(struct lfads_nlb_scores *scores, const struct lfads_nlb_evaluation *what,
                   struct lfads_error *err);
LFADS_API void lfads_nlb_scores_release(struct lfads_nlb_scores *scores);

/* What a submission to the benchmark consists of. */
struct lfads_nlb_submission {
    const char *eval_run_file;  /* a model run of the evaluated trials */
    const char *train_run_file; /* of the training trials; NULL: the one beside it */
    const char *set;            /* the group to write, such as "mc_maze_20" */
    const char *output_file;    /* is replaced if it exists */
    const char *add_to_file;    /* a submission whose other groups are copied; NULL: none */
};
/* Writes rates of held-in and held-out channels, of forward bins too, as the benchmark wants them.
 */
LFADS_API LFADS_CHECKED enum lfads_status lfads_submit_nlb(const struct lfads_nlb_submission *what,
                                                           struct lfads_error *err);

#ifdef __cplusplus
}
#endif
#endif
