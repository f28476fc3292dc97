/* model.h - the sizes and options of one model: what the configuration says, with the sessions it
 * is for (model.md). Made once, read by everything that computes.
 *
 * Capitals mean the same everywhere: B trials, S samples of each, R = B*S rows, T bins, N channels,
 * E external inputs, F factors, G generator units, C controller units.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_MODEL_H
#define LFADS_MODEL_MODEL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/real.h"
#include "config/distribution.h"
#include "config/session_shape.h"

struct lfads_config;
struct params_layout;
struct observation;
struct latent_prior;

/* A session as the model needs it. Pointers belong to the caller of model_create, which copies. */
struct model_session {
    struct session_shape shape;
    const double *alignment_matrix; /* [N,F] or NULL */
    const double *alignment_bias;   /* [N] or NULL */
};

/* What a parameter starts from. */
enum param_start {
    PARAM_NORMAL,   /* mean 0, standard deviation value */
    PARAM_CONSTANT, /* value everywhere */
    PARAM_GIVEN     /* the numbers in given */
};
/* What a session's alignment says of where its maps start. */
enum param_alignment {
    ALIGNED_NOT,
    ALIGNED_READIN_W,
    ALIGNED_READIN_B,
    ALIGNED_READOUT_W,
    ALIGNED_READOUT_B
};
enum { PARAM_SHARED = -1 }; /* the session of what belongs to none */
enum param_group {
    GROUP_READIN,
    GROUP_READOUT,
    GROUP_IC_ENCODER, /* with the posterior of g0 */
    GROUP_CI_ENCODER,
    GROUP_PRIORS,
    GROUP_DYNAMICS /* controller, generator, factors */
};
enum param_penalty { PENALTY_NONE, PENALTY_GENERATOR, PENALTY_CONTROLLER, PENALTIES };

/* A row of the table of parameters: a matrix [rows,cols] in the one vector. */
struct param {
    char name[320]; /* as in the original, without ":0" */
    size_t rows, cols;
    size_t split;  /* rows of the upper of two stacked maps; 0: one map */
    size_t offset; /* of its first number in the vector */
    bool map;      /* a factor of products; else a bias, a start, a prior's */
    bool fixed;    /* a prior's that is not trained */
    bool trained;
    int session; /* whose read-in or read-out, or PARAM_SHARED */
    enum param_group group;
    enum param_penalty penalty;
    enum param_alignment alignment;
    enum param_start start;
    double value;
    double *given; /* [rows,cols], owned by the model, or NULL */
};

/* Each reads the bins in one direction: for the initial condition, for the controller's input. */
enum encoder { IC_FORWARD, IC_BACKWARD, CI_FORWARD, CI_BACKWARD, ENCODERS };

/* What of a bin the controller reads in the next one. */
enum feedback { FEED_NOTHING, FEED_FACTORS, FEED_RATES };

struct model {
    size_t bins;    /* T */
    size_t ic_bins; /* K: the bins that the ic encoder reads */
    size_t factors, ic_dim, ic_enc, gen_units;
    size_t co_dim, ci_enc, con_units, lag; /* co_dim 0: no controller */
    size_t ext_inputs;                     /* E, 0: none */
    bool ext_to_generator, causal;
    enum feedback feedback;
    const struct distribution *output; /* of the observations */
    const struct observation *observation;
    const struct latent_prior *ic_prior, *co_prior;
    bool identity_readin, identity_readout;
    real clip;
    real ic_post_var_min, ic_prior_var_min, ic_prior_var_max;
    double keep_prob;
    double kl_ic_weight, kl_co_weight, corr_scale, l2_gen_scale, l2_con_scale;

    struct session_shape *sessions;
    size_t n_sessions;
    struct param *params; /* in the original's order */
    size_t n_params;
    struct params_layout *layouts; /* [n_sessions]: where each session's weights are (params.c) */
    size_t size;                   /* numbers in the parameter vector, with padding (params.c) */
};

/* Builds the model of CONFIG for data of BINS bins. On success *OUT is the caller's, to be freed
 * by model_free; on failure it is NULL. Fails for an alignment that does not fit, for sizes beyond
 * what the random numbers can address, for rates fed back with several sessions. */
enum lfads_status model_create(struct model **out, const struct lfads_config *config, size_t bins,
                               const struct model_session *sessions, size_t n_sessions,
                               struct lfads_error *err);
void model_free(struct model *model);

/* Numbers of all parameters: size without padding. */
size_t model_parameters(const struct model *model);
/* Sets the parameters in VECTOR [size] to the initial values drawn with SEED. */
void model_initialise(const struct model *model, real *vector, uint64_t seed);

/* Derived sizes. */
size_t model_channels(const struct model *model, size_t session);
/* Numbers of a bin in results: N means, N variances, …, as many as the distribution writes. */
size_t model_outputs(const struct model *model, size_t session);
/* Channels that the encoders see: N or F, and E where external inputs go to them. */
size_t model_encoder_inputs(const struct model *model, size_t session);
/* Whether the model has the encoder; the bins that it reads and its units. */
bool model_has_encoder(const struct model *model, enum encoder encoder);
size_t model_encoder_bins(const struct model *model, enum encoder encoder);
size_t model_encoder_units(const struct model *model, enum encoder encoder);
/* The encoders' part of the controller's input. */
size_t model_ci_width(const struct model *model);
/* The fed-back part of the controller's input: F, N or 0. */
size_t model_fed_width(const struct model *model, size_t session);
/* Inputs of the generator: inferred and external, 0: none. */
size_t model_generator_inputs(const struct model *model);
#endif
