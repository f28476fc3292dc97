/* random_model.c - draws legal configurations: each flag of the model from a list of values that
 * keeps the model small.
 * SPDX-License-Identifier: Apache-2.0 */
#include "random_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sizes.h"
#include "model/model_create.h"

struct choice {
    const char *flag;
    const char *values[8];
};

/* make_legal corrects combinations that are not legal. */
static const struct choice choices[] = {
    {"output_dist", {"poisson", "gaussian", "mse", "gamma", "zig"}},
    {"factors_dim", {"1", "3", "4", "6"}},
    {"ic_dim", {"0", "1", "5", "7"}},
    {"ic_enc_dim", {"1", "4", "17"}},
    {"gen_dim", {"1", "5", "7", "18"}},
    {"co_dim", {"0", "1", "2", "3"}},
    {"ci_enc_dim", {"1", "6"}},
    {"con_dim", {"1", "5"}},
    {"controller_input_lag", {"0", "1", "2", "9"}},
    {"do_causal_controller", {"true", "false"}},
    {"do_feed_factors_to_controller", {"true", "true", "false"}},
    {"feedback_factors_or_rates", {"factors", "rates"}},
    {"ext_input_dim", {"0", "1", "2"}},
    {"inject_ext_input_to_gen", {"true", "false"}},
    {"num_steps_for_gen_ic", {"1", "3", "1000"}},
    {"keep_prob", {"1", "0.7"}},
    {"gaussian_var_min", {"0", "0.0001"}},
    {"zig_loc", {"0", "0.3"}},
    {"zig_scale_init", {"1", "2"}},
    {"zig_scale_prior", {"1", "1.5"}},
    {"zig_scale_penalty", {"0", "0.4"}},
    {"ic_prior", {"normal", "normal", "student_t", "none"}},
    {"co_prior", {"ar1", "normal", "student_t", "none"}},
    {"prior_df", {"5", "3"}},
    {"ic_prior_scale", {"0.3", "1"}},
    {"co_prior_scale", {"0.3", "0.5"}},
    {"co_prior_var_scale", {"0.1", "0.4"}},
    {"sample_posteriors", {"true", "true", "false"}},
    {"heldout_dim", {"0", "0", "1"}},
    {"forward_steps", {"0", "0", "2"}},
    {"cd_rate", {"0", "0.2"}},
    {"cd_pass_rate", {"0", "0.3", "1"}},
    {"cd_heldout", {"pass", "block"}},
    {"cell_clip_value", {"5", "0.4"}},
    {"ic_prior_var_min", {"0.1", "0.05"}},
    {"ic_prior_var_scale", {"0.1"}},
    {"ic_prior_var_max", {"0.1", "0.7"}},
    {"ic_post_var_min", {"0", "0.0001", "0.3"}},
    {"prior_ar_atau", {"10", "1.5"}},
    {"prior_ar_nvar", {"0.1", "0.6"}},
    {"do_train_prior_ar_atau", {"true", "false"}},
    {"do_train_prior_ar_nvar", {"true", "false"}},
    {"do_train_readin", {"true", "false"}},
    {"do_train_io_only", {"false", "false", "true"}},
    {"do_train_encoder_only", {"false", "false", "true"}},
    {"co_mean_corr_scale", {"0", "0.4"}},
    {"kl_ic_weight", {"1", "0.3"}},
    {"kl_co_weight", {"1", "0.6"}},
    {"l2_gen_scale", {"0", "3"}},
    {"l2_con_scale", {"0", "2"}},
    {"cell_weight_scale", {"1", "0.5"}},
    {"gen_cell_input_weight_scale", {"1", "2"}},
    {"gen_cell_rec_weight_scale", {"1", "1.5"}},
    {"sv_rate", {"0", "0", "0.3"}},
    {"missing_data", {"error", "error", "skip"}},
    {"recon_reduce", {"sum", "mean"}},
    {"loss_scale", {"1", "1", "30"}},
    {"poisson_constant", {"lgamma", "stirling"}},
    {"kl_co_sample", {"same", "fresh"}},
    {"dropout_style", {"original", "modern"}},
    {"gru_bias_init", {"original", "ones"}},
    {"readin_dim", {"0", "0", "5"}},
    {"ic_enc_seq_len", {"0", "0", "2"}},
    {"readout_init", {"transpose", "pinv"}},
    {"l2_kernels", {"original", "recurrent"}},
    {"l2_ic_enc_scale", {"0", "4"}},
    {"l2_ci_enc_scale", {"0", "5"}},
    {"ic_enc_reconstruct", {"true", "false"}},
};

/* Returns word INDEX of the model's sequence of random words. */
static uint32_t draw(const struct random_model *r, uint32_t index)
{
    struct philox_address address = {.seed = r->seed, .purpose = PHILOX_SHUFFLE, .trial = index};
    uint32_t word[4];

    philox_block(word, &address, 0);
    return word[0];
}

static void set(struct random_model *r, const char *flag, const char *value)
{
    struct lfads_error err;
    size_t used = strlen(r->text);

    if (lfads_config_set(r->config, flag, value, &err) != LFADS_OK) {
        fprintf(stderr, "--%s=%s: %s\n", flag, value, err.text);
        exit(1);
    }
    snprintf(r->text + used, sizeof r->text - used, " --%s=%s", flag, value);
}

static void make_output_legal(struct random_model *r)
{
    bool zig = strcmp(r->config->output_dist, "zig") == 0;

    if (strcmp(r->config->output_dist, "gaussian") != 0)
        set(r, "gaussian_var_min", "0");
    if (zig)
        set(r, "feedback_factors_or_rates", "factors");
    else {
        set(r, "zig_loc", "0");
        set(r, "zig_scale_init", "1");
        set(r, "zig_scale_prior", "1");
        set(r, "zig_scale_penalty", "0");
    }
}

static void make_priors_legal(struct random_model *r)
{
    const struct lfads_config *c = r->config;
    bool ic = strcmp(c->ic_prior, "student_t") == 0, co = strcmp(c->co_prior, "student_t") == 0;

    if (!ic && !co)
        set(r, "prior_df", "5");
    if (!ic)
        set(r, "ic_prior_scale", "0.3");
    if (!co)
        set(r, "co_prior_scale", "0.3");
    if (strcmp(c->ic_prior, "none") == 0 || strcmp(c->co_prior, "none") == 0)
        set(r, "sample_posteriors", "false");
    if (c->sample_posteriors)
        return;
    set(r, "kl_ic_weight", "0");
    set(r, "kl_co_weight", "0");
}

/* Changes combinations of flags that the program refuses. */
static void make_legal(struct random_model *r, size_t sessions)
{
    const struct lfads_config *config = r->config;

    if (config->do_train_io_only && config->do_train_encoder_only)
        set(r, "do_train_io_only", "false");
    if (config->inject_ext_input_to_gen && config->ext_input_dim == 0)
        set(r, "inject_ext_input_to_gen", "false");
    if (sessions > 1)
        set(r, "feedback_factors_or_rates", "factors");
    if (config->cd_rate == 0)
        set(r, "cd_pass_rate", "0");
    if (config->num_steps_for_gen_ic < config->ic_enc_seq_len || config->sv_rate > 0)
        set(r, "ic_enc_seq_len", "0");
    if (!config->ic_enc_seq_len || strcmp(config->missing_data, "skip") == 0)
        set(r, "ic_enc_reconstruct", "true");
    if (config->co_dim < 2)
        set(r, "co_mean_corr_scale", "0");
    make_output_legal(r);
    make_priors_legal(r);
}

static void draw_alignment(const struct random_model *r, double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] = draw(r, 500 + (uint32_t)i) / 4294967296.0 - 0.5;
}

/* Draws two settings that have no flag: the bins and the array that the encoders read. */
static void draw_encoded(struct random_model *r)
{
    struct model *m = r->model;

    m->encoded_bins -= draw(r, 140) % (m->segment || m->encoded_bins < 5 ? 2 : 3);
    m->ic_bins = size_min(m->ic_bins, m->encoded_bins);
    m->encodes_observed = draw(r, 141) % 3;
}

static void stop(const char *text)
{
    fprintf(stderr, "%s\n", text);
    exit(1);
}

/* Adds random numbers to a parameter; *INDEX counts the elements so far. */
static void perturb(real *vector, const struct param *p, uint64_t seed, uint32_t *index)
{
    for (size_t j = 0; j < p->rows * p->cols; j++) {
        struct philox_address address = {
            .seed = seed, .trial = (*index)++, .purpose = PHILOX_CO_NOISE, .step = 77};
        real number;

        philox_normals(&number, &address, 1);
        vector[p->offset + j] += (real)0.2 * number;
    }
}

/* If P is the bias of log rates, log variances or the like, moves one beyond its limit, to the side
 * on which the costs stay small: the first that gradient.c compares. */
static void saturate(real *vector, const struct param *p, uint64_t seed)
{
    if (strstr(p->name, "log") && strcmp(p->name + strlen(p->name) - 2, "/b") == 0)
        vector[p->offset + seed % (p->rows * p->cols)] = strstr(p->name, "logvars") ? 100 : -100;
}

void random_model_create(struct random_model *r, uint64_t seed, const struct backend *be,
                         size_t trials, size_t threads)
{
    struct model_session sessions[2] = {{.shape = {.name = "first"}},
                                        {.shape = {.name = "second"}}};
    struct learner_options options = {
        .batch_size = trials, .threads = threads, .max_pending = 1, .trained = true};
    struct lfads_error err;
    double alignment[2][64];
    uint32_t perturbed = 0;
    size_t n_sessions;

    *r = (struct random_model){.seed = seed, .trials = trials};
    if (lfads_config_create(&r->config, &err) != LFADS_OK)
        stop(err.text);
    for (uint32_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        uint32_t count = 0;

        while (count < 5 && choices[i].values[count])
            count++;
        set(r, choices[i].flag, choices[i].values[draw(r, i) % count]);
    }
    n_sessions = 1 + draw(r, 100) % 2;
    make_legal(r, n_sessions);
    for (size_t s = 0; s < n_sessions; s++) {
        sessions[s].shape.channels = 4 + draw(r, 101 + (uint32_t)s) % 3;
        draw_alignment(r, alignment[s], 64);
        if (draw(r, 110 + (uint32_t)s) % 2)
            sessions[s].alignment_matrix = alignment[s];
        if (draw(r, 120 + (uint32_t)s) % 2)
            sessions[s].alignment_bias = alignment[s];
    }
    r->session = draw(r, 130) % n_sessions;
    if (model_create(&r->model, r->config, 6, sessions, n_sessions, &err) != LFADS_OK)
        stop(err.text);
    draw_encoded(r);
    options.optimizer = optimizer_of(r->config);
    if (learner_create(&r->learner, be, r->model, &options, &err) != LFADS_OK)
        stop(err.text);
    struct param_vectors vectors = learner_download(r->learner);
    model_initialise(r->model, vectors.parameters, seed);
    /* perturbs biases, learned states and priors too, whose initial values are special cases */
    for (size_t i = 0; i < r->model->n_params; i++)
        perturb(vectors.parameters, &r->model->params[i], seed, &perturbed);
    for (size_t i = 0; i < r->model->n_params && draw(r, 142) % 3 == 0; i++)
        saturate(vectors.parameters, &r->model->params[i], seed);
    learner_upload(r->learner);
}

int random_model_missing(void)
{
    const struct flag_table *table = config_table();
    int missing = 0;

    for (size_t i = 0; i < table->count; i++) {
        bool drawn = table->flags[i].group != FLAG_MODEL;

        for (size_t j = 0; j < sizeof choices / sizeof choices[0]; j++)
            drawn |= strcmp(choices[j].flag, table->flags[i].name) == 0;
        if (!drawn)
            printf("no configuration draws --%s\n", table->flags[i].name);
        missing += !drawn;
    }
    return missing;
}

void random_model_free(struct random_model *r)
{
    learner_free(r->learner);
    model_free(r->model);
    lfads_config_free(r->config);
}

/* Sets NUMBERS [bins,trials,n], in the host's memory, to normal numbers. */
static void draw_numbers(real *numbers, const struct random_model *r, enum philox_purpose purpose,
                         size_t first, size_t bins, size_t trials, size_t n)
{
    for (size_t t = 0; t < bins; t++)
        for (size_t b = 0; b < trials && n; b++) {
            struct philox_address address = {.seed = r->seed,
                                             .step = 5,
                                             .trial = (uint32_t)(first + b),
                                             .time = (uint32_t)t,
                                             .purpose = purpose};

            philox_normals(numbers + (t * trials + b) * n, &address, (uint32_t)n);
        }
}

double random_model_uniform(const struct random_model *r, uint32_t time, size_t i)
{
    struct philox_address address = {.seed = r->seed,
                                     .step = time,
                                     .trial = (uint32_t)i,
                                     .purpose = PHILOX_CO_NOISE,
                                     .time = 99};
    uint32_t word[4];

    philox_block(word, &address, 0);
    return ldexp((double)word[0], -31) - 1;
}

static void perturb_data(real *numbers, const struct random_model *r, enum trial_array array,
                         size_t first, size_t count)
{
    uint32_t time = r->perturbation + 1000 * (1 + (uint32_t)array);

    for (size_t i = 0; i < count && r->perturbation; i++)
        numbers[i] +=
            (real)ldexp(random_model_uniform(r, time, (first << 16) + i), -19) * numbers[i];
}

static size_t numbers_of(const struct shard *s, enum trial_array array)
{
    return model_trial_bins(s->model, array) * s->trials *
           model_trial_width(s->model, s->session, array);
}

/* Returns a number of the range of the observations. */
static real in_range(const struct model *m, real x)
{
    double size = fabs((double)x);

    switch (m->output->data) {
    case DATA_COUNTS:
        return (real)floor(size * 2);
    case DATA_REALS:
        return x;
    case DATA_POSITIVE:
        return (real)(size + 0.05);
    case DATA_INFLATED:
        return size < 0.4 ? 0 : (real)(m->zig_loc + size);
    }
    return x;
}

static void load(void *payload, struct shard *s, size_t first)
{
    const struct random_model *r = payload;
    static const enum philox_purpose purposes[TRIAL_ARRAYS] = {[TRIAL_OBSERVED] = PHILOX_JITTER,
                                                               [TRIAL_ENCODED] = PHILOX_IC_NOISE,
                                                               [TRIAL_EXT] = PHILOX_SHUFFLE,
                                                               [TRIAL_SV] = PHILOX_EXAMPLE};
    const struct model *m = s->model;
    real *observed = s->host_data[TRIAL_OBSERVED];
    size_t count = m->data_bins * s->trials * model_channels(m, s->session);

    for (enum trial_array array = 0; array < TRIAL_ARRAYS; array++)
        draw_numbers(s->host_data[array], r, purposes[array], first, model_trial_bins(m, array),
                     s->trials, model_trial_width(m, s->session, array));
    for (size_t i = 0; i < count; i++)
        observed[i] = in_range(m, observed[i]);
    for (size_t i = 0; i < numbers_of(s, TRIAL_SV); i++)
        s->host_data[TRIAL_SV][i] = s->host_data[TRIAL_SV][i] < (real)0.5;
    for (enum trial_array array = 0; array < TRIAL_ARRAYS; array++)
        if (array != TRIAL_SV)
            perturb_data(s->host_data[array], r, array, first, numbers_of(s, array));
    for (size_t i = 0; i < count && m->missing; i++) {
        size_t n = model_channels(m, s->session), row = i / n;

        if ((row / s->trials + first + row % s->trials + i % n) % 5 == 2)
            observed[i] = (real)NAN;
    }
    shard_upload(s);
    shard_set_scales(s, 1.25);
    shard_address_noise(s, 5, (uint32_t)first);
}

static void draw_noise(void *payload, struct shard *s, size_t first)
{
    const struct random_model *r = payload;
    struct philox_address from = {.seed = r->seed};

    (void)first;
    shard_draw_noise(s, &from);
    if (s->gradient_weight)
        s->weight = s->gradient_weight; /* so that the gradient is the cost's */
}

struct batch_source random_model_batch(const struct random_model *r)
{
    return (struct batch_source){.session = r->session,
                                 .trials = r->trials,
                                 .dropout = r->model->keep_prob < 1 || r->model->cd_rate > 0,
                                 .load = load,
                                 .enqueue_noise = draw_noise,
                                 .payload = (void *)r};
}
