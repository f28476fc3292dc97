/* settings.c - makes numbers of what a tuning is asked for.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tune/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sizes.h"
#include "base/workers.h"
#include "config/preset_names.h"
#include "tune/rules.h"

/* A choice in progress: the flags, what they depend on, and the first failure. */
struct choice {
    struct lfads_tune_config *tune;
    const struct lfads_config *config;
    const struct run *base;
    struct lfads_error *err;
    enum lfads_status status;
};

/* Returns the number that flag NAME gives, from LEAST to MOST; for auto AUTOMATIC, which the flag
 * then has. */
static size_t number_of(struct choice *c, const char *name, size_t least, size_t most,
                        size_t automatic)
{
    const struct flag_table *table = tune_config_table();
    size_t index = (size_t)flag_find(table, name);
    char text[4096], *end;
    unsigned long long number;

    flag_text(text, sizeof text, c->tune, &table->flags[index]);
    if (c->status != LFADS_OK)
        return automatic;
    if (strcmp(text, "auto") == 0) {
        snprintf(text, sizeof text, "%zu", automatic);
        c->status = flag_set(c->tune, table, index, text, c->err);
        return automatic;
    }
    number = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && number >= least && number <= most)
        return (size_t)number;
    c->status = lfads_fail(c->err, LFADS_USAGE,
                           "--%s=%s is not allowed: it takes auto or an integer from %zu to %zu",
                           name, text, least, most);
    return automatic;
}

/* As many as the cores train in whole rounds. */
static size_t choose_members(const struct choice *c, bool search)
{
    const size_t least = 8, most = 20;
    size_t cores = c->base->threads * c->base->ranks->count, rounds = (least + cores - 1) / cores;

    return size_min(cores * rounds, most) * (search ? 3 : 1);
}

static size_t updates_an_epoch(const struct choice *c)
{
    size_t trials = 0;

    for (size_t i = 0; i < c->base->dataset->count; i++)
        trials += c->base->dataset->sessions[i]->set[SESSION_TRAIN].count;
    return size_max(trials / (size_t)c->config->batch_size, 1);
}

/* Returns the epochs after which the penalties have their full weights. */
static size_t ramp_epochs(const struct choice *c)
{
    const struct lfads_config *config = c->config;
    size_t kl = (size_t)(config->kl_start_step + config->kl_increase_steps);
    size_t l2 = (size_t)(config->l2_start_step + config->l2_increase_steps);
    size_t end = size_max(kl, l2), updates = updates_an_epoch(c);

    return strcmp(config->ramp_unit, "epochs") == 0 ? end : (end + updates - 1) / updates;
}

static void choose_epochs(struct settings *s, struct choice *c, bool given_epochs)
{
    const size_t usual = 25, most = (size_t)1000000000;
    bool ours = strcmp(c->config->preset, PRESET_AUTO) == 0 && !given_epochs;
    size_t limit = (size_t)c->config->max_epochs * (ours ? 2 : 1), room = 49, more, first;

    more = number_of(c, "generation_epochs", 1, most,
                     ours ? size_max((size_t)c->config->max_epochs / 6, 1) : usual);
    first = number_of(c, "first_generation", 1, most, size_min(ramp_epochs(c) + more, most));
    if (limit > 0)
        room = limit > first ? (limit - first) / more : 0;
    s->generations = number_of(c, "generations", 1, 1000000, 1 + room);
    s->first_epochs = (int64_t)first;
    s->more_epochs = (int64_t)more;
    s->final_epochs = (int64_t)number_of(c, "final_epochs", 0, most,
                                         ours ? (size_t)c->config->max_epochs / 2 : 0);
}

/* Random search trains every member once, as train does. */
static void choose_search_epochs(struct settings *s, struct choice *c)
{
    s->first_epochs = c->config->max_epochs;
    s->more_epochs = 1;
    s->generations = number_of(c, "generations", 1, 1, 1);
    number_of(c, "final_epochs", 0, (size_t)1000000000, 0);
    if (c->status == LFADS_OK && c->config->max_epochs == 0 && !s->seeds)
        c->status = lfads_fail(c->err, LFADS_USAGE,
                               "--exploit=none needs the epochs of a training: set --max_epochs");
}

static bool has_heldout(const struct run *base)
{
    for (size_t s = 0; s < base->model->n_sessions; s++)
        if (base->model->sessions[s].heldout > 0)
            return true;
    return false;
}

static void choose_metric(struct settings *s, struct choice *c)
{
    const char *metric = c->tune->metric;
    bool heldout = has_heldout(c->base), sv = c->config->sv_rate > 0;
    const char *standard = heldout ? "co_smoothing" : sv ? "sample_validation" : "recon_smoothed";

    if (strcmp(metric, "auto") == 0) {
        c->status = flag_set(c->tune, tune_config_table(),
                             (size_t)flag_find(tune_config_table(), "metric"), standard, c->err);
        metric = standard;
    }
    s->metric = strcmp(metric, "co_smoothing") == 0        ? METRIC_HELDOUT
                : strcmp(metric, "sample_validation") == 0 ? METRIC_SV
                                                           : METRIC_RECON;
    if (s->metric == METRIC_HELDOUT && !heldout)
        c->status =
            lfads_fail(c->err, LFADS_USAGE,
                       "--metric=co_smoothing needs held-out channels: set --heldout_dim, or take "
                       "data files that have some");
    if (s->metric == METRIC_SV && !sv)
        c->status =
            lfads_fail(c->err, LFADS_USAGE, "--metric=sample_validation needs --sv_rate above 0");
}

static void check_validation(struct choice *c)
{
    size_t trials = 0;

    for (size_t i = 0; i < c->base->dataset->count; i++)
        trials += c->base->dataset->sessions[i]->set[SESSION_VALID].count;
    if (trials == 0 && c->status == LFADS_OK)
        c->status = lfads_fail(c->err, LFADS_BAD_DATA,
                               "members are compared by validation trials, and the data have "
                               "none: add valid_data");
}

enum lfads_status settings_resolve(struct settings *settings, struct lfads_tune_config *tune,
                                   const struct run *base, bool seeds, struct lfads_error *err)
{
    struct choice c = {tune, base->config, base, err, LFADS_OK};
    struct settings *s = settings;

    *s = (struct settings){.search = strcmp(tune->exploit, "none") == 0,
                           .seeds = seeds,
                           .rivals = strcmp(tune->exploit, "rivals") == 0,
                           .log = strcmp(tune->explore, "log") == 0,
                           .patience = (size_t)tune->stop_patience,
                           .ratio = tune->stop_ratio};
    check_validation(&c);
    s->members =
        number_of(&c, "members", s->search ? 1 : 2, MEMBERS_MAX, choose_members(&c, s->search));
    if (s->search)
        choose_search_epochs(s, &c);
    else
        choose_epochs(s, &c, base->config->given[flag_find(config_table(), "max_epochs")]);
    if (c.status == LFADS_OK)
        choose_metric(s, &c);
    return c.status;
}

int64_t settings_epochs(const struct settings *settings, size_t generation)
{
    return settings->first_epochs + (int64_t)generation * settings->more_epochs;
}
