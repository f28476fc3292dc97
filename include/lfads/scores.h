/* scores.h - scores of results in files: of a model's rates, of simple baselines, of submissions to
 * the Neural Latents Benchmark.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SCORES_H
#define LFADS_SCORES_H
#include <lfads/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- scoring -------------------------------------------------------------------------------- */
/* Scores, in a struct that the library allocates and that may grow at its end. A member that
 * has_... says is missing is 0 or NULL. A score that is not defined is NaN. Bits per spike:
 * log-likelihood of the counts under the rates, minus that under each channel's mean count over the
 * same trials and bins, in bits, divided by the number of spikes. Standard errors (_se) are over
 * trials, by bootstrap; NaN if none was asked for. */
struct lfads_score {
    const char *set; /* the compared trials: "train" or "valid" */
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
    size_t missing_data, missing_truth; /* numbers that are NaN or infinite, left out … */
    size_t missing_behaviour;           /* … of the behaviour of both sets of trials */
    size_t missing_psth;                /* bins of PSTHs, of all conditions, that are left out */
    size_t missing_conditions;          /* scored trials whose condition is not known */
    bool lacks_train_run; /* there is behaviour, but no results of training trials to fit on */
    double coverage;      /* share of true rates in the samples' band; ideally its nominal share */
    double coverage_nominal;  /* share of the samples in the band, such as 0.9 */
    double *channel_coverage; /* [channels], of each channel, or NULL */
    char **units; /* [channels]: what the data file calls the channels' units; NULL: it does not */
    bool other_data; /* the data file has other trials than those that the results are of */
};
/* Results of one session's trials. The library allocates it, and it may grow at its end. */
struct lfads_run_files {
    char *session;
    const char *set; /* "train" or "valid" */
    char *data_file;
    char *model_run_file; /* NULL: there are none */
};
struct lfads_runs {
    size_t count;
    struct lfads_run_files **run; /* [count] */
};
/* Finds the results that posterior sampling with CONFIG has written: of each session's validation
 * trials, or of its training trials if there are none, or of those of SET ("train" or "valid";
 * NULL: as said); the latest of samples and means. Flag session, without data_files, limits them to
 * one session. Fails if there are no results at all. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_runs_find(struct lfads_runs **out,
                                                          const struct lfads_config *config,
                                                          const char *set, struct lfads_error *err);
LFADS_API void lfads_runs_free(struct lfads_runs *runs);

/* What to score. A member that is NULL or 0 has the meaning given. */
struct lfads_evaluation {
    size_t size; /* set by the caller: sizeof(struct lfads_evaluation) */
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
/* Scores the rates in a model-run file against its data, on the first trials of the data file. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_evaluate(struct lfads_score **out,
                                                         const struct lfads_evaluation *what,
                                                         struct lfads_error *err);
LFADS_API void lfads_score_free(struct lfads_score *score);

/* A simple estimate of rates, scored as a model is. The library allocates it, and it may grow at
 * its end. */
struct lfads_baseline {
    const char *name;          /* "mean_rates", "psth", "smoothing" */
    char about[200];           /* how its rates are made, for people to read */
    struct lfads_score *score; /* without nll, bounds and behaviour */
};
struct lfads_baselines {
    size_t count;
    struct lfads_baseline **of; /* [count] */
};
/* Scores, on the trials of the model run that WHAT names, rates by simple means
 * (docs/files.md, "Baselines"): each channel's mean rate, the PSTH of a trial's condition and, for
 * counts, smoothed spikes with a regression for held-out channels. What is fitted is fitted to the
 * data file's training trials; fails if it has none. Draws no figure. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_evaluate_baselines(struct lfads_baselines **out, const struct lfads_evaluation *what,
                         struct lfads_error *err);
LFADS_API void lfads_baselines_free(struct lfads_baselines *baselines);

/* Scores of a data set of the Neural Latents Benchmark (Pei et al. 2021; docs/files.md, "Neural
 * Latents Benchmark"). A score that the target's data do not allow is NaN. The library allocates
 * it, and it may grow at its end. */
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
    struct lfads_nlb_score **sets; /* [count] */
};
/* What to score. A member that is NULL or 0 has the meaning given. */
struct lfads_nlb_evaluation {
    size_t size; /* set by the caller: sizeof(struct lfads_nlb_evaluation) */
    const char *target_file;
    const char *submission_file; /* a submission, or a model run of the evaluated trials */
    const char *train_run_file;  /* a model run of the training trials; NULL: the one beside it */
    const char *set; /* the group to score; NULL: the benchmark's groups in the submission */
    double decoding_penalty; /* of ridge regression; 0: chosen by cross-validation */
    size_t bootstrap;        /* draws of trials for standard errors; 0: none */
    uint64_t seed;           /* of these draws */
};
/* Scores a submission, or a model, against a target file of the benchmark. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_evaluate_nlb(struct lfads_nlb_scores **out, const struct lfads_nlb_evaluation *what,
                   struct lfads_error *err);
LFADS_API void lfads_nlb_scores_free(struct lfads_nlb_scores *scores);

/* What a submission to the benchmark consists of. */
struct lfads_nlb_submission {
    size_t size;                /* set by the caller: sizeof(struct lfads_nlb_submission) */
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
