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

#include "base/real.h"
#include "config/distribution.h"
#include "config/session_shape.h"
#include "config/trial.h"

struct params_layout;
struct observation;
struct latent_prior;

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
    size_t bins;           /* T */
    size_t encoded_bins;   /* T_enc: the encoders read bins 0 to T_enc-1 */
    size_t ic_bins;        /* K: the ic encoder reads bins 0 to K-1 */
    bool encodes_observed; /* the encoders read the observed array; else TRIAL_ENCODED */
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

/* Numbers of all parameters: size without padding. */
size_t model_parameters(const struct model *model);
/* Derived sizes. */
size_t model_channels(const struct model *model, size_t session);
/* Numbers of a bin in results: N means, N variances, …, as many as the distribution writes. */
size_t model_outputs(const struct model *model, size_t session);
/* Shape of a trial's ARRAY: its bins, and numbers per bin. The width is 0 if the model has no such
 * array, or if it is the observed one. */
size_t model_trial_bins(const struct model *model, enum trial_array array);
size_t model_trial_width(const struct model *model, size_t session, enum trial_array array);
/* N_in: channels of the data that the encoders read. */
size_t model_encoded_channels(const struct model *model, size_t session);
/* Width of the encoders' input: N_in or F, and E if external inputs go to the encoders. */
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
