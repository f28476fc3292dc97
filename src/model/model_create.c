/* model_create.c - sets a model's sizes and options from a configuration, and the initial values of
 * its parameters.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/model_create.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/philox.h"
#include "base/sizes.h"
#include "config/config.h"
#include "model/observation.h"
#include "model/params.h"
#include "model/priors.h"

static bool is(const char *value, const char *choice) { return strcmp(value, choice) == 0; }

static enum feedback feedback_of(const struct lfads_config *config)
{
    if (!config->co_dim || !config->do_feed_factors_to_controller)
        return FEED_NOTHING;
    return is(config->feedback_factors_or_rates, "rates") ? FEED_RATES : FEED_FACTORS;
}

static void set_l2(struct model *m, const struct lfads_config *config)
{
    m->l2_of_recurrent = is(config->l2_kernels, "recurrent");
    m->l2_scale[PENALTY_GENERATOR] = config->l2_gen_scale;
    m->l2_scale[PENALTY_CONTROLLER] = m->co_dim ? config->l2_con_scale : 0;
    m->l2_scale[PENALTY_IC_ENCODER] = m->ic_dim ? config->l2_ic_enc_scale : 0;
    m->l2_scale[PENALTY_CI_ENCODER] = m->co_dim ? config->l2_ci_enc_scale : 0;
    m->l2_scale[PENALTY_ZIG_SCALE] = config->zig_scale_penalty;
    m->zig_scale_prior = config->zig_scale_prior;
}

/* The options of modern.md. */
static void set_modern_options(struct model *m, const struct lfads_config *config)
{
    m->sv_rate = config->sv_rate;
    m->missing = is(config->missing_data, "skip");
    m->cd_rate = config->cd_rate;
    m->cd_pass_rate = config->cd_pass_rate;
    m->cd_blocks_heldout = is(config->cd_heldout, "block");
    m->dropout_after_readin = is(config->dropout_style, "modern");
    m->samples = config->sample_posteriors;
    m->prior_df = (size_t)config->prior_df;
    m->fresh_co_kl = is(config->kl_co_sample, "fresh") && m->co_prior->of_sample;
    m->stirling = is(config->poisson_constant, "stirling");
    m->mean_recon = is(config->recon_reduce, "mean");
    m->readout_logs = is(config->readout_init, "log");
    m->inverts_readin = is(config->readout_init, "pinv") || m->readout_logs;
    m->gate_bias_ones = is(config->gru_bias_init, "ones");
    m->loss_scale = config->loss_scale;
}

static void set_options(struct model *m, const struct lfads_config *config)
{
    m->factors = (size_t)config->factors_dim;
    m->readin = (size_t)(config->readin_dim ? config->readin_dim : config->factors_dim);
    m->ic_dim = (size_t)config->ic_dim;
    m->ic_enc = (size_t)config->ic_enc_dim;
    m->gen_units = (size_t)config->gen_dim;
    m->co_dim = (size_t)config->co_dim;
    m->ci_enc = (size_t)config->ci_enc_dim;
    m->con_units = (size_t)config->con_dim;
    m->lag = (size_t)config->controller_input_lag;
    m->ext_inputs = (size_t)config->ext_input_dim;
    m->ext_to_generator = config->inject_ext_input_to_gen && m->ext_inputs > 0;
    m->causal = config->do_causal_controller;
    m->feedback = feedback_of(config);
    m->output = distribution_find(config->output_dist);
    m->observation = observation_of(m->output);
    m->min_logvar = (real)log(config->gaussian_var_min);
    m->zig_loc = config->zig_loc;
    m->ic_prior = priors_find_ic(config->ic_prior);
    m->co_prior = priors_find_co(config->co_prior);
    m->clip = (real)config->cell_clip_value;
    m->ic_post_var_min = (real)config->ic_post_var_min;
    m->ic_prior_var_min = (real)config->ic_prior_var_min;
    m->ic_prior_var_max = (real)config->ic_prior_var_max;
    m->keep_prob = config->keep_prob;
    set_modern_options(m, config);
    m->kl_ic_weight = config->kl_ic_weight;
    m->kl_co_weight = config->kl_co_weight;
    m->corr_scale = m->co_dim > 1 ? config->co_mean_corr_scale : 0;
    set_l2(m, config);
    m->encoded_bins = m->data_bins - size_min((size_t)config->forward_steps, m->data_bins);
    m->ic_bins = (size_t)config->num_steps_for_gen_ic;
}

/* What the encoders read: an array of their own, or a part of the observed one. */
static void set_encoded(struct model *m, const struct lfads_config *config,
                        const struct model_session *sessions)
{
    m->encodes_observed = !sessions[0].has_encoded;
    m->jitters_apart = strcmp(config->spike_jitter, "symmetric") == 0;
    if (sessions[0].encoded_bins)
        m->encoded_bins = sessions[0].encoded_bins;
    m->segment = (size_t)config->ic_enc_seq_len;
    m->ic_bins = size_min(m->segment ? m->segment : m->ic_bins, m->encoded_bins);
    m->skips_segment = !config->ic_enc_reconstruct;
    m->first = m->skips_segment ? size_min(m->segment, m->data_bins) : 0;
    m->bins = m->data_bins - m->first;
    for (size_t s = 0; s < m->n_sessions && m->encodes_observed; s++)
        if (!m->sessions[s].heldout)
            m->sessions[s].heldout = (size_t)config->heldout_dim;
}

static size_t max_width(const struct model *m)
{
    size_t sizes[] = {m->factors,    m->readin,        m->ic_dim,
                      2 * m->ic_enc, 2 * m->gen_units, 2 * m->con_units,
                      2 * m->ci_enc, m->ext_inputs,    m->co_dim};
    size_t max = 0;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        max = size_max(max, sizes[i]);
    for (size_t s = 0; s < m->n_sessions; s++)
        max = size_max(max, m->sessions[s].channels);
    return max;
}

/* Whether chi-square numbers of N dimensions have addresses (philox.h). */
static bool has_room(const struct model *m, const struct latent_prior *prior, size_t n)
{
    size_t blocks = (n + 3) / 4 + n * ((m->prior_df + 3) / 4);

    return !prior->student || 4 * blocks <= PHILOX_MAX_INDEX;
}

/* Random numbers have addresses of limited size (philox.h). */
static enum lfads_status check_sizes(const struct model *m, struct lfads_error *err)
{
    if (m->data_bins >= PHILOX_MAX_TIME)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%zu bins a trial are too many: below %d are allowed", m->data_bins,
                          PHILOX_MAX_TIME);
    if (m->n_sessions > PHILOX_MAX_SESSION)
        return lfads_fail(err, LFADS_BAD_DATA, "%zu sessions are too many: up to %d are allowed",
                          m->n_sessions, PHILOX_MAX_SESSION);
    if (max_width(m) > PHILOX_MAX_INDEX / 4)
        return lfads_fail(err, LFADS_USAGE,
                          "a layer or session of %zu units is too wide: up to %d are allowed",
                          max_width(m), PHILOX_MAX_INDEX / 4);
    if (!has_room(m, m->ic_prior, m->ic_dim) || !has_room(m, m->co_prior, m->co_dim))
        return lfads_fail(err, LFADS_USAGE,
                          "--prior_df=%zu is too large for so many dimensions: lower it, --ic_dim "
                          "or --co_dim",
                          m->prior_df);
    if (!m->encoded_bins)
        return lfads_fail(
            err, LFADS_USAGE,
            "--forward_steps must be below the %zu bins of a trial: the encoders need "
            "bins to read",
            m->data_bins);
    if (m->skips_segment && (m->segment == 0 || m->missing))
        return lfads_fail(err, LFADS_USAGE,
                          "--ic_enc_reconstruct=false needs --ic_enc_seq_len, and numbers that are "
                          "all recorded: not --missing_data=skip");
    if (m->segment >= m->encoded_bins)
        return lfads_fail(err, LFADS_USAGE,
                          "--ic_enc_seq_len=%zu must be below the %zu bins that the encoders read",
                          m->segment, m->encoded_bins);
    for (size_t s = 0; s < m->n_sessions; s++)
        if (m->sessions[s].heldout >= m->sessions[s].channels)
            return lfads_fail(err, LFADS_USAGE,
                              "--heldout_dim=%zu must be below the %zu channels of session %s: the "
                              "encoders need channels to read",
                              m->sessions[s].heldout, m->sessions[s].channels, m->sessions[s].name);
    if (m->feedback == FEED_RATES && m->n_sessions > 1)
        return lfads_fail(err, LFADS_USAGE,
                          "--feedback_factors_or_rates=rates needs a single session, and there are "
                          "%zu: use factors",
                          m->n_sessions);
    return LFADS_OK;
}

/* Sets PINV [F,N] to the pseudo-inverse of A [N,F]. */
static enum lfads_status pseudo_inverse(double *pinv, const double *a, size_t n, size_t f,
                                        struct lfads_error *err)
{
    size_t rows = size_max(n, f);
    double *copy = malloc(n * f * sizeof *copy), *right = calloc(rows * n, sizeof *right);
    double *singular = malloc(size_min(n, f) * sizeof *singular);
    int rank, info = -1;

    if (copy && right && singular) {
        memcpy(copy, a, n * f * sizeof *copy);
        for (size_t i = 0; i < n; i++)
            right[i * n + i] = 1;
        info = LAPACKE_dgelsd(LAPACK_ROW_MAJOR, (int)n, (int)f, (int)n, copy, (int)f, right, (int)n,
                              singular, -1, &rank);
        for (size_t i = 0; i < f * n && info == 0; i++)
            pinv[i] = right[i];
    }
    free(copy);
    free(right);
    free(singular);
    return info == 0 ? LFADS_OK
                     : lfads_fail(err, LFADS_NO_MEMORY, "no pseudo-inverse of an alignment matrix");
}

/* The mean count a bin of channel J, from which its log-rate begins. */
static double first_mean(const struct model_session *s, size_t j)
{
    const double least = 0.01;
    double mean = s->alignment_bias ? s->alignment_bias[j] : 1;

    return mean > least ? mean : least;
}

/* Turns the map to counts PINV [factors,channels] into one to log-rates about the mean counts,
 * modern.md (10.2). */
static void take_logs(double *pinv, const struct model_session *s, size_t factors)
{
    size_t n = s->shape.channels;

    for (size_t j = 0; j < n; j++) {
        double square = 0, length;

        for (size_t i = 0; i < factors; i++)
            square += pinv[i * n + j] * pinv[i * n + j];
        length = sqrt(square) / first_mean(s, j);
        for (size_t i = 0; i < factors; i++)
            pinv[i * n + j] /= first_mean(s, j) * (length > 1 ? length : 1);
    }
}

/* Read-in: W = A, b = -(a A), model.md (1.3); read-out: W = A', or what PINV has, b = a, or its
 * logarithm if LOGS. */
static double aligned_value(const struct param *param, const struct model_session *s,
                            const double *pinv, bool logs, size_t encoded, size_t width, size_t i,
                            size_t j)
{
    double sum = 0;

    switch (param->alignment) {
    case ALIGNED_READIN_W:
        return s->alignment_matrix[i * width + j];
    case ALIGNED_READOUT_W:
        return pinv ? pinv[i * s->shape.channels + j] : s->alignment_matrix[j * width + i];
    case ALIGNED_READOUT_B:
        return logs ? log(first_mean(s, j)) : s->alignment_bias[j];
    case ALIGNED_READIN_B:
        for (size_t n = 0; n < encoded && s->alignment_bias; n++)
            sum -= s->alignment_bias[n] * s->alignment_matrix[n * width + j];
        return sum;
    case ALIGNED_NOT:
        break;
    }
    return 0;
}

/* Sets the parameter's initial values from its session's alignment, if that has them. A read-out
 * from other factors than those of the read-in has nothing to take. */
static enum lfads_status align(struct param *param, const struct model_session *s,
                               const struct model *m, struct lfads_error *err)
{
    bool readout = param->alignment == ALIGNED_READOUT_W;
    const double *needed =
        param->alignment == ALIGNED_READOUT_B ? s->alignment_bias : s->alignment_matrix;
    size_t encoded = model_encoded_channels(m, (size_t)param->session);
    double *pinv = NULL;
    enum lfads_status status = LFADS_OK;

    if (param->alignment == ALIGNED_NOT || !needed || (readout && m->readin != m->factors))
        return LFADS_OK;
    param->start = PARAM_GIVEN;
    param->given = calloc(param->rows * param->cols, sizeof *param->given);
    if (readout && m->inverts_readin)
        pinv = calloc(m->factors * s->shape.channels, sizeof *pinv);
    if (!param->given || (readout && m->inverts_readin && !pinv))
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for the parameters of session %s",
                            s->shape.name);
    if (status == LFADS_OK && pinv)
        status = pseudo_inverse(pinv, s->alignment_matrix, s->shape.channels, m->factors, err);
    if (status == LFADS_OK && pinv && m->readout_logs)
        take_logs(pinv, s, m->factors);
    for (size_t i = 0; i < param->rows && status == LFADS_OK; i++)
        for (size_t j = 0; j < param->cols; j++)
            param->given[i * param->cols + j] =
                aligned_value(param, s, pinv, m->readout_logs, encoded, m->readin, i, j);
    free(pinv);
    return status;
}

enum lfads_status model_create(struct model **out, const struct lfads_config *config, size_t bins,
                               const struct model_session *sessions, size_t n_sessions,
                               struct lfads_error *err)
{
    struct model *m = calloc(1, sizeof *m);
    enum lfads_status status;

    *out = NULL;
    if (m)
        m->sessions = calloc(n_sessions, sizeof *m->sessions);
    if (!m || !m->sessions) {
        model_free(m);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a model");
    }
    m->data_bins = bins;
    m->n_sessions = n_sessions;
    for (size_t s = 0; s < n_sessions; s++)
        m->sessions[s] = sessions[s].shape;
    set_options(m, config);
    set_encoded(m, config, sessions);
    m->identity_readin =
        sessions[0].readin == READIN_CHANNELS || (sessions[0].readin == READIN_BY_ALIGNMENT &&
                                                  n_sessions == 1 && !sessions[0].alignment_matrix);
    m->identity_readout = n_sessions == 1 && !sessions[0].has_readout &&
                          m->output->id == DISTRIBUTION_poisson &&
                          m->factors == sessions[0].shape.channels;
    status = check_sizes(m, err);
    if (status == LFADS_OK)
        status = params_create(m, config, err);
    for (size_t i = 0; i < m->n_params && status == LFADS_OK; i++)
        if (m->params[i].session != PARAM_SHARED)
            status = align(&m->params[i], &sessions[m->params[i].session], m, err);
    if (status != LFADS_OK) {
        model_free(m);
        return status;
    }
    *out = m;
    return LFADS_OK;
}

void model_free(struct model *model)
{
    if (!model)
        return;
    for (size_t i = 0; i < model->n_params; i++)
        free(model->params ? model->params[i].given : NULL);
    free(model->params);
    free(model->layouts);
    free(model->sessions);
    free(model);
}

static void draw_param(real *values, const struct param *param, size_t place, uint64_t seed)
{
    struct philox_address address = {
        .seed = seed, .purpose = PHILOX_INITIAL_VALUES, .trial = (uint32_t)place};

    for (size_t i = 0; i < param->rows; i++) {
        real *row = values + i * param->cols;

        address.time = (uint32_t)i;
        philox_normals(row, &address, (uint32_t)param->cols);
        for (size_t j = 0; j < param->cols; j++)
            row[j] *= (real)param->value;
    }
}

static double first_value(const struct param *param, size_t i)
{
    if (param->start == PARAM_GIVEN)
        return param->given[i];
    return param->gate_biases && i >= param->cols / 2 ? 0 : param->value;
}

void model_initialise(const struct model *model, real *vector, uint64_t seed)
{
    for (size_t i = 0; i < model->n_params; i++) {
        const struct param *param = &model->params[i];
        real *values = vector + param->offset;

        if (param->start == PARAM_NORMAL) {
            draw_param(values, param, i, seed);
            continue;
        }
        for (size_t j = 0; j < param->rows * param->cols; j++)
            values[j] = (real)first_value(param, j);
    }
}
