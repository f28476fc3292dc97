/* directory.c - begins a tuning's directory, or reads the one from which it goes on.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tune/directory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum lfads_status directory_lock(struct lock *lock, const struct tuning *tuning,
                                 struct lfads_error *err)
{
    const struct tuning *t = tuning;
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 50000000};
    const int tries = 40;
    char path[FILE_PATH];
    struct lfads_error reason;
    enum lfads_status status = file_make_directory(t->directory, &reason);

    if (status != LFADS_OK)
        return lfads_fail(err, status, "%.700s; --lfads_save_dir=DIR puts the model elsewhere",
                          reason.text);
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

/* Returns the name of the file that holds the flags. */
static const char *flags_file(const struct tuning *t)
{
    return t->seeds ? SEEDS_FLAGS : TUNING_FLAGS;
}

/* Fails if the directory has trained models of another kind. */
static enum lfads_status check_directory(const struct tuning *t, struct lfads_error *err)
{
    const struct {
        const char *name, *what;
    } traces[] = {{t->seeds ? TUNING_FLAGS : SEEDS_FLAGS,
                   t->seeds ? "a tuning" : "trainings of several seeds"},
                  {"checkpoint", "the training of one model"}};

    for (size_t i = 0; i < sizeof traces / sizeof traces[0]; i++) {
        char path[FILE_PATH];
        enum lfads_status status = file_join(path, t->directory, traces[i].name, err);

        if (status != LFADS_OK)
            return status;
        if (file_exists(path))
            return lfads_fail(err, LFADS_USAGE,
                              "--lfads_save_dir=%s has %s and not %s: choose another", t->directory,
                              traces[i].what, t->seeds ? "those of several seeds" : "a tuning");
    }
    return LFADS_OK;
}

enum lfads_status directory_merge(bool *goes_on, const struct tuning *tuning,
                                  struct lfads_config *config, struct lfads_error *err)
{
    const struct tuning *t = tuning;
    char path[FILE_PATH], members[40];
    enum lfads_status status = file_join(path, t->directory, flags_file(t), err);

    if (status != LFADS_OK)
        return status;
    *goes_on = file_exists(path);
    status = *goes_on ? settings_merge(t->tune, config, path, err) : check_directory(t, err);
    if (status != LFADS_OK || !config->seeds)
        return status;
    /* more of them may be trained later */
    snprintf(members, sizeof members, "%" PRId64, config->seeds);
    return lfads_tune_config_set(t->tune, "members", members, err);
}

/* Removes the unfinished files of a killed tuning; members remove their own. */
static void clear_staged(const struct tuning *t)
{
    const char *const prefixes[] = {"space.txt",
                                    TUNING_FLAGS,
                                    SEEDS_FLAGS,
                                    "population.",
                                    "ranking.csv",
                                    "checkpoint",
                                    t->base->config->csv_log,
                                    t->base->config->checkpoint_name};

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (*prefixes[i])
            file_clear_staged(t->directory, prefixes[i]);
}

/* Members that another machine trained may have left locks that no process holds: where several
 * processes tune, the tuning's lock stands for them all. */
static void clear_locks(const struct tuning *t)
{
    for (size_t m = 0; m < t->settings.members && t->base->ranks->count > 1; m++) {
        char directory[FILE_PATH], path[FILE_PATH];

        if (member_directory(directory, t, m, NULL) == LFADS_OK &&
            file_join(path, directory, ".lfads_lock", NULL) == LFADS_OK)
            unlink(path);
    }
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

/* Writes the space, or reads it where tuning goes on; seeds have none. */
static enum lfads_status settle_space(struct tuning *t, bool goes_on, struct lfads_error *err)
{
    char path[FILE_PATH];
    enum lfads_status status = file_join(path, t->directory, "space.txt", err);

    if (status != LFADS_OK || t->seeds)
        return status;
    return goes_on ? space_read(&t->space, path, t->settings.search, err)
                   : write_space(t, path, err);
}

enum lfads_status directory_settle(struct tuning *tuning, bool goes_on, struct lfads_error *err)
{
    struct tuning *t = tuning;
    char flags[FILE_PATH];
    enum lfads_status status = file_join(flags, t->directory, flags_file(t), err);

    clear_staged(t);
    clear_locks(t);
    if (status == LFADS_OK && !goes_on && file_exists(flags))
        return lfads_fail(err, LFADS_IO, "another tuning has begun in --lfads_save_dir=%s",
                          t->directory);
    if (status == LFADS_OK)
        status = settle_space(t, goes_on, err);
    if (status == LFADS_OK)
        status = settings_write(flags, t->tune, t->base->config, err);
    t->population = (struct population){.space = &t->space, .members = t->settings.members};
    if (status == LFADS_OK)
        status = file_join(t->csv, t->directory, "population.csv", err);
    return status == LFADS_OK && !t->seeds && file_exists(t->csv)
               ? population_read(&t->population, t->csv, err)
               : status;
}

enum lfads_status directory_follow(struct tuning *tuning, bool goes_on, struct lfads_error *err)
{
    struct tuning *t = tuning;
    char space[FILE_PATH];
    enum lfads_status status = file_join(space, t->directory, "space.txt", err);

    if (status == LFADS_OK && goes_on && !t->seeds)
        status = space_read(&t->space, space, t->settings.search, err);
    t->population = (struct population){.space = &t->space, .members = t->settings.members};
    return status;
}
