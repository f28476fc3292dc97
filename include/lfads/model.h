/* model.h - a trained model in memory: its parameters, and its results for trials as arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_H
#define LFADS_MODEL_H
#include <lfads/training.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lfads_model;

/* Which parameters of a training. */
enum lfads_which {
    LFADS_LATEST = 0,
    LFADS_LOWEST = 1 /* of lowest validation cost; the latest if there is no lowest yet */
};
/* Creates a model with a copy of the parameters of TRAINING, which it does not need any more. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_model_create(struct lfads_model **out,
                                                             const struct lfads_training *training,
                                                             enum lfads_which which,
                                                             struct lfads_error *err);
/* Reads the model of the save directory that CONFIG names (lfads_save_dir); its flags
 * checkpoint_pb_load_name, device, threads and seed count, too. Needs no data files. CALLBACKS (may
 * be NULL) get its lines and are used until the call ends. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_model_open(struct lfads_model **out,
                                                           const struct lfads_config *config,
                                                           const struct lfads_callbacks *callbacks,
                                                           struct lfads_error *err);
LFADS_API void lfads_model_free(struct lfads_model *model);

struct lfads_model_shape {
    size_t size; /* set by the caller: sizeof(struct lfads_model_shape) */
    size_t sessions, parameters;
    size_t bins, encoded_bins; /* of a trial; that the encoders read */
    size_t ext_inputs, factors, generator_units, initial_conditions;
    size_t inferred_inputs; /* 0: the model has no controller */
    int64_t step, epoch;    /* updates and epochs done */
    uint64_t seed;
};
LFADS_API LFADS_CHECKED enum lfads_status lfads_model_get_shape(const struct lfads_model *model,
                                                                struct lfads_model_shape *shape,
                                                                struct lfads_error *err);
struct lfads_session {
    size_t size; /* set by the caller: sizeof(struct lfads_session) */
    const char *name;
    size_t channels, heldout; /* heldout: the last ones, which the encoders do not read */
};
LFADS_API LFADS_CHECKED enum lfads_status lfads_model_session(const struct lfads_model *model,
                                                              size_t index,
                                                              struct lfads_session *out,
                                                              struct lfads_error *err);
/* Returns the value of a flag of the model's training; NULL if there is no such flag. The text is
 * valid until the next call with MODEL. */
LFADS_API const char *lfads_model_get(struct lfads_model *model, const char *name);

/* Parameters, as of a training (training.h). */
LFADS_API LFADS_CHECKED enum lfads_status lfads_model_parameter(const struct lfads_model *model,
                                                                size_t index,
                                                                struct lfads_parameter *out,
                                                                struct lfads_error *err);
LFADS_API LFADS_CHECKED enum lfads_status lfads_model_get_parameter(const struct lfads_model *model,
                                                                    const char *name, float *values,
                                                                    size_t count,
                                                                    struct lfads_error *err);
LFADS_API LFADS_CHECKED enum lfads_status
lfads_model_set_parameter(struct lfads_model *model, const char *name, const float *values,
                          size_t count, struct lfads_error *err);

/* ---- results --------------------------------------------------------------------------------- */
/* A result, under the name that it has in files of posteriors' results (docs/files.md):
 * "output_dist_params" (rates, or means and variances), "factors", "controller_outputs" (inferred
 * inputs), "gen_states", "gen_ics", "post_g0_mean", "post_g0_logvar", "prior_g0_mean",
 * "prior_g0_logvar", "costs", "nll_bound_vaes", "nll_bound_iwaes", "train_steps"; and, of
 * lfads-torch's files, "co_means", "co_stds", "con_states", "gen_inputs". */
struct lfads_result {
    size_t size; /* set by the caller: sizeof(struct lfads_result) */
    const char *name;
    size_t rank;      /* axes, the trials' included: 1 to 3 */
    size_t shape[3];  /* [trials,bins,width], [trials,width] or [trials]; shape[0] is 0 */
    bool has_spread;  /* there are standard deviations and quantiles over samples */
    bool is_of_prior; /* samples of the priors have it */
};
/* How many results the model has; what number INDEX is for trials of SESSION (NULL: the first). */
LFADS_API size_t lfads_model_results(const struct lfads_model *model);
LFADS_API LFADS_CHECKED enum lfads_status lfads_model_result(const struct lfads_model *model,
                                                             const char *session, size_t index,
                                                             struct lfads_result *out,
                                                             struct lfads_error *err);

/* An array of the caller's for a result: [trials,...] without gaps, of as many numbers as trials
 * and the result's shape make. It never grows: calls take arrays of it. */
struct lfads_output {
    const char *name;       /* of the result. With _std behind it: standard deviations over samples;
                               with _quantiles: [...,quantiles] */
    enum lfads_number type; /* LFADS_FLOAT32 or LFADS_FLOAT64 */
    void *values;
    size_t count; /* numbers in VALUES */
};
/* How to run the model. All zero but size: on the posterior's means. */
struct lfads_sampling {
    size_t size;             /* set by the caller: sizeof(struct lfads_sampling) */
    size_t samples;          /* of each trial, which are averaged; 0: runs once, on means */
    size_t n_quantiles;      /* for outputs ..._quantiles, … */
    const double *quantiles; /* … [n_quantiles], between 0 and 1, rising */
};
/* Runs the model on all trials of SET ("train", "valid", "test") of session SESSION of DATA, and
 * fills the COUNT arrays of OUTPUTS. SESSION NULL: the only one. The trials may be others than
 * those of the training: DATA needs only arrays of SET. The session must be one of the model's; a
 * session of another name goes through the model's session MODEL_SESSION (NULL: the one of the same
 * name, or the only one). Results are those that lfads_posterior_sample, or lfads_posterior_mean,
 * writes. The stop callback ends the call with LFADS_INTERRUPTED; arrays are then half-filled. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_model_posterior(struct lfads_model *model, const struct lfads_data *data, const char *session,
                      const char *set, const char *model_session, const struct lfads_sampling *how,
                      const struct lfads_output *outputs, size_t count,
                      const struct lfads_callbacks *callbacks, struct lfads_error *err);
/* Draws SAMPLES samples from the priors and fills the COUNT arrays of OUTPUTS, [SAMPLES,...], of
 * results that have is_of_prior ("costs": one number). SESSION is whose read-out is used; NULL: the
 * first. EXT [bins,inputs]: external inputs of all samples; NULL: zeros. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_model_prior(struct lfads_model *model, const char *session, size_t samples, const float *ext,
                  const struct lfads_output *outputs, size_t count, struct lfads_error *err);

#ifdef __cplusplus
}
#endif
#endif
