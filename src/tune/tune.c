/* tune.c - population-based training and random search from beginning to end: lfads_tune of the
 * public header. Its steps are in an order that lets a tuning that is killed at any moment go on:
 * what a generation's members are and have reached is in population.csv, which is replaced as a
 * whole; whatever comes between two versions of it may be repeated.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/lock.h"
#include "config/kinds.h"
#include "config/preset.h"
#include "tune/tuning.h"

__attribute__((format(printf, 2, 3))) static void say(const struct tuning *t, const char *format,
                                                      ...)
{
    char text[1024];
    va_list words;

    if (!t->callbacks || !t->callbacks->line)
        return;
    va_start(words, format);
    vsnprintf(text, sizeof text, format, words);
    va_end(words);
    t->callbacks->line(t->callbacks->payload, text);
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
        say(t, "%s is not searched: %s", v->name, why);
        space_remove(&t->space, i);
    }
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
    prune_space(t);
    return t->space.count ? LFADS_OK
                          : lfads_fail(err, LFADS_USAGE,
                                       "--space=%s leaves nothing to search: leave flags out, or "
                                       "give another space",
                                       name);
}

static enum lfads_status write_space(const struct tuning *t, const char *path,
                                     struct lfads_error *err)
{
    char *text = NULL;
    enum lfads_status status = space_text(&text, &t->space, err);

    if (status == LFADS_OK) {
        status = file_write_text(path, text, err);
        free(text);
    }
    return status;
}

/* ---- beginning and continuing ---- */

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

/* Takes the directory's lock. A tuning that was killed may have left members that are still ending.
 */
static enum lfads_status take_lock(struct lock *lock, const struct tuning *t,
                                   struct lfads_error *err)
{
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 50000000};
    const int tries = 40;
    char path[FILE_PATH];
    enum lfads_status status = file_make_directory(t->directory, err);

    if (status == LFADS_OK)
        status = file_join(path, t->directory, ".lfads_tune_lock", err);
    if (status != LFADS_OK)
        return status;
    for (int i = 0; i < tries; i++) {
        status = lock_take(lock, path, t->directory, "choose another --lfads_save_dir", err);
        if (status == LFADS_OK)
            break;
        nanosleep(&pause, NULL);
    }
    return status;
}

/* Completes TUNE and CONFIG from the directory's tuning; *GOES_ON: it has one. */
static enum lfads_status merge(bool *goes_on, struct lfads_tune_config *tune,
                               struct lfads_config *config, struct lfads_error *err)
{
    char path[FILE_PATH];
    enum lfads_status status = file_join(path, config->lfads_save_dir, "tuning.txt", err);

    if (status != LFADS_OK)
        return status;
    *goes_on = file_exists(path);
    if (*goes_on)
        return settings_merge(tune, config, path, err);
    status = file_join(path, config->lfads_save_dir, "checkpoint", err);
    if (status == LFADS_OK && file_exists(path))
        return lfads_fail(err, LFADS_USAGE,
                          "--lfads_save_dir=%s has a training that is no tuning: choose another",
                          config->lfads_save_dir);
    return status;
}

/* Resolves the flags, and writes them and the space, or reads the space where tuning goes on. The
 * flags come last: with them a tuning has begun. */
static enum lfads_status settle(struct tuning *t, bool goes_on, struct lfads_error *err)
{
    char space[FILE_PATH], flags[FILE_PATH];
    enum lfads_status status = file_join(space, t->directory, "space.txt", err);

    if (status == LFADS_OK)
        status = file_join(flags, t->directory, "tuning.txt", err);
    if (status == LFADS_OK && !goes_on && file_exists(flags))
        return lfads_fail(err, LFADS_IO, "another tuning has begun in --lfads_save_dir=%s",
                          t->directory);
    if (status == LFADS_OK)
        status = goes_on ? space_read(&t->space, space, t->settings.search, err)
                         : write_space(t, space, err);
    if (status == LFADS_OK)
        status = settings_write(flags, t->tune, t->base->config, err);
    t->population = (struct population){.space = &t->space, .members = t->settings.members};
    if (status == LFADS_OK)
        status = file_join(t->csv, t->directory, "population.csv", err);
    return status == LFADS_OK && file_exists(t->csv) ? population_read(&t->population, t->csv, err)
                                                     : status;
}

/* ---- generations ---- */

/* Begins the first generation. */
static enum lfads_status draw_members(struct tuning *t, struct lfads_error *err)
{
    enum lfads_status status = population_begin(&t->population, err);

    if (status != LFADS_OK)
        return status;
    for (size_t m = 0; m < t->settings.members; m++) {
        struct member_row *row = &population_generation(&t->population, 0)[m];
        struct stream stream = stream_begin(t->base->seed, STREAM_FIRST_VALUES, 0, m);

        row->parent = m;
        space_draw(row->values, &t->space, &stream);
    }
    return population_write(t->csv, &t->population, err);
}

/* Collects the scores of generation number G. */
static void scores_of(double *score, const struct tuning *t, size_t g)
{
    for (size_t m = 0; m < t->settings.members; m++)
        score[m] = population_generation(&t->population, g)[m].scores.score;
}

/* Decides who copies whom, has them copy, and begins the next generation. All of it follows from
 * the seed and the last generation's rows. */
static enum lfads_status breed(struct tuning *t, struct lfads_error *err)
{
    size_t g = t->population.done, members = t->settings.members, copies = 0;
    struct stream stream = stream_begin(t->base->seed, STREAM_EXPLOIT, g, 0);
    double score[MEMBERS_MAX];
    size_t parent[MEMBERS_MAX];
    enum lfads_status status = LFADS_OK;

    scores_of(score, t, g - 1);
    if (t->settings.rivals)
        exploit_rivals(parent, score, members, &stream);
    else
        exploit_pairs(parent, score, members, &stream);
    for (size_t m = 0; m < members && status == LFADS_OK; m++)
        if (parent[m] != m) {
            status = member_copy(t, m, parent[m], err);
            copies++;
        }
    if (status == LFADS_OK)
        status = population_begin(&t->population, err);
    if (status != LFADS_OK)
        return status;
    for (size_t m = 0; m < members; m++) {
        const struct member_row *from = &population_generation(&t->population, g - 1)[parent[m]];
        struct member_row *to = &population_generation(&t->population, g)[m];

        to->parent = parent[m];
        memcpy(to->values, from->values, sizeof to->values);
        stream = stream_begin(t->base->seed, STREAM_EXPLORE, g, m);
        if (parent[m] != m)
            space_explore(to->values, &t->space, t->settings.log, &stream);
    }
    say(t, "  %zu members copy better ones", copies);
    return population_write(t->csv, &t->population, err);
}

/* Reports the generation that was done last. */
static void report_generation(const struct tuning *t, size_t best)
{
    size_t g = t->population.done - 1, failed = 0, length = 0;
    const struct member_row *rows = population_generation(&t->population, g);
    char values[600] = "", bits[60] = "";

    for (size_t m = 0; m < t->settings.members; m++)
        failed += isnan(rows[m].scores.score);
    for (size_t i = 0; i < t->space.count && length < sizeof values; i++)
        length += (size_t)snprintf(values + length, sizeof values - length, ", %s %.3g",
                                   t->space.value[i].name, rows[best].values[i]);
    if (isfinite(rows[best].scores.co_bps))
        snprintf(bits, sizeof bits, " (%.4g bits a spike)", rows[best].scores.co_bps);
    say(t, "Generation %zu of %zu, epoch %" PRId64 ": best score %.6g%s, member %02zu%s", g + 1,
        t->settings.generations, settings_epochs(&t->settings, g), rows[best].scores.score, bits,
        best, values);
    if (failed)
        say(t, "  the training of %zu of %zu members failed numerically", failed,
            t->settings.members);
}

/* Trains the generation in progress to its end, and takes its scores. */
static enum lfads_status train_generation(struct tuning *t, struct lfads_error *err)
{
    struct member_row *rows = population_generation(&t->population, t->population.begun - 1);
    const double nan_ = (double)NAN;
    bool lost[MEMBERS_MAX], all_lost = true;
    enum lfads_status status = generation_train(t, lost, err);

    for (size_t m = 0; m < t->settings.members && status == LFADS_OK; m++) {
        struct scores *scores = &rows[m].scores;

        if (lost[m])
            *scores = (struct scores){-1, nan_, nan_, nan_, nan_, nan_};
        else
            status = member_measure(scores, t, m, err);
        all_lost = all_lost && isnan(scores->score);
    }
    if (status != LFADS_OK)
        return status;
    if (all_lost)
        return lfads_fail(err, LFADS_NUMERIC,
                          "the training of every member failed numerically: lower the learning "
                          "rates of --space, or see what lfads train says");
    t->population.done++;
    return population_write(t->csv, &t->population, err);
}

/* Whether no further generation is to come. */
static bool is_over(const struct tuning *t)
{
    const struct settings *s = &t->settings;
    size_t done = t->population.done;
    double *best, score[MEMBERS_MAX];
    bool over;

    if (done >= s->generations)
        return true;
    best = calloc(done + 1, sizeof *best);
    for (size_t g = 0; best && g < done; g++) {
        scores_of(score, t, g);
        best[g] = score[best_member(score, s->members)];
    }
    over = best && search_is_over(best, done, s->patience, s->ratio);
    free(best);
    if (over)
        say(t, "Tuning ends: the best score no longer improves (--stop_ratio=%g).", s->ratio);
    return over;
}

/* Puts the best member of the last generation on top. */
static enum lfads_status put_best(const struct tuning *t, struct lfads_error *err)
{
    double score[MEMBERS_MAX];
    size_t best;

    scores_of(score, t, t->population.done - 1);
    best = best_member(score, t->settings.members);
    report_generation(t, best);
    return member_put_on_top(t, best, err);
}

/* Runs from where population.csv stands to the end. */
static enum lfads_status run_generations(struct tuning *t, struct lfads_error *err)
{
    struct population *p = &t->population;
    enum lfads_status status = p->begun == 0 ? draw_members(t, err) : LFADS_OK;

    while (status == LFADS_OK) {
        if (p->done < p->begun)
            status = train_generation(t, err);
        if (status == LFADS_OK)
            status = put_best(t, err);
        if (status != LFADS_OK || is_over(t))
            break;
        status = breed(t, err);
    }
    if (status == LFADS_OK)
        say(t, "The best model is in %s: lfads posterior-sample --lfads_save_dir=%s", t->directory,
            t->directory);
    return status;
}

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

    if (goes_on)
        say(t, "Continuing with %s: %zu generations are done.", t->csv, t->population.done);
    say(t,
        "%zu members, at most %zu generations of %" PRId64 " epochs (the first: %" PRId64
        "), compared by --metric=%s; searched are %zu values (space.txt)",
        s->members, s->generations, s->search ? s->first_epochs : s->more_epochs, s->first_epochs,
        t->tune->metric, t->space.count);
}

/* Tunes with TUNE and CONFIG, which are completed. */
static enum lfads_status tune(struct tuning *t, struct lfads_config *config,
                              struct lfads_error *err)
{
    struct lock lock = {.held = false};
    bool goes_on = false;
    enum lfads_status status;

    memcpy(t->given, config->given, sizeof t->given);
    status = merge(&goes_on, t->tune, config, err);
    if (status == LFADS_OK)
        status = open_base(t, config, err);
    if (status == LFADS_OK)
        status = settings_resolve(&t->settings, t->tune, t->base, err);
    if (status == LFADS_OK && !goes_on)
        status = choose_space(t, err);
    if (status == LFADS_OK)
        status = take_lock(&lock, t, err);
    if (status == LFADS_OK)
        status = settle(t, goes_on, err);
    if (status == LFADS_OK)
        status = measure_null(t, err);
    if (status == LFADS_OK) {
        say_plan(t, goes_on);
        status = run_generations(t, err);
    }
    lock_release(&lock);
    population_release(&t->population);
    run_close(t->base);
    return status;
}

/* Copies TUNE; NULL if there is no memory. */
static struct lfads_tune_config *copy_tune(const struct lfads_tune_config *tune)
{
    struct lfads_tune_config *copy;
    char text[4096];

    if (lfads_tune_config_create(&copy, NULL) != LFADS_OK)
        return NULL;
    for (size_t i = 0; i < TUNE_FLAGS; i++) {
        flag_text(text, sizeof text, tune, &tune_config_table()->flags[i]);
        if (flag_set(copy, tune_config_table(), i, text, NULL) != LFADS_OK) {
            lfads_tune_config_free(copy);
            return NULL;
        }
    }
    memcpy(copy->given, tune->given, sizeof copy->given);
    return copy;
}

enum lfads_status lfads_tune(const struct lfads_config *config,
                             const struct lfads_tune_config *tune_config,
                             const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct lfads_config *own;
    struct tuning tuning = {.callbacks = callbacks};
    enum lfads_status status;

    if (!config || !tune_config)
        return lfads_fail(err, LFADS_USAGE, "lfads_tune: %s is NULL", config ? "tune" : "config");
    own = config_copy(config);
    tuning.tune = copy_tune(tune_config);
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
