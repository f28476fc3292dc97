/* lfads.h - Latent Factor Analysis via Dynamical Systems: the library's public face.
 *
 * LFADS infers, from noisy spike counts (or real-valued recordings), each trial's denoised
 * firing rates, low-dimensional factors, initial condition and inferred inputs.
 *
 * Ownership: what a _create function hands out is freed by its _free partner, which takes NULL.
 * Errors: a function that can fail for the user's or the machine's reasons returns a status and,
 * where it is not LFADS_OK, fills the caller's struct lfads_error (may be NULL) with one sentence
 * that names the thing, its value and the remedy. The library never prints and never exits. A NULL
 * where none may be is LFADS_USAGE. A freed handle can't be told from a live one: don't use it.
 * Threads: a handle belongs to one thread at a time; different handles are independent. (libhdf5
 * has one lock for all threads, which the build demands of it.)
 * Processes: what opens an HDF5 file (data, checkpoints, results to score) forks a child that reads
 * it, and waits for that child by its id. A host gets SIGCHLD for it; a host that ignores SIGCHLD,
 * or collects all children (waitpid(-1)), takes the child's exit status: files are still read, but
 * an error then cannot say how the child ended.
 * Signals: oneDNN's products use the stack pointer for other things; handlers of signals that may
 * arrive while the library computes need a stack of their own (sigaltstack, SA_ONSTACK).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_LFADS_H
#define LFADS_LFADS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define LFADS_API __attribute__((visibility("default")))
#else
#define LFADS_API
#endif

enum lfads_status {
    LFADS_OK = 0,
    LFADS_USAGE = 1,    /* a flag or an argument is wrong */
    LFADS_BAD_DATA = 2, /* a file's contents are not what they must be */
    LFADS_IO = 3,       /* a file can't be read or written */
    LFADS_NO_MEMORY = 4,
    LFADS_INTERRUPTED = 5, /* the stop callback asked for it; a training has saved its state */
    LFADS_NUMERIC = 6      /* a cost or gradient is not finite */
};

struct lfads_error {
    enum lfads_status status;
    char text[1024]; /* one sentence, NUL-terminated, no newline */
};

/* "1.2.3" */
LFADS_API const char *lfads_version(void);
/* How the library was built and what it finds on this machine, for people to read: compiler,
 * processor, precision, libraries with versions, GPUs and the file of their module; lines "thing:
 * what", which go on in lines that begin with a blank. Writes at most SIZE bytes of it to TEXT, the
 * NUL included, and returns its whole length without the NUL; TEXT may be NULL where SIZE is 0. The
 * module is loaded, to ask for GPUs, only where NVIDIA's driver is installed. */
LFADS_API size_t lfads_build_info(char *text, size_t size);
/* The word for a status, such as "bad data". */
LFADS_API const char *lfads_status_name(enum lfads_status status);

/* ---- configuration: the flags of a run, all at their defaults when created ------------------ */
struct lfads_config;
LFADS_API enum lfads_status lfads_config_create(struct lfads_config **out, struct lfads_error *err);
LFADS_API void lfads_config_free(struct lfads_config *config);
/* Sets flag NAME from text, as the command line does; the range is checked. */
LFADS_API enum lfads_status lfads_config_set(struct lfads_config *config, const char *name,
                                             const char *value, struct lfads_error *err);
/* The flag's value as text, owned by CONFIG, valid until its next call; NULL for no such flag, or
 * for a CONFIG that is NULL. */
LFADS_API const char *lfads_config_get(struct lfads_config *config, const char *name);

/* ---- what a long call tells its caller ------------------------------------------------------ */
struct lfads_progress {
    const char *what;    /* what share is of: "epoch", "trials", "training an integrator" */
    double share;        /* 0 to 1 */
    int64_t epoch, step; /* training only */
    double trials_per_second;
    double learning_rate; /* training only */
    double seconds;       /* since the call began */
};
/* Any member may be NULL. Called from the thread that called the library. */
struct lfads_callbacks {
    void *payload;
    void (*line)(void *payload, const char *text); /* a result line, without its newline */
    void (*warn)(void *payload, const char *text); /* something the user should know */
    void (*progress)(void *payload, const struct lfads_progress *progress);
    bool (*stop)(void *payload); /* true: end with LFADS_INTERRUPTED; a training saves first */
};

/* ---- the verbs: each reads and writes files as docs/files.md describes ---------------------- */
/* Trains on the data set of the configuration; continues where lfads_save_dir has a checkpoint. */
LFADS_API enum lfads_status lfads_train(const struct lfads_config *config,
                                        const struct lfads_callbacks *callbacks,
                                        struct lfads_error *err);
/* For each trial: batch_size samples from its posterior, the model run on each, averaged. */
LFADS_API enum lfads_status lfads_posterior_sample(const struct lfads_config *config,
                                                   const struct lfads_callbacks *callbacks,
                                                   struct lfads_error *err);
/* For each trial: one pass with the posterior's means in place of samples. */
LFADS_API enum lfads_status lfads_posterior_mean(const struct lfads_config *config,
                                                 const struct lfads_callbacks *callbacks,
                                                 struct lfads_error *err);
/* batch_size samples from the priors. */
LFADS_API enum lfads_status lfads_prior_sample(const struct lfads_config *config,
                                               const struct lfads_callbacks *callbacks,
                                               struct lfads_error *err);
/* Every parameter and optimizer slot to one HDF5 file. */
LFADS_API enum lfads_status lfads_write_params(const struct lfads_config *config,
                                               const struct lfads_callbacks *callbacks,
                                               struct lfads_error *err);

/* ---- one trial at a time --------------------------------------------------------------------
 * A trained model in memory, for experiments that wait for the answer: a call is one pass with the
 * posterior's means, on the caller's thread, with memory taken beforehand; it touches no file. */
struct lfads_denoiser;
struct lfads_denoiser_shape {
    size_t bins, channels, ext_inputs; /* T, N, E: what a trial must have */
    size_t outputs;                    /* N (rates), or 2N (a Gaussian's means and variances) */
    size_t factors, inputs;            /* F; inferred inputs */
};
/* What is wanted of a trial: arrays of the caller, each NULL where it is not. */
struct lfads_denoised {
    float *output;  /* [T,outputs] */
    float *factors; /* [T,factors] */
    float *inputs;  /* [T,inputs] */
};
/* Loads the checkpoint that file INDEX ("checkpoint", "checkpoint_lve") of SAVE_DIR names. SESSION:
 * whose trials will come; NULL: the first. The data files are not needed. */
LFADS_API enum lfads_status lfads_denoiser_create(struct lfads_denoiser **out, const char *save_dir,
                                                  const char *index, const char *session,
                                                  struct lfads_error *err);
LFADS_API void lfads_denoiser_free(struct lfads_denoiser *denoiser);
/* All zero of a NULL. */
LFADS_API void lfads_denoiser_get_shape(const struct lfads_denoiser *denoiser,
                                        struct lfads_denoiser_shape *shape);
/* Denoises DATA [T,N], with EXT [T,E] (NULL where E is 0). Fails for numbers that are not finite
 * and, where the model is of counts, for any but whole numbers from 0 to a million. */
LFADS_API enum lfads_status lfads_denoise(struct lfads_denoiser *denoiser, const float *data,
                                          const float *ext, const struct lfads_denoised *denoised,
                                          struct lfads_error *err);

/* ---- synthetic data ------------------------------------------------------------------------- */
struct lfads_synth_config;
LFADS_API enum lfads_status lfads_synth_config_create(struct lfads_synth_config **out,
                                                      struct lfads_error *err);
LFADS_API void lfads_synth_config_free(struct lfads_synth_config *config);
LFADS_API enum lfads_status lfads_synth_config_set(struct lfads_synth_config *config,
                                                   const char *name, const char *value,
                                                   struct lfads_error *err);
/* GENERATOR: "chaotic", "labeled" or "itb". */
LFADS_API enum lfads_status lfads_synth(const char *generator,
                                        const struct lfads_synth_config *config,
                                        const struct lfads_callbacks *callbacks,
                                        struct lfads_error *err);

/* ---- scoring -------------------------------------------------------------------------------- */
struct lfads_score {
    const char *set; /* whose trials were compared: "train" or "valid"; not to be freed */
    size_t trials, bins, channels;
    bool has_truth, has_bits_per_spike, has_bounds;
    double r2;             /* conversion_factor-scaled rates against the truth, all pooled */
    double *channel_r2;    /* [channels], of each channel alone; NULL without truth */
    double bits_per_spike; /* of the data under the rates, over each channel's mean rate; Poisson */
    double nll;            /* negative log-likelihood of the data under the rates, a trial */
    double nll_vae, nll_iwae; /* mean bounds of the trials, as the model run has them */
};
/* What is scored. Members that are NULL or 0 mean what is said. */
struct lfads_evaluation {
    const char *data_file, *model_run_file;
    const char *set; /* "train" or "valid"; NULL: what the model run's name says, else "valid" */
    double conversion_factor; /* of rates to the truth's unit, above 0; 0: the data file's */
    const char *figure; /* a PNG to write: rates, truth, data and inferred inputs; NULL: none */
    size_t trial;       /* which trial the figure shows */
};
/* Scores the rates in a model-run file against its data; the data file's first trials are
 * compared. A score is released by lfads_score_release, which takes NULL and released ones. */
LFADS_API enum lfads_status lfads_evaluate(struct lfads_score *score,
                                           const struct lfads_evaluation *what,
                                           struct lfads_error *err);
LFADS_API void lfads_score_release(struct lfads_score *score);

#ifdef __cplusplus
}
#endif
#endif
