/* modern_flags.c - translates lfads-torch's hyperparameters into flags.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "modern_case.h"

/* Flags, or values of flags, that the program does not have yet. A case that sets one is not run.
 * Whoever adds a flag takes its rows out, and then all its cases must pass. VALUE NULL: any. */
static const struct {
    const char *flag, *value;
} lacking[] = {
    {"output_dist", "poisson_bps"},
};

/* Numbers: the same under another name, or under the same one. */
static const struct {
    const char *theirs, *ours;
} numbers[] = {
    {"ext_input_dim", "ext_input_dim"},
    {"ic_enc_dim", "ic_enc_dim"},
    {"ic_dim", "ic_dim"},
    {"gen_dim", "gen_dim"},
    {"fac_dim", "factors_dim"},
    {"co_dim", "co_dim"},
    {"ci_lag", "controller_input_lag"},
    {"cell_clip", "cell_clip_value"},
    {"ic_post_var_min", "ic_post_var_min"},
    {"loss_scale", "loss_scale"},
    {"lr_init", "learning_rate_init"},
    {"lr_adam_beta1", "adam_beta1"},
    {"lr_adam_beta2", "adam_beta2"},
    {"lr_adam_epsilon", "adam_epsilon"},
    {"weight_decay", "weight_decay"},
    {"max_grad_norm", "max_grad_norm"},
    {"l2_ic_enc_scale", "l2_ic_enc_scale"},
    {"l2_ci_enc_scale", "l2_ci_enc_scale"},
    {"l2_gen_scale", "l2_gen_scale"},
    {"l2_con_scale", "l2_con_scale"},
    {"kl_ic_scale", "kl_ic_weight"},
    {"kl_co_scale", "kl_co_weight"},
    {"kl_start_epoch", "kl_start_step"},
    {"kl_increase_epoch", "kl_increase_steps"},
    {"l2_start_epoch", "l2_start_step"},
    {"l2_increase_epoch", "l2_increase_steps"},
};

/* What lfads-torch always does. */
static const struct {
    const char *flag, *value;
} always[] = {
    {"do_feed_factors_to_controller", "true"},
    {"feedback_factors_or_rates", "factors"},
    {"do_causal_controller", "false"},
    {"dropout_style", "modern"},
    {"kl_co_sample", "fresh"},
    {"poisson_constant", "stirling"},
    {"l2_kernels", "recurrent"},
    {"ramp_unit", "epochs"},
    {"adam_form", "corrected"},
};

static void set(struct modern_case *c, const char *flag, const char *value)
{
    struct lfads_error err;

    for (size_t i = 0; i < sizeof lacking / sizeof lacking[0]; i++)
        if (strcmp(lacking[i].flag, flag) == 0 &&
            (!lacking[i].value || strcmp(lacking[i].value, value) == 0)) {
            size_t used = strlen(c->needs);

            snprintf(c->needs + used, sizeof c->needs - used, "%s--%s=%s%s", used ? " " : "", flag,
                     value,
                     lfads_config_set(c->config, flag, value, NULL) == LFADS_OK
                         ? " (which the program has: its row can go)"
                         : "");
            return;
        }
    if (lfads_config_set(c->config, flag, value, &err) != LFADS_OK)
        modern_stop(c, err.text);
}

static void set_number(struct modern_case *c, const char *flag, double value)
{
    char text[40];

    snprintf(text, sizeof text, "%.17g", value);
    set(c, flag, text);
}

/* A member of an object, a number. */
static double member(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static const char *kind(const json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "kind"));

    return name ? name : "";
}

/* Sets FLAG to the word for KIND. */
static void set_kind(struct modern_case *c, const char *flag, const char *kind,
                     const char *const words[][2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i][0], kind) == 0) {
            set(c, flag, words[i][1]);
            return;
        }
    modern_stop(c, "has a kind of output or prior that the runner does not know");
}

static void set_output(struct modern_case *c)
{
    static const char *const words[][2] = {{"Poisson", "poisson"}, {"PoissonBPS", "poisson_bps"},
                                           {"MSE", "mse"},         {"Gaussian", "gaussian"},
                                           {"Gamma", "gamma"},     {"ZeroInflatedGamma", "zig"}};
    const json_t *output = json_object_get(c->hyper, "reconstruction");

    set_kind(c, "output_dist", kind(output), words, sizeof words / sizeof words[0]);
    if (strcmp(kind(output), "Gaussian") == 0)
        set(c, "gaussian_var_min", "1e-6");
    if (strcmp(kind(output), "ZeroInflatedGamma") == 0) {
        set_number(c, "zig_loc", member(output, "gamma_loc"));
        set_number(c, "zig_scale_init", member(output, "scale_init"));
        set_number(c, "zig_scale_prior", member(output, "scale_prior"));
        set_number(c, "zig_scale_penalty", member(output, "scale_penalty"));
    }
}

/* The files give the priors' parameters, the fixed ones too. Kinds that the program has always had
 * need no flag. */
static void set_priors(struct modern_case *c)
{
    static const char *const words[][2] = {
        {"mvn", "normal"}, {"ar", "ar1"}, {"t", "student_t"}, {"null", "none"}};
    const json_t *ic = json_object_get(c->hyper, "ic_prior");
    const json_t *co = json_object_get(c->hyper, "co_prior");
    size_t count = sizeof words / sizeof words[0];

    if (strcmp(kind(ic), "mvn") != 0)
        set_kind(c, "ic_prior", kind(ic), words, count);
    if (modern_number(c, "co_dim") > 0 && strcmp(kind(co), "ar") != 0)
        set_kind(c, "co_prior", kind(co), words, count);
    if (strcmp(kind(ic), "t") == 0)
        set_number(c, "prior_df", member(ic, "df"));
    else if (strcmp(kind(co), "t") == 0)
        set_number(c, "prior_df", member(co, "df"));
    if (json_is_false(json_object_get(c->hyper, "variational")))
        set(c, "sample_posteriors", "false");
}

/* Other augmentations change the data alone (modern_data.c). */
static void set_augmentations(struct modern_case *c)
{
    const json_t *list = json_object_get(c->hyper, "train_aug");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        bool covers_all = strcmp(kind(row), "CoordinatedDropoutTF2") == 0;

        if (strcmp(kind(row), "SampleValidation") == 0)
            set_number(c, "sv_rate", member(row, "sv_rate"));
        if (strcmp(kind(row), "SelectiveBackpropThruTime") == 0)
            set(c, "missing_data", "skip");
        if (!covers_all && strcmp(kind(row), "CoordinatedDropout") != 0)
            continue;
        set_number(c, "cd_rate", member(row, "cd_rate"));
        set_number(c, "cd_pass_rate", member(row, "cd_pass_rate"));
        set(c, "cd_heldout", covers_all ? "block" : "pass");
    }
}

static void set_shapes(struct modern_case *c)
{
    const struct array *encoded = &c->data[0].encoded, *observed = &c->data[0].observed;

    if (c->sessions == 1) /* of several, each says itself how many channels the encoders read */
        set_number(c, "heldout_dim", (double)(observed->shape[2] - encoded->shape[2]));
    set_number(c, "forward_steps", (double)(observed->shape[1] - encoded->shape[1]));
    if (modern_number(c, "co_dim") > 0) {
        set_number(c, "ci_enc_dim", modern_number(c, "ci_enc_dim"));
        set_number(c, "con_dim", modern_number(c, "con_dim"));
    }
    if (modern_number(c, "ext_input_dim") > 0)
        set(c, "inject_ext_input_to_gen", "true");
    if (modern_number(c, "ic_enc_seq_len") > 0)
        set_number(c, "ic_enc_seq_len", modern_number(c, "ic_enc_seq_len"));
}

static void set_sessions(struct modern_case *c)
{
    double width = modern_number(c, "encod_data_dim");
    char path[160];

    snprintf(path, sizeof path, "params/LFADS/x_2_infac_%s/W", c->session[0]);
    if (golden_has(c->file, path)) {
        set(c, "do_train_readin",
            json_is_true(json_object_get(c->hyper, "readin_trained")) ? "true" : "false");
        if (width != modern_number(c, "fac_dim"))
            set_number(c, "readin_dim", width);
    }
    if (json_is_true(json_object_get(c->hyper, "pcr_init")))
        set(c, "readout_init", "pinv");
    if (c->sessions > 1)
        set(c, "batch_sessions", "together");
}

void modern_set_flags(struct modern_case *c)
{
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        set(c, always[i].flag, always[i].value);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        set_number(c, numbers[i].ours, modern_number(c, numbers[i].theirs));
    set_number(c, "keep_prob", 1 - modern_number(c, "dropout_rate"));
    set(c, "recon_reduce",
        json_is_true(json_object_get(c->hyper, "recon_reduce_mean")) ? "mean" : "sum");
    set_shapes(c);
    set_output(c);
    set_priors(c);
    set_augmentations(c);
    set_sessions(c);
}
