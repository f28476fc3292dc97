/* preset.c - the presets as lists of flags.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/preset.h"

#include <stdio.h>
#include <string.h>

/* What all later versions of LFADS share: modern.md. */
#define MODERN                                                                                     \
    "recon_reduce=mean loss_scale=1e4 poisson_constant=stirling kl_co_sample=fresh "               \
    "dropout_style=modern gru_bias_init=ones l2_kernels=recurrent ramp_unit=epochs "               \
    "kl_start_step=0 l2_start_step=0 inject_ext_input_to_gen=true batch_remainder=drop "           \
    "lve_metric=recon_smoothed max_grad_norm=200 cell_clip_value=5 controller_input_lag=1 "        \
    "do_feed_factors_to_controller=true ic_prior_var_min=0.1 ic_prior_var_scale=0.1 "              \
    "ic_prior_var_max=0.1 ic_post_var_min=1e-4 prior_ar_atau=10 prior_ar_nvar=0.1 ps_samples=50 "

static const struct {
    const char *name, *flags;
} presets[] = {
    {PRESET_ORIGINAL, ""},
    {"lfads_torch",
     MODERN "ic_enc_dim=64 ci_enc_dim=64 con_dim=64 co_dim=4 ic_dim=64 gen_dim=200 "
            "factors_dim=100 keep_prob=0.7 cd_rate=0.3 cd_pass_rate=0 kl_increase_steps=80 "
            "l2_increase_steps=80 kl_ic_weight=1e-7 kl_co_weight=1e-7 l2_gen_scale=0 "
            "l2_con_scale=0 weight_decay=0 adam_form=corrected adam_epsilon=1e-8 "
            "learning_rate_init=4e-3 learning_rate_rule=constant batch_size=256 max_epochs=1000 "
            "early_stop_patience=200"},
    {"autolfads",
     MODERN "ic_enc_dim=100 ci_enc_dim=80 con_dim=80 co_dim=4 ic_dim=100 gen_dim=100 "
            "factors_dim=40 keep_prob=0.95 cd_rate=0.5 cd_heldout=block kl_increase_steps=80 "
            "l2_increase_steps=80 kl_ic_weight=1e-4 kl_co_weight=1e-5 l2_gen_scale=0.1 "
            "l2_con_scale=0.1 adam_form=original adam_epsilon=1e-8 learning_rate_init=4e-3 "
            "learning_rate_rule=constant batch_size=100 max_epochs=1000 early_stop_patience=200"},
    {PRESET_AUTO, MODERN "adam_form=corrected adam_epsilon=1e-8 learning_rate_init=4e-3 "
                         "learning_rate_rule=plateau learning_rate_decay_factor=0.8 "
                         "learning_rate_stop=1e-4"},
};

bool preset_is_original(const struct lfads_config *config)
{
    return strcmp(config->preset, PRESET_ORIGINAL) == 0;
}

enum lfads_status preset_set(struct lfads_config *config, const char *name, const char *text,
                             struct lfads_error *err)
{
    int index = flag_find(config_table(), name);

    if (index < 0)
        return lfads_fail(err, LFADS_USAGE, "there is no flag --%s", name);
    if (config->given[index])
        return LFADS_OK;
    return flag_set(config, config_table(), (size_t)index, text, err);
}

enum lfads_status lfads_config_set_default(struct lfads_config *config, const char *name,
                                           const char *value, struct lfads_error *err)
{
    if (!config || !name || !value)
        return lfads_fail_null(err, "lfads_config_set_default",
                               !config ? "config"
                               : !name ? "name"
                                       : "value");
    return preset_set(config, name, value, err);
}

enum lfads_status preset_apply(struct lfads_config *config, struct lfads_error *err)
{
    const char *rest = "";
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++)
        if (strcmp(presets[i].name, config->preset) == 0)
            rest = presets[i].flags;
    while (*rest && status == LFADS_OK) {
        char name[64], value[64];
        int length = 0;

        if (sscanf(rest, "%63[^=]=%63s %n", name, value, &length) != 2)
            return lfads_fail(err, LFADS_USAGE, "--preset=%s is damaged at %s", config->preset,
                              rest);
        status = preset_set(config, name, value, err);
        rest += length;
    }
    /* external inputs need a place only where there are some */
    if (status == LFADS_OK && config->ext_input_dim == 0)
        status = preset_set(config, "inject_ext_input_to_gen", "false", err);
    return status;
}
