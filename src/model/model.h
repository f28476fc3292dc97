/* model.h - the sizes and options of a model and its sessions, and the table of its parameters
 * (model.md). They do not change after model_create.
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

/* The initial values of a parameter. */
enum param_start {
    PARAM_NORMAL,   /* mean 0, standard deviation value */
    PARAM_CONSTANT, /* all value */
    PARAM_GIVEN     /* the numbers in given */
};
/* Which part of a session's alignment has the initial values. */
enum param_alignment {
    ALIGNED_NOT,
    ALIGNED_READIN_W,
    ALIGNED_READIN_B,
    ALIGNED_READOUT_W,
    ALIGNED_READOUT_B
};
enum { PARAM_SHARED = -1 }; /* the session of a parameter that all sessions share */
enum param_group {
    GROUP_READIN,
    GROUP_READOUT,
    GROUP_IC_ENCODER, /* and the posterior of g0 */
    GROUP_CI_ENCODER,
    GROUP_PRIORS,
    GROUP_DYNAMICS /* controller, generator, factors */
};
enum param_penalty {
    PENALTY_NONE,
    PENALTY_GENERATOR,
    PENALTY_CONTROLLER,
    PENALTY_IC_ENCODER,
    PENALTY_CI_ENCODER,
    PENALTY_ZIG_SCALE, /* of the distance from zig_scale_prior; not divided by the count */
    PENALTIES
};

/* A row of the table of parameters: a matrix [rows,cols] in the vector of all parameters. */
struct param {
    char name[320]; /* as in the original, without ":0" */
    size_t rows, cols;
    size_t split;  /* two stacked maps: rows of the upper one; else 0 */
    size_t offset; /* index of its first number in the vector */
    bool map;      /* operand of products; else a bias, an initial state or a prior's */
    bool fixed;    /* a parameter of a prior that the flags fix */
    bool trained;
    int session; /* whose read-in or read-out it is, or PARAM_SHARED */
    enum param_group group;
    enum param_penalty penalty;
    size_t unpenalised; /* numbers at the beginning without penalty: the upper of two maps */
    bool gate_biases;   /* of reset gates, then of update gates, to which 1 is added at run time */
    enum param_alignment alignment;
    enum param_start start;
    double value;
    double *given; /* [rows,cols], owned by the model, or NULL */
};

/* The encoders: for the initial condition and for the controller's input, in both directions. */
enum encoder { IC_FORWARD, IC_BACKWARD, CI_FORWARD, CI_BACKWARD, ENCODERS };

/* What the controller reads of the previous bin. */
enum feedback { FEED_NOTHING, FEED_FACTORS, FEED_RATES };

/* Parts of the data whose reconstruction is measured apart: what the encoders read; held-out
 * channels in encoded bins; all channels in forward bins; what sample validation takes out. */
enum measure { MEASURE_READ, MEASURE_HELDOUT, MEASURE_FORWARD, MEASURE_SV, MEASURES };

struct model {
    size_t bins;         /* T: of the decoder, from bin FIRST of the data on */
    size_t data_bins;    /* of the data: first + T */
    size_t first;        /* S if the decoder begins behind the segment, else 0 */
    size_t encoded_bins; /* T_enc: the encoders read bins 0 to T_enc-1 */
    size_t ic_bins;      /* K: the ic encoder reads bins 0 to K-1 */
    size_t segment; /* S: the ci encoder reads bins S to T_enc-1; coordinated dropout leaves those
                       before S as they are */
    bool skips_segment;    /* the decoder begins at bin S of the data */
    bool encodes_observed; /* the encoders read the observed array; else TRIAL_ENCODED */
    bool jitters_apart;    /* in training, the encoders' counts are jittered apart from the observed
                            * ones
                            */
    size_t readin;         /* width of the read-in */
    size_t factors, ic_dim, ic_enc, gen_units;
    size_t co_dim, ci_enc, con_units, lag; /* co_dim 0: no controller */
    size_t ext_inputs;                     /* E, 0: none */
    bool ext_to_generator, causal;
    enum feedback feedback;
    const struct distribution *output; /* distribution of the data */
    const struct observation *observation;
    const struct latent_prior *ic_prior, *co_prior;
    bool identity_readin, identity_readout;
    real min_logvar;        /* least log variance of gaussian observations */
    double zig_loc;         /* number that those of zig exceed if they are not 0 */
    double zig_scale_prior; /* scales of zig that cost nothing */
    real clip;
    real ic_post_var_min, ic_prior_var_min, ic_prior_var_max;
    double keep_prob;
    /* coordinated dropout: rates; whether it covers what the encoders never read */
    double cd_rate, cd_pass_rate;
    bool cd_blocks_heldout;
    double sv_rate;            /* of sample validation */
    bool missing;              /* the data may have NaN: numbers that were not recorded */
    bool dropout_after_readin; /* and of the factors that the controller reads in the first bin */
    bool samples;              /* samples of the posteriors drive the model, not their means */
    size_t prior_df;           /* degrees of freedom of Student's t */
    bool fresh_co_kl;          /* the KL divergence of u is that of another sample */
    bool stirling;             /* the constant of the Poisson likelihood */
    bool mean_recon;           /* the reconstruction cost is a mean over bins and channels */
    bool inverts_readin;       /* read-outs begin at the pseudo-inverse of the alignment, … */
    bool readout_logs;         /* … which is that of counts, turned into one of log-rates */
    bool gate_bias_ones;       /* the reset gates' biases begin at 1 */
    bool l2_of_recurrent;      /* only recurrent weights are penalised */
    double loss_scale;         /* of the total */
    double kl_ic_weight, kl_co_weight, corr_scale, l2_scale[PENALTIES];

    struct session_shape *sessions;
    size_t n_sessions;
    struct param *params; /* in the original's order */
    size_t n_params;
    struct params_layout *layouts; /* [n_sessions]: where a session's weights are (params.c) */
    size_t size;                   /* numbers in the vector of parameters, padding included */
};

/* Returns the count of trained and fixed numbers: size without padding. */
size_t model_parameters(const struct model *model);
/* Returns the parameter NAME; NULL if there is none. */
const struct param *model_find_param(const struct model *model, const char *name);
/* Sizes that follow from the above. */
size_t model_channels(const struct model *model, size_t session);
/* Numbers per bin of the output in results: N means, then N variances if the distribution has them.
 */
size_t model_outputs(const struct model *model, size_t session);
/* Bins of the decoder that the encoders read too. */
size_t model_read_bins(const struct model *model);
/* The decoder's part of an array [data_bins,rows,n], from its bin 0 on. */
static inline size_t model_skip(const struct model *model, size_t rows, size_t n)
{
    return model->first * rows * n;
}
/* Bins of a trial's ARRAY, and numbers per bin. The width is 0 if the model has no such array or it
 * is the observed array. */
size_t model_trial_bins(const struct model *model, enum trial_array array);
size_t model_trial_width(const struct model *model, size_t session, enum trial_array array);
/* Numbers of a trial of SESSION in the part MEASURE. */
size_t model_measured_entries(const struct model *model, size_t session, enum measure measure);
/* Channels that the encoders do not read. */
size_t model_heldout(const struct model *model, size_t session);
/* N_in: channels of the data that the encoders read. */
size_t model_encoded_channels(const struct model *model, size_t session);
/* Numbers per bin of the data's dropout mask: N_in, or after the read-in F. */
size_t model_data_mask_width(const struct model *model, size_t session);
/* Whether the factors that are fed back into the first bin have a dropout mask. */
bool model_masks_first_state(const struct model *model);
/* Bins and channels of the masks of coordinated dropout. */
size_t model_cd_bins(const struct model *model);
size_t model_cd_channels(const struct model *model, size_t session);
/* Width of the encoders' input: N_in or F, and E if external inputs go to the encoders. */
size_t model_encoder_inputs(const struct model *model, size_t session);
/* Whether ENCODER reads the bins from the last to the first. */
static inline bool model_reads_backward(enum encoder encoder)
{
    return encoder == IC_BACKWARD || encoder == CI_BACKWARD;
}
/* Whether the model has ENCODER; the bins that it reads; its units. */
bool model_has_encoder(const struct model *model, enum encoder encoder);
size_t model_encoder_bins(const struct model *model, enum encoder encoder);
size_t model_encoder_units(const struct model *model, enum encoder encoder);
/* Width of the encoders' part of the controller's input. */
size_t model_ci_width(const struct model *model);
/* Width of the fed-back part of the controller's input: F, N or 0. */
size_t model_fed_width(const struct model *model, size_t session);
/* Width of the generator's input, inferred and external; 0: none. */
size_t model_generator_inputs(const struct model *model);
#endif
