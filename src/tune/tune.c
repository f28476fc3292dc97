/* tune.c - a tuning from beginning to end: lfads_tune of the public header. Completes the flags,
 * and opens the base run.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "config/kinds.h"
#include "config/preset.h"
#include "config/unused.h"
#include "tune/directory.h"

void tuning_say(const struct tuning *tuning, const char *format, ...)
{
    const struct lfads_callbacks *callbacks = tuning->callbacks;
    char text[1024];
    va_list words;

    if (!callbacks || !callbacks->line)
        return;
    va_start(words, format);
    vsnprintf(text, sizeof text, format, words);
    va_end(words);
    callbacks->line(callbacks->payload, text);
}

/* ---- the space ---- */

/* Whether flag NAME has an effect in the base run. */
static bool has_effect(const struct tuning *t, const char *name)
{
    static const char *const of_inputs[] = {"kl_co_weight", "l2_con_scale", "l2_ci_enc_scale"};
    static const char *const of_state[] = {"kl_ic_weight", "l2_ic_enc_scale"};

    for (size_t i = 0; i < sizeof of_inputs / sizeof of_inputs[0]; i++)
        if (strcmp(name, of_inputs[i]) == 0 && t->base->config->co_dim == 0)
            return false;
    for (size_t i = 0; i < sizeof of_state / sizeof of_state[0]; i++)
        if (strcmp(name, of_state[i]) == 0 && t->base->config->ic_dim == 0)
            return false;
    return true;
}

/* Removes from the space what would not be searched, and says so. */
static void prune_space(struct tuning *t)
{
    const struct lfads_config *config = t->base->config;

    for (size_t i = t->space.count; i-- > 0;) {
        const struct space_value *v = &t->space.value[i];
        const char *why = t->given[v->flag]         ? "the command gives it"
                          : !has_effect(t, v->name) ? config->co_dim == 0 && config->ic_dim != 0
                                                          ? "there are no inferred inputs"
                                                          : "it has no effect in this model"
                          : t->settings.search && !isnan(v->first) ? "random search draws values"
                                                                   : NULL;

        if (!why)
            continue;
        tuning_say(t, "%s is not searched: %s", v->name, why);
        space_remove(&t->space, i);
    }
}

static void tell(void *payload, const char *line) { tuning_say(payload, "%s", line); }

/* Says which given flags the tuning does not use. */
static void say_unused(struct tuning *t)
{
    const struct unused_row rows[] = {
        {t->settings.search,
         "with --exploit=none members copy nothing, and there is one generation",
         "explore first_generation generation_epochs final_epochs stop_ratio stop_patience"},
        {t->tune->stop_patience == 0, "tuning goes on to its last generation, --stop_patience=0",
         "stop_ratio"}};
    /* the last generation heeds all but the first */
    static const char *const names[] = {"early_stop_patience", "learning_rate_rule",
                                        "learning_rate_decay_factor", "learning_rate_n_to_compare",
                                        "learning_rate_stop"};
    size_t count = t->settings.final_epochs > 0 ? 1 : sizeof names / sizeof names[0];

    unused_report_rows(tune_config_table(), t->tune, rows, sizeof rows / sizeof rows[0], tell, t);
    for (size_t i = 0; i < count && !t->settings.search; i++)
        if (t->given[flag_find(config_table(), names[i])])
            tuning_say(t,
                       "without effect: --%s (members keep their learning rates within a "
                       "generation, and none ends early; with --exploit=none they do)",
                       names[i]);
}

/* Sets the space of a tuning that begins. */
static enum lfads_status choose_space(struct tuning *t, struct lfads_error *err)
{
    const char *name = t->tune->space;
    const struct lfads_config *config = t->base->config;
    enum lfads_status status = space_read(&t->space, name, t->settings.search, err);

    if (status != LFADS_OK)
        return status;
    if (space_is_built_in(name) && strcmp(config->recon_reduce, "mean") != 0)
        return lfads_fail(err, LFADS_USAGE,
                          "--space=%s is for costs that are means: choose another --preset than "
                          "%s, set --recon_reduce=mean, or give a file of ranges",
                          name, config->preset);
    say_unused(t);
    prune_space(t);
    return t->space.count ? LFADS_OK
                          : lfads_fail(err, LFADS_USAGE,
                                       "--space=%s leaves nothing to search: leave flags out, or "
                                       "give another space",
                                       name);
}

/* Opens the run that lends members data, device and flags: that of a directory without a
 * checkpoint. */
static enum lfads_status open_base(struct tuning *t, struct lfads_config *config,
                                   struct lfads_error *err)
{
    char directory[FILE_PATH];
    struct lfads_config *base = config_copy(config);
    enum lfads_status status;

    if (!base)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration");
    status = file_join(directory, config->lfads_save_dir, "members", err);
    if (status == LFADS_OK)
        status = lfads_config_set(base, "lfads_save_dir", directory, err);
    if (status == LFADS_OK)
        status = lfads_config_set(base, "checkpoint_pb_load_name", "checkpoint", err);
    if (status == LFADS_OK)
        status = run_open(&t->base, base, RUN_TRAINING, t->callbacks, err);
    lfads_config_free(base);
    return status;
}

/* ---- everything ---- */

static enum lfads_status measure_null(struct tuning *t, struct lfads_error *err)
{
    const struct model *model = t->base->model;
    bool heldout = false;

    for (size_t s = 0; s < model->n_sessions; s++)
        heldout = heldout || model->sessions[s].heldout > 0;
    t->has_null = heldout && model->output->data == DATA_COUNTS;
    return t->has_null ? null_model_measure(&t->null, t->base->dataset, model, err) : LFADS_OK;
}

static void say_plan(const struct tuning *t, bool goes_on)
{
    const struct settings *s = &t->settings;
    char final[80] = "";

    if (s->final_epochs > 0)
        snprintf(final, sizeof final, "; then one of %" PRId64 " at falling learning rates",
                 s->final_epochs);
    if (goes_on && !t->seeds)
        tuning_say(t, "Continuing with %s: %zu generations are done.", t->csv, t->population.done);
    if (t->seeds)
        tuning_say(t, "%zu models of the seeds %" PRIu64 " to %" PRIu64, s->members,
                   tuning_seed(t, 0), tuning_seed(t, s->members - 1));
    else if (s->search)
        tuning_say(t, "%zu members, each trained once, at most %" PRId64 " epochs", s->members,
                   s->first_epochs);
    else
        tuning_say(t,
                   "%zu members, at most %zu generations: the first of %" PRId64
                   " epochs, others of %" PRId64 "%s",
                   s->members, s->generations, s->first_epochs, s->more_epochs, final);
    if (t->seeds)
        tuning_say(t, "They are compared by validation trials: %s", t->tune->metric);
    else
        tuning_say(t, "They are compared by --metric=%s; %zu values are searched (space.txt).",
                   t->tune->metric, t->space.count);
}

/* Has process 0 evolve the population, with the others' help. */
static enum lfads_status run_tuning(struct tuning *t, bool goes_on, struct lfads_error *err)
{
    enum lfads_status status, dismissed;

    if (t->base->ranks->number > 0)
        return generation_serve(t, err);
    status = measure_null(t, err);
    if (status == LFADS_OK) {
        say_plan(t, goes_on);
        status = evolve(t, err);
    }
    dismissed = generation_dismiss(t, status == LFADS_OK ? err : NULL);
    return status == LFADS_OK ? dismissed : status;
}

/* Opens the base run and completes the flags, in all processes. */
static enum lfads_status prepare(struct tuning *t, bool *goes_on, struct lfads_config *config,
                                 struct lfads_error *err)
{
    struct lfads_ranks *ranks = config->ranks ? config->ranks : ranks_alone();
    enum lfads_status status = directory_merge(goes_on, t, config, err);

    status = ranks_agree(ranks, status, NULL, err);
    if (status == LFADS_OK)
        status = open_base(t, config, err);
    if (status != LFADS_OK)
        return status;
    status = settings_resolve(&t->settings, t->tune, t->base, t->seeds, err);
    if (status == LFADS_OK && (t->seeds || !*goes_on))
        run_report_unused(t->base, KIND_TRAIN);
    if (status == LFADS_OK && !*goes_on && !t->seeds)
        status = choose_space(t, err);
    status = ranks_agree(ranks, status, NULL, err);
    if (status == LFADS_OK)
        status = ranks->broadcast(ranks, &t->settings, sizeof t->settings, 0, err);
    return status;
}

/* Tunes with the flags of tune and CONFIG, which are completed. Process 0 writes what is of the
 * population. */
static enum lfads_status tune(struct tuning *t, struct lfads_config *config,
                              struct lfads_error *err)
{
    struct lock lock = {.held = false};
    bool goes_on = false;
    enum lfads_status status;

    memcpy(t->given, config->given, sizeof t->given);
    status = prepare(t, &goes_on, config, err);
    if (status == LFADS_OK) {
        struct lfads_ranks *ranks = t->base->ranks;
        bool writes = ranks->number == 0;

        if (writes)
            status = directory_lock(&lock, t, err);
        if (status == LFADS_OK)
            status = writes ? directory_settle(t, goes_on, err) : directory_follow(t, goes_on, err);
        status = ranks_agree(ranks, status, NULL, err);
        if (status == LFADS_OK)
            status = ranks_agree(ranks, run_tuning(t, goes_on, err), NULL, err);
    }
    lock_release(&lock);
    population_release(&t->population);
    run_close(t->base);
    return status;
}

enum lfads_status tuning_run(const struct lfads_config *config,
                             const struct lfads_tune_config *tune_config, bool seeds,
                             const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct lfads_config *own = config_copy(config);
    struct tuning tuning = {.callbacks = callbacks, .seeds = seeds};
    enum lfads_status status;

    tuning.tune = tune_config_copy(tune_config);
    if (own && tuning.tune) {
        tuning.directory = own->lfads_save_dir;
        tuning.began = clock_seconds();
        status = tune(&tuning, own, err);
    } else {
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration");
    }
    lfads_tune_config_free(tuning.tune);
    lfads_config_free(own);
    return status;
}

enum lfads_status lfads_tune(const struct lfads_config *config,
                             const struct lfads_tune_config *tune_config,
                             const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct lfads_callbacks own;
    enum lfads_status status;

    if (!config || !tune_config)
        return lfads_fail_null(err, "lfads_tune", config ? "tune" : "config");
    status = callbacks_take(&own, &callbacks, "lfads_tune", err);
    if (status != LFADS_OK)
        return status;
    if (config->seeds)
        return lfads_fail(err, LFADS_USAGE,
                          "--seeds=%" PRId64
                          " is for lfads train: members of a tuning have seeds of "
                          "their own; leave it out",
                          config->seeds);
    return tuning_run(config, tune_config, false, callbacks, err);
}
