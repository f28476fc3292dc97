/* config.c - the record of a run's flags: creating, setting, checking it; inheriting from a
 * checkpoint.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/distribution.h"
#include "config/file_list.h"
#include "config/kinds.h"
#include "config/preset_names.h"
#include "config/quantiles.h"

#define AT(name) offsetof(struct lfads_config, name)

static const struct flag flags[] = {
#include "config/flag_rows.h"

#include "config/flags.def"
};

const struct flag_table *config_table(void)
{
    static const struct flag_table table = {flags, CONFIG_FLAGS};

    return &table;
}

enum lfads_status lfads_config_create(struct lfads_config **out, struct lfads_error *err)
{
    struct lfads_config *config;
    enum lfads_status status;

    if (!out)
        return lfads_fail_null(err, "lfads_config_create", "out");
    *out = NULL;
    config = calloc(1, sizeof *config);
    if (!config)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration");
    status = flag_defaults(config, config_table(), err);
    if (status != LFADS_OK) {
        lfads_config_free(config);
        return status;
    }
    *out = config;
    return LFADS_OK;
}

void lfads_config_free(struct lfads_config *config)
{
    if (!config)
        return;
    flag_release(config, config_table());
    free(config);
}

enum lfads_status config_set(struct lfads_config *config, size_t index, const char *text,
                             struct lfads_error *err)
{
    enum lfads_status status = flag_set(config, config_table(), index, text, err);

    if (status == LFADS_OK)
        config->given[index] = true;
    return status;
}

enum lfads_status lfads_config_set(struct lfads_config *config, const char *name, const char *value,
                                   struct lfads_error *err)
{
    int index;

    if (!config || !name || !value)
        return lfads_fail_null(err, "lfads_config_set",
                               !config ? "config"
                               : !name ? "name"
                                       : "value");
    index = flag_find(config_table(), name);
    if (index < 0)
        return lfads_fail(err, LFADS_USAGE, "there is no flag --%s", name);
    return config_set(config, (size_t)index, value, err);
}

const char *lfads_config_get(struct lfads_config *config, const char *name)
{
    int index = config && name ? flag_find(config_table(), name) : -1;

    return index < 0 ? NULL : flag_value(config->text, sizeof config->text, config, &flags[index]);
}

bool lfads_config_is_given(const struct lfads_config *config, const char *name)
{
    int index = config && name ? flag_find(config_table(), name) : -1;

    return index >= 0 && config->given[index];
}

enum lfads_status lfads_config_set_files(struct lfads_config *config, const char *const *files,
                                         size_t count, struct lfads_error *err)
{
    char *list = NULL;
    enum lfads_status status = LFADS_OK;

    if (!config || (count && !files))
        return lfads_fail_null(err, "lfads_config_set_files", config ? "files" : "config");
    for (size_t i = 0; i < count && status == LFADS_OK; i++)
        if (!files[i] || !*files[i])
            status = lfads_fail(err, LFADS_USAGE, "lfads_config_set_files: path number %zu is %s",
                                i, files[i] ? "empty" : "NULL");
        else if (!file_list_add(&list, files[i]))
            status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for the data files' names");
    if (status == LFADS_OK)
        status = lfads_config_set(config, "data_files", list ? list : "", err);
    free(list);
    return status;
}

size_t lfads_config_get_file(char *path, size_t size, const struct lfads_config *config,
                             size_t index)
{
    const char *list = config ? config->data_files : "";
    char file[FILE_PATH];

    for (size_t i = 0; file_list_next(file, &list); i++)
        if (i == index)
            return (size_t)snprintf(path, size, "%s", file);
    if (size)
        *path = 0;
    return 0;
}

struct lfads_config *config_copy(const struct lfads_config *config)
{
    struct lfads_config *copy = malloc(sizeof *copy);
    bool complete = copy != NULL;

    if (!copy)
        return NULL;
    *copy = *config;
    for (size_t i = 0; i < CONFIG_FLAGS; i++) {
        char *const *from = (char *const *)((const char *)config + flags[i].offset);
        char **to = (char **)((char *)copy + flags[i].offset);

        if (flags[i].type != FLAG_IS_STRING)
            continue;
        *to = strdup(*from);
        complete = complete && *to;
    }
    if (!complete) {
        lfads_config_free(copy);
        return NULL;
    }
    return copy;
}

static enum lfads_status check_device(const char *device, struct lfads_error *err)
{
    const char *name = *device == '/' ? device + 1 : device;
    size_t digits;

    if (strcmp(name, "auto") == 0 || strcmp(name, "cpu") == 0)
        return LFADS_OK;
    if (strncmp(name, "cpu:", 4) == 0 || strncmp(name, "gpu:", 4) == 0) {
        digits = strspn(name + 4, "0123456789");
        if (digits && digits < 4 && !name[4 + digits])
            return LFADS_OK;
    }
    return lfads_fail(err, LFADS_USAGE,
                      "--device=%s is not allowed: it takes auto, cpu, cpu:N or gpu:N", device);
}

/* Whether what comes out is fed back to the controller. */
static bool feeds_rates(const struct lfads_config *c)
{
    return c->co_dim && c->do_feed_factors_to_controller &&
           strcmp(c->feedback_factors_or_rates, "rates") == 0;
}

static enum lfads_status check_output(const struct lfads_config *c, struct lfads_error *err)
{
    const struct {
        const char *flag, *output;
        double value, unused;
    } rows[] = {{"gaussian_var_min", "gaussian", c->gaussian_var_min, 0},
                {"zig_loc", "zig", c->zig_loc, 0},
                {"zig_scale_init", "zig", c->zig_scale_init, 1},
                {"zig_scale_prior", "zig", c->zig_scale_prior, 1},
                {"zig_scale_penalty", "zig", c->zig_scale_penalty, 0}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].value != rows[i].unused && strcmp(c->output_dist, rows[i].output) != 0)
            return lfads_fail(err, LFADS_USAGE,
                              "--%s=%g needs --output_dist=%s, and it is %s: leave one of them out",
                              rows[i].flag, rows[i].value, rows[i].output, c->output_dist);
    if (feeds_rates(c) && strcmp(c->output_dist, "zig") == 0)
        return lfads_fail(err, LFADS_USAGE,
                          "--feedback_factors_or_rates=rates is not there for --output_dist=zig: "
                          "use factors");
    return LFADS_OK;
}

static enum lfads_status check_student(const struct lfads_config *c, struct lfads_error *err)
{
    bool ic = strcmp(c->ic_prior, "student_t") == 0, co = strcmp(c->co_prior, "student_t") == 0;
    const struct {
        const char *flag, *needs;
        double value, unused;
        bool used;
    } rows[] = {{"prior_df", "--ic_prior=student_t or --co_prior=student_t", (double)c->prior_df, 5,
                 ic || co},
                {"ic_prior_scale", "--ic_prior=student_t", c->ic_prior_scale, 0.3, ic},
                {"co_prior_scale", "--co_prior=student_t", c->co_prior_scale, 0.3, co}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].value != rows[i].unused && !rows[i].used)
            return lfads_fail(err, LFADS_USAGE, "--%s=%g needs %s: leave one of them out",
                              rows[i].flag, rows[i].value, rows[i].needs);
    return LFADS_OK;
}

/* Without noise a divergence would not be that of what drives the model; without a divergence
 * nothing would keep the noise from vanishing. */
static enum lfads_status check_sampling(const struct lfads_config *c, struct lfads_error *err)
{
    const struct {
        const char *name, *prior;
        double weight;
        bool used;
    } rows[] = {{"ic", c->ic_prior, c->kl_ic_weight, c->ic_dim > 0},
                {"co", c->co_prior, c->kl_co_weight, c->co_dim > 0}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool none = strcmp(rows[i].prior, "none") == 0;

        if (none && c->sample_posteriors)
            return lfads_fail(err, LFADS_USAGE,
                              "--%s_prior=none needs --sample_posteriors=false: without a prior "
                              "samples become means",
                              rows[i].name);
        if (!none && !c->sample_posteriors && rows[i].used && rows[i].weight > 0)
            return lfads_fail(err, LFADS_USAGE,
                              "--sample_posteriors=false has no KL cost, and --kl_%s_weight=%g is "
                              "not 0: give --%s_prior=none, or weight 0",
                              rows[i].name, rows[i].weight, rows[i].name);
    }
    return LFADS_OK;
}

static enum lfads_status check_prior(const struct lfads_config *c, struct lfads_error *err)
{
    if (c->ic_prior_var_min <= c->ic_prior_var_scale &&
        c->ic_prior_var_scale <= c->ic_prior_var_max)
        return LFADS_OK;
    return lfads_fail(err, LFADS_USAGE,
                      "--ic_prior_var_scale=%g must lie between --ic_prior_var_min=%g and "
                      "--ic_prior_var_max=%g",
                      c->ic_prior_var_scale, c->ic_prior_var_min, c->ic_prior_var_max);
}

enum lfads_status config_check(const struct lfads_config *c, struct lfads_error *err)
{
    enum lfads_status status = check_device(c->device, err);

    if (status == LFADS_OK)
        status = check_prior(c, err);
    if (status == LFADS_OK)
        status = check_output(c, err);
    if (status == LFADS_OK)
        status = check_student(c, err);
    if (status == LFADS_OK)
        status = check_sampling(c, err);
    if (status == LFADS_OK)
        status = quantiles_parse(&(struct quantiles){.count = 0}, c->spread_quantiles, err);
    if (status != LFADS_OK)
        return status;
    if (c->do_train_io_only && c->do_train_encoder_only)
        return lfads_fail(err, LFADS_USAGE,
                          "--do_train_io_only and --do_train_encoder_only exclude one another: "
                          "give one of them");
    if (c->inject_ext_input_to_gen && c->ext_input_dim == 0)
        return lfads_fail(err, LFADS_USAGE,
                          "--inject_ext_input_to_gen needs external inputs: set --ext_input_dim to "
                          "their number");
    if (strcmp(c->readout_init, "log") == 0 && strcmp(c->output_dist, "poisson") != 0)
        return lfads_fail(err, LFADS_USAGE,
                          "--readout_init=log is for log-rates: it needs --output_dist=poisson");
    if (c->co_mean_corr_scale > 0 && c->co_dim < 2)
        return lfads_fail(err, LFADS_USAGE,
                          "--co_mean_corr_scale=%g needs --co_dim of 2 or more, and it is %lld",
                          c->co_mean_corr_scale, (long long)c->co_dim);
    if (c->temporal_spike_jitter_width > 0 &&
        distribution_find(c->output_dist)->data != DATA_COUNTS)
        return lfads_fail(err, LFADS_USAGE,
                          "--temporal_spike_jitter_width=%lld moves spikes: it needs "
                          "--output_dist=poisson",
                          (long long)c->temporal_spike_jitter_width);
    if (c->ic_enc_seq_len > 0 && c->num_steps_for_gen_ic < c->ic_enc_seq_len)
        return lfads_fail(err, LFADS_USAGE,
                          "--ic_enc_seq_len=%lld says which bins the encoder of the initial "
                          "condition reads: leave out --num_steps_for_gen_ic",
                          (long long)c->ic_enc_seq_len);
    if (c->ic_enc_seq_len > 0 && c->sv_rate > 0)
        return lfads_fail(err, LFADS_USAGE,
                          "--sv_rate=%g needs an encoder that reads all bins: leave out "
                          "--ic_enc_seq_len",
                          c->sv_rate);
    if (c->cd_pass_rate > 0 && c->cd_rate == 0)
        return lfads_fail(err, LFADS_USAGE,
                          "--cd_pass_rate=%g needs coordinated dropout: set --cd_rate above 0",
                          c->cd_pass_rate);
    if (!*c->data_dir || !*c->lfads_save_dir)
        return lfads_fail(err, LFADS_USAGE, "--%s must not be empty: . is this directory",
                          *c->data_dir ? "lfads_save_dir" : "data_dir");
    if (*c->output_dir && *c->output_filename_stem == '/')
        return lfads_fail(
            err, LFADS_USAGE,
            "--output_dir=%s and --output_filename_stem=%s are two places for results: "
            "leave one of them out",
            c->output_dir, c->output_filename_stem);
    if (strchr(c->csv_log, '/'))
        return lfads_fail(err, LFADS_USAGE,
                          "--csv_log=%s must be a name without /: the table of costs is in "
                          "--lfads_save_dir",
                          c->csv_log);
    if (strchr(c->checkpoint_name, '/') || !*c->checkpoint_name)
        return lfads_fail(err, LFADS_USAGE,
                          "--checkpoint_name=%s must be a name without /, not empty",
                          c->checkpoint_name);
    return LFADS_OK;
}

enum lfads_status lfads_config_check(const struct lfads_config *config, struct lfads_error *err)
{
    return config ? config_check(config, err)
                  : lfads_fail_null(err, "lfads_config_check", "config");
}
