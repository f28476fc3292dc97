/* member.c - a member of a population: its flags, its training, its scores, and how it takes over
 * another's state.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "learn/schedule.h"
#include "save/index.h"
#include "save/ranking.h"
#include "train/training.h"
#include "tune/tuning.h"

enum { NAME = 300 };

void member_name(char name[MEMBER_NAME], size_t member)
{
    snprintf(name, MEMBER_NAME, RANKING_MEMBERS "%02zu", member);
}

bool member_is_its_best(const struct tuning *tuning)
{
    return tuning->settings.search && !tuning->settings.seeds;
}

enum lfads_status member_directory(char path[FILE_PATH], const struct tuning *tuning, size_t member,
                                   struct lfads_error *err)
{
    char name[MEMBER_NAME];

    member_name(name, member);
    return file_join(path, tuning->directory, name, err);
}

/* Whether the user gave flag NAME. */
static bool is_given(const struct tuning *t, const char *name)
{
    return t->given[flag_find(config_table(), name)];
}

/* Marks all flags that are remembered as given, so that none is chosen or inherited anew. */
static void give_all(struct lfads_config *config)
{
    for (size_t i = 0; i < CONFIG_FLAGS; i++)
        if (config_table()->flags[i].group != FLAG_RUN)
            config->given[i] = true;
    tune_data_given(config);
}

__attribute__((format(printf, 3, 5))) static enum lfads_status
set(struct lfads_config *config, const char *name, const char *format, struct lfads_error *err, ...)
{
    char text[FILE_PATH];
    va_list words;

    va_start(words, err);
    vsnprintf(text, sizeof text, format, words);
    va_end(words);
    return lfads_config_set(config, name, text, err);
}

/* In the last generation the learning rate falls from the member's own, which a training that was
 * stopped has left behind. */
static enum lfads_status set_falling_rate(struct lfads_config *config, const struct tuning *t,
                                          size_t member, int64_t from, struct lfads_error *err)
{
    const char *rule = t->base->config->learning_rate_rule;
    int64_t step;
    enum lfads_status status = member_step(&step, t, member, err);

    if (status == LFADS_OK)
        status = set(config, "do_reset_learning_rate", step == from ? "true" : "false", err);
    return status == LFADS_OK ? set(config, "learning_rate_rule", "%s", err,
                                    strcmp(rule, "constant") == 0 ? "plateau" : rule)
                              : status;
}

/* Under exploitation the rate is the member's own, nothing ends a member early, and all stop at the
 * same epoch. */
static enum lfads_status set_schedule(struct lfads_config *config, const struct tuning *t,
                                      size_t member, struct lfads_error *err)
{
    size_t generation = t->population.begun - 1;
    const struct member_row *row = &population_generation(&t->population, generation)[member];
    enum lfads_status status;

    if (t->settings.search)
        return LFADS_OK;
    status = set(config, "learning_rate_rule", "constant", err);
    if (status == LFADS_OK)
        status = set(config, "do_reset_learning_rate", "true", err);
    if (status == LFADS_OK && row->is_final)
        status = set_falling_rate(config, t, member, row->from, err);
    if (status == LFADS_OK)
        status = set(config, "early_stop_patience", "0", err);
    return status == LFADS_OK
               ? set(config, "max_epochs", "%" PRId64, err, tuning_epochs(t, generation, member))
               : status;
}

/* Flags of the run. Two checkpoints are kept, so that a copy does not remove what others copy. */
static enum lfads_status set_run(struct lfads_config *config, const struct tuning *t, size_t member,
                                 struct lfads_error *err)
{
    char directory[FILE_PATH];
    enum lfads_status status = member_directory(directory, t, member, err);

    if (status == LFADS_OK)
        status = set(config, "lfads_save_dir", "%s", err, directory);
    if (status == LFADS_OK)
        status = set(config, "seed", "%" PRIu64, err, tuning_seed(t, member));
    if (status == LFADS_OK)
        status = set(config, "checkpoint_pb_load_name", "checkpoint", err);
    if (status == LFADS_OK && !is_given(t, "example_every_s"))
        status = set(config, "example_every_s", "-1", err);
    if (status == LFADS_OK && !is_given(t, "max_ckpt_to_keep_lve"))
        status = set(config, "max_ckpt_to_keep_lve", "1", err);
    if (status == LFADS_OK && (!is_given(t, "max_ckpt_to_keep") || config->max_ckpt_to_keep < 2))
        status = set(config, "max_ckpt_to_keep", "2", err);
    return status;
}

static enum lfads_status member_config(struct lfads_config **out, const struct tuning *t,
                                       size_t member, struct lfads_error *err)
{
    const struct member_row *row =
        &population_generation(&t->population, t->population.begun - 1)[member];
    struct lfads_config *config = config_copy(t->base->config);
    enum lfads_status status;

    *out = config;
    if (!config)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration");
    give_all(config);
    status = set_run(config, t, member, err);
    if (status == LFADS_OK)
        status = space_apply(config, &t->space, row->values, err);
    return status == LFADS_OK ? set_schedule(config, t, member, err) : status;
}

enum lfads_status member_train(const struct tuning *tuning, size_t member, size_t threads,
                               const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct lfads_config *config;
    struct run *run;
    enum lfads_status status = member_config(&config, tuning, member, err);

    if (status == LFADS_OK)
        status = set(config, "threads", "%zu", err, threads);
    if (status == LFADS_OK)
        status = run_open_beside(&run, tuning->base, config, callbacks, err);
    if (status == LFADS_OK) {
        status = training_run(run, err);
        run_close(run);
    }
    lfads_config_free(config);
    return status;
}

/* Sets PATH to the checkpoint that stands for MEMBER: the latest, or after random search the best;
 * "" without one. */
static enum lfads_status find_checkpoint(char path[FILE_PATH], const struct tuning *t,
                                         size_t member, bool best, struct lfads_error *err)
{
    char directory[FILE_PATH];
    enum lfads_status status = member_directory(directory, t, member, err);

    *path = 0;
    if (status == LFADS_OK && best)
        status = index_latest(path, directory, "checkpoint_lve", err);
    if (status == LFADS_OK && !*path)
        status = index_latest(path, directory, "checkpoint", err);
    return status;
}

enum lfads_status member_step(int64_t *step, const struct tuning *tuning, size_t member,
                              struct lfads_error *err)
{
    char path[FILE_PATH];
    enum lfads_status status = find_checkpoint(path, tuning, member, false, err);

    *step = status == LFADS_OK && *path ? index_step(path) : -1;
    return status;
}

/* A file system of several machines may show a file late. */
enum lfads_status member_await(const struct tuning *tuning, size_t member, int64_t step,
                               struct lfads_error *err)
{
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 100000000};
    const int tries = 1200;
    enum lfads_status status = LFADS_OK;
    int64_t seen = -1;

    for (int i = 0; i < tries; i++) {
        status = member_step(&seen, tuning, member, err);
        if (status == LFADS_OK && seen >= step)
            return LFADS_OK;
        nanosleep(&pause, NULL);
    }
    if (status != LFADS_OK)
        return status;
    return lfads_fail(err, LFADS_IO,
                      "%s/members/%02zu has no checkpoint of step %" PRId64
                      " for this machine: take an --lfads_save_dir that all machines share",
                      tuning->directory, member, step);
}

static double or_nan(double cost) { return cost == 0 ? (double)NAN : cost; }

enum lfads_status member_measure(struct scores *scores, const struct tuning *tuning, size_t member,
                                 struct lfads_error *err)
{
    const struct tuning *t = tuning;
    struct schedule_memory memory;
    struct checkpoint c;
    char path[FILE_PATH];
    enum lfads_status status = find_checkpoint(path, t, member, t->settings.search, err);

    if (status != LFADS_OK)
        return status;
    status = checkpoint_read(&c, path, err);
    if (status == LFADS_OK) {
        memcpy(&memory, c.schedule, sizeof memory);
        *scores = (struct scores){.step = c.step,
                                  .recon = memory.smoothed,
                                  .heldout = or_nan(memory.heldout),
                                  .sv = or_nan(memory.sv),
                                  .co_bps = (double)NAN};
        scores->score = t->settings.metric == METRIC_HELDOUT ? scores->heldout
                        : t->settings.metric == METRIC_SV    ? scores->sv
                                                             : scores->recon;
        if (!isfinite(scores->score))
            scores->score = (double)NAN;
        if (t->has_null)
            scores->co_bps = null_model_bits(&t->null, MEASURE_HELDOUT, scores->heldout);
    }
    checkpoint_release(&c);
    return status;
}

/* Writes the checkpoint FROM as TO, a member's of that seed: noise is the member's own, and
 * smoothed and lowest costs begin again. */
static enum lfads_status adopt(const char *to, const char *from, const struct tuning *t,
                               uint64_t seed, struct lfads_error *err)
{
    const struct model *model = t->base->model;
    struct param_vectors vectors = param_vectors_create(model);
    struct checkpoint c = {.step = 0};
    struct schedule_memory memory;
    enum lfads_status status = vectors.parameters
                                   ? checkpoint_read(&c, from, err)
                                   : lfads_fail(err, LFADS_NO_MEMORY, "no memory to copy %s", from);

    if (status == LFADS_OK)
        status = checkpoint_read_parameters(&vectors, from, model, NULL, err);
    if (status == LFADS_OK) {
        memcpy(&memory, c.schedule, sizeof memory);
        schedule_restart(&memory);
        memcpy(c.schedule, &memory, sizeof memory);
        c.lowest_valid = (double)INFINITY;
        c.seed = seed;
        status = checkpoint_write(to, model, &c, &vectors, err);
    }
    checkpoint_release(&c);
    param_vectors_free(&vectors);
    return status;
}

enum lfads_status member_copy(const struct tuning *tuning, size_t member, size_t parent,
                              struct lfads_error *err)
{
    const struct tuning *t = tuning;
    const struct lfads_config *config = t->base->config;
    const struct scores *scores =
        &population_generation(&t->population, t->population.done - 1)[parent].scores;
    size_t keep = is_given(t, "max_ckpt_to_keep") ? (size_t)config->max_ckpt_to_keep : 2;
    char directory[FILE_PATH], from[FILE_PATH], to[FILE_PATH], name[NAME];
    enum lfads_status status = member_directory(directory, t, parent, err);

    /* the parent's own file of that step stays until all have copied, whatever it copies itself */
    snprintf(name, sizeof name, "%.200s.ckpt-%" PRId64, config->checkpoint_name, scores->step);
    if (status == LFADS_OK)
        status = file_join(from, directory, name, err);
    if (status == LFADS_OK)
        status = member_directory(directory, t, member, err);
    if (status == LFADS_OK)
        status = file_make_directory(directory, err);
    snprintf(name, sizeof name, "%.200s_from%02zu.ckpt-%" PRId64, config->checkpoint_name, parent,
             scores->step);
    if (status == LFADS_OK)
        status = file_join(to, directory, name, err);
    if (status == LFADS_OK)
        status = adopt(to, from, t, tuning_seed(t, member), err);
    return status == LFADS_OK ? index_add(directory, "checkpoint", to, keep < 2 ? 2 : keep, err)
                              : status;
}

/* Puts the checkpoint that an index of the member names under the same index on top. */
static enum lfads_status put_index(const struct tuning *t, size_t member, bool lowest,
                                   struct lfads_error *err)
{
    char from[FILE_PATH], to[FILE_PATH], name[NAME];
    enum lfads_status status =
        find_checkpoint(from, t, member, lowest || member_is_its_best(t), err);

    if (status != LFADS_OK)
        return status;
    snprintf(name, sizeof name, "%.200s%s.ckpt-%" PRId64, t->base->config->checkpoint_name,
             lowest ? "_lve" : "", index_step(from));
    status = file_join(to, t->directory, name, err);
    if (status == LFADS_OK)
        status = file_copy(to, from, err);
    return status == LFADS_OK
               ? index_add(t->directory, lowest ? "checkpoint_lve" : "checkpoint", to, 1, err)
               : status;
}

enum lfads_status member_put_on_top(const struct tuning *tuning, size_t member,
                                    struct lfads_error *err)
{
    enum lfads_status status = put_index(tuning, member, true, err);

    return status == LFADS_OK ? put_index(tuning, member, false, err) : status;
}
