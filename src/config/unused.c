/* unused.c - the reasons for which flags have no effect.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/unused.h"

#include <stdio.h>
#include <string.h>

#include "config/kinds.h"

enum { LINE = 1000 };

struct view {
    const struct lfads_config *config;
    const struct flag_situation *situation;
};

static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }

static bool trains(const struct view *v) { return is(v->situation->kind, KIND_TRAIN); }

static bool only_samples(const struct view *v) { return !trains(v); }

/* Training remembers for posterior sampling what that does. */
static bool never_samples_posterior(const struct view *v)
{
    return !trains(v) && !is(v->situation->kind, KIND_POSTERIOR_SAMPLE);
}

static bool averages_no_samples(const struct view *v)
{
    return !is(v->situation->kind, KIND_POSTERIOR_SAMPLE);
}

static bool runs_no_posterior(const struct view *v)
{
    return !is(v->situation->kind, KIND_POSTERIOR_SAMPLE) &&
           !is(v->situation->kind, KIND_POSTERIOR_MEAN);
}

static bool samples_no_prior(const struct view *v)
{
    return !is(v->situation->kind, KIND_PRIOR_SAMPLE);
}

static bool begins(const struct view *v) { return trains(v) && !v->situation->saved; }

static bool goes_on(const struct view *v) { return trains(v) && v->situation->saved; }

static bool keeps_rate(const struct view *v)
{
    return goes_on(v) && !v->config->do_reset_learning_rate;
}

static bool has_no_inputs(const struct view *v) { return v->config->co_dim == 0; }

static bool has_one_state(const struct view *v) { return v->config->ic_dim == 0; }

static bool feeds_nothing(const struct view *v)
{
    return v->config->co_dim > 0 && !v->config->do_feed_factors_to_controller;
}

static bool inputs_are_not_ar1(const struct view *v)
{
    return v->config->co_dim > 0 && !is(v->config->co_prior, "ar1");
}

static bool inputs_are_not_normal(const struct view *v)
{
    return v->config->co_dim > 0 && !is(v->config->co_prior, "normal");
}

static bool state_is_not_normal(const struct view *v)
{
    return v->config->ic_dim > 0 && !is(v->config->ic_prior, "normal");
}

static bool rate_is_constant(const struct view *v)
{
    return is(v->config->learning_rate_rule, "constant");
}

static bool drops_nothing(const struct view *v) { return v->config->cd_rate == 0; }

static bool hides_nothing(const struct view *v) { return v->config->sv_rate == 0; }

static bool counts_nothing(const struct view *v) { return !is(v->config->output_dist, "poisson"); }

static bool penalises_two(const struct view *v) { return is(v->config->l2_kernels, "original"); }

static bool aligns_nothing(const struct view *v) { return !v->situation->has_alignment; }

/* A flag in several rows is reported once, by the first that holds. */
static const struct {
    bool (*holds)(const struct view *view);
    const char *why, *flags; /* names between blanks */
} run_rows[] = {
    {only_samples, "for training only",
     "learning_rate_init learning_rate_decay_factor learning_rate_stop learning_rate_n_to_compare "
     "learning_rate_rule max_grad_norm keep_prob temporal_spike_jitter_width do_train_io_only "
     "do_train_encoder_only do_train_readin do_train_prior_ar_atau do_train_prior_ar_nvar "
     "do_reset_learning_rate max_epochs checkpoint_every checkpoint_name max_ckpt_to_keep "
     "max_ckpt_to_keep_lve csv_log example_every_s cd_rate cd_pass_rate cd_heldout adam_form "
     "adam_beta1 adam_beta2 adam_epsilon weight_decay early_stop_patience lve_metric "
     "batch_remainder batch_sessions dropout_style verbose seeds"},
    {trains, "for results only", "output_filename_stem"},
    {never_samples_posterior, "for posterior samples only", "ps_samples"},
    {averages_no_samples, "for averages of posterior samples only", "save_spread spread_quantiles"},
    {runs_no_posterior, "for posterior samples and means only", "ps_nexamples_to_process ensemble"},
    {samples_no_prior, "for prior samples only", "dataset_name ext_input_from"},
    {begins, "there is no training to continue", "do_reset_learning_rate"},
    {goes_on, "a first value, and the training has begun",
     "cell_weight_scale gen_cell_input_weight_scale gen_cell_rec_weight_scale ic_prior_var_scale "
     "co_prior_var_scale prior_ar_atau prior_ar_nvar zig_scale_init ic_prior_scale "
     "co_prior_scale"},
    {keeps_rate, "the checkpoint's rate goes on, unless --do_reset_learning_rate=true",
     "learning_rate_init"},
    {has_no_inputs, "there are no inferred inputs, --co_dim=0",
     "ci_enc_dim con_dim kl_co_weight l2_con_scale l2_ci_enc_scale co_prior co_prior_var_scale "
     "co_prior_scale prior_ar_atau prior_ar_nvar do_train_prior_ar_atau do_train_prior_ar_nvar "
     "do_causal_controller controller_input_lag do_feed_factors_to_controller "
     "feedback_factors_or_rates kl_co_sample"},
    {has_one_state, "g0 is one learned state, --ic_dim=0",
     "ic_enc_dim ic_prior ic_prior_var_min ic_prior_var_scale ic_prior_var_max ic_post_var_min "
     "ic_prior_scale kl_ic_weight l2_ic_enc_scale num_steps_for_gen_ic"},
    {feeds_nothing, "nothing is fed back, --do_feed_factors_to_controller=false",
     "feedback_factors_or_rates"},
    {inputs_are_not_ar1, "for --co_prior=ar1 only",
     "prior_ar_atau prior_ar_nvar do_train_prior_ar_atau do_train_prior_ar_nvar"},
    {inputs_are_not_normal, "for --co_prior=normal only", "co_prior_var_scale"},
    {state_is_not_normal, "for --ic_prior=normal only",
     "ic_prior_var_min ic_prior_var_scale ic_prior_var_max ic_post_var_min"},
    {rate_is_constant, "--learning_rate_rule=constant",
     "learning_rate_decay_factor learning_rate_n_to_compare"},
    {drops_nothing, "there is no coordinated dropout, --cd_rate=0", "cd_heldout"},
    {hides_nothing, "there is no sample validation, --sv_rate=0", "sv_seed"},
    {counts_nothing, "for --output_dist=poisson only", "poisson_constant"},
    {penalises_two, "for --l2_kernels=recurrent only", "l2_ic_enc_scale l2_ci_enc_scale"},
    {aligns_nothing, "no session has an alignment matrix", "readout_init"},
};

/* Whether the flag was given a value that would not hold without it. */
static bool is_asked(const struct view *v, size_t index)
{
    const struct flag_table *table = config_table();
    const struct flag *flag = &table->flags[index];
    const struct lfads_config *saved = v->situation->saved;

    if (!v->config->given[index])
        return false;
    if (saved && flag->group != FLAG_RUN)
        return !flag_equal(v->config, saved, flag);
    return !flag_is_standard(v->config, flag);
}

static void append(char *line, const char *separator, const char *text)
{
    size_t length = strlen(line);

    snprintf(line + length, LINE - length, "%s%s", separator, text);
}

void unused_report_list(const struct flag_table *table, const char *flags, const char *why,
                        flag_asked *asked, flag_report *report, void *payload)
{
    char name[64], line[LINE] = "";
    int length = 0;

    for (; sscanf(flags, "%63s%n", name, &length) == 1; flags += length) {
        int index = flag_find(table, name);

        if (index >= 0 && asked(payload, &table->flags[index], (size_t)index))
            append(line, *line ? ", --" : "without effect: --", name);
    }
    if (!*line)
        return;
    append(line, " (", why);
    append(line, ")", "");
    report(payload, line);
}

/* A report by rows in progress. */
struct row_reporting {
    const void *record;
    const struct unused_row *rows;
    size_t row; /* at work */
    flag_report *report;
    void *payload;
};

/* Whether NAME is among FLAGS. */
static bool lists(const char *flags, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = flags; (at = strstr(at, name)); at += length)
        if ((at == flags || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

static bool is_other_in_row(void *payload, const struct flag *flag, size_t index)
{
    const struct row_reporting *r = payload;

    (void)index;
    for (size_t i = 0; i < r->row; i++)
        if (r->rows[i].holds && lists(r->rows[i].flags, flag->name))
            return false;
    return !flag_is_standard(r->record, flag);
}

static void pass_row(void *payload, const char *line)
{
    const struct row_reporting *r = payload;

    r->report(r->payload, line);
}

void unused_report_rows(const struct flag_table *table, const void *record,
                        const struct unused_row *rows, size_t count, flag_report *report,
                        void *payload)
{
    struct row_reporting r = {.record = record, .rows = rows, .report = report, .payload = payload};

    for (r.row = 0; r.row < count; r.row++)
        if (rows[r.row].holds)
            unused_report_list(table, rows[r.row].flags, rows[r.row].why, is_other_in_row, pass_row,
                               &r);
}

/* A report in progress. */
struct reporting {
    const struct view *view;
    bool done[CONFIG_FLAGS]; /* flags that are reported */
    flag_report *report;
    void *payload;
};

static bool is_asked_first(void *payload, const struct flag *flag, size_t index)
{
    struct reporting *r = payload;
    bool asked = !r->done[index] && is_asked(r->view, index);

    (void)flag;
    r->done[index] = r->done[index] || asked;
    return asked;
}

static void pass_line(void *payload, const char *line)
{
    const struct reporting *r = payload;

    r->report(r->payload, line);
}

/* Whether FLAG of a training that goes on has another value than before, as far as it matters. */
static bool is_changed(const struct view *v, const struct flag *flag)
{
    const struct lfads_config *now = v->config, *before = v->situation->saved;
    int64_t bins = (int64_t)v->situation->bins;

    if ((flag->group != FLAG_TRAINING && flag->group != FLAG_MODEL &&
         !is(flag->name, "missing_data")) ||
        flag_equal(now, before, flag) || is(flag->name, "do_reset_learning_rate"))
        return false;
    /* beyond a trial's bins all numbers mean the same */
    return !is(flag->name, "num_steps_for_gen_ic") || now->num_steps_for_gen_ic < bins ||
           before->num_steps_for_gen_ic < bins;
}

/* Reports the flags of training that differ from the checkpoint's, except those that are done. */
static void report_changes(const struct reporting *r)
{
    const struct view *v = r->view;
    const struct flag_table *table = config_table();
    char line[LINE] = "";

    for (size_t i = 0; i < table->count; i++) {
        const struct flag *flag = &table->flags[i];
        char ours[200], theirs[200], change[480];

        if (r->done[i] || !is_changed(v, flag))
            continue;
        flag_text(ours, sizeof ours, v->config, flag);
        flag_text(theirs, sizeof theirs, v->situation->saved, flag);
        snprintf(change, sizeof change, "--%s=%s%s (before: %s)", flag->name, ours,
                 v->config->given[i] ? "" : ", the default", theirs);
        append(line, *line ? "; " : "changed from here on: ", change);
    }
    if (*line)
        r->report(r->payload, line);
}

void unused_report(const struct lfads_config *config, const struct flag_situation *situation,
                   flag_report *report, void *payload)
{
    struct view view = {config, situation};
    struct reporting reporting = {
        .view = &view, .done = {false}, .report = report, .payload = payload};

    for (size_t row = 0; row < sizeof run_rows / sizeof run_rows[0]; row++)
        if (run_rows[row].holds(&view))
            unused_report_list(config_table(), run_rows[row].flags, run_rows[row].why,
                               is_asked_first, pass_line, &reporting);
    if (goes_on(&view))
        report_changes(&reporting);
}
