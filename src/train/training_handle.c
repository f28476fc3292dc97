/* training_handle.c - lfads_training of the public header: a run, its recorder and its training.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/training_handle.h"

#include <stdlib.h>
#include <string.h>

#include "base/progress.h"
#include "base/sized.h"
#include "config/kinds.h"
#include "run/parameters.h"

/* Whether flag lfads_save_dir was set. */
static bool has_directory(const struct lfads_config *config)
{
    return config->given[flag_find(config_table(), "lfads_save_dir")] && *config->lfads_save_dir;
}

static enum lfads_status open_run(struct lfads_training *h, const struct lfads_config *config,
                                  const struct lfads_data *data, struct lfads_error *err)
{
    struct run_request request = {.config = config,
                                  .use = RUN_TRAINING,
                                  .callbacks = &h->callbacks,
                                  .data = data,
                                  .in_memory = !has_directory(config)};

    if (config->seeds)
        return lfads_fail(
            err, LFADS_USAGE,
            "lfads_training_create: --seeds=%lld is for lfads_train: create a training "
            "for each seed",
            (long long)config->seeds);
    return run_open_request(&h->run, &request, err);
}

enum lfads_status lfads_training_create(struct lfads_training **out,
                                        const struct lfads_config *config,
                                        const struct lfads_data *data,
                                        const struct lfads_callbacks *callbacks,
                                        struct lfads_error *err)
{
    struct lfads_training *h;
    enum lfads_status status;

    if (out)
        *out = NULL;
    if (!out || !config)
        return lfads_fail_null(err, "lfads_training_create", out ? "config" : "out");
    h = calloc(1, sizeof *h);
    if (!h)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a training");
    status = callbacks_take(&h->callbacks, &callbacks, "lfads_training_create", err);
    if (status == LFADS_OK)
        status = open_run(h, config, data, err);
    if (status == LFADS_OK) {
        run_report_unused(h->run, KIND_TRAIN);
        status = training_begin(&h->training, &h->recorder, h->run, err);
    }
    if (status != LFADS_OK) {
        lfads_training_free(h);
        return status;
    }
    h->saved = training_get_state(h->training).step;
    *out = h;
    return LFADS_OK;
}

void lfads_training_free(struct lfads_training *training)
{
    if (!training)
        return;
    training_free(training->training);
    recorder_free(training->recorder);
    run_close(training->run);
    free(training);
}

/* Fails if the training can only be freed. */
static enum lfads_status check(const struct lfads_training *h, const char *call,
                               struct lfads_error *err)
{
    if (!h)
        return lfads_fail_null(err, call, "training");
    return h->has_failed ? lfads_fail(err, LFADS_USAGE,
                                      "%s: this training has failed before: free it and create "
                                      "another one",
                                      call)
                         : LFADS_OK;
}

/* Notes how a call that trained ended. */
static enum lfads_status note(struct lfads_training *h, enum lfads_status status)
{
    h->has_failed = status != LFADS_OK && status != LFADS_INTERRUPTED;
    return status;
}

enum lfads_status lfads_training_epoch(struct lfads_training *training, struct lfads_error *err)
{
    struct lfads_training *h = training;
    enum lfads_status status = check(h, "lfads_training_epoch", err);

    if (status != LFADS_OK)
        return status;
    status = recorder_begin(h->recorder, err);
    if (status == LFADS_OK)
        status = training_epoch(h->training, err);
    return note(h, status);
}

enum lfads_status lfads_training_run(struct lfads_training *training, struct lfads_error *err)
{
    struct lfads_training *h = training;
    enum lfads_status status = check(h, "lfads_training_run", err);

    if (status != LFADS_OK)
        return status;
    status = training_run_epochs(h->training, h->recorder, h->saved, err);
    if (status == LFADS_OK)
        h->saved = training_get_state(h->training).step;
    return note(h, status);
}

/* Writes into a directory that is not the training's. */
static enum lfads_status save_elsewhere(const struct lfads_training *h, const char *directory,
                                        struct lfads_error *err)
{
    char path[FILE_PATH];
    enum lfads_status status = file_make_directory(directory, err);

    if (status == LFADS_OK)
        status = file_join(path, directory, "checkpoint", err);
    if (status == LFADS_OK && file_exists(path))
        status = lfads_fail(err, LFADS_USAGE,
                            "lfads_training_save: %s has a checkpoint: choose another directory",
                            directory);
    return status == LFADS_OK ? training_export(h->training, directory, err) : status;
}

enum lfads_status lfads_training_save(struct lfads_training *training, const char *directory,
                                      struct lfads_error *err)
{
    struct lfads_training *h = training;
    enum lfads_status status = check(h, "lfads_training_save", err);

    if (status != LFADS_OK)
        return status;
    if (directory)
        return save_elsewhere(h, directory, err);
    if (h->run->request.in_memory)
        return lfads_fail(err, LFADS_USAGE,
                          "lfads_training_save: the training has no save directory: name a "
                          "directory, or set lfads_save_dir before it is created");
    status = training_save(h->training, err);
    if (status == LFADS_OK)
        h->saved = training_get_state(h->training).step;
    return status;
}

enum lfads_status lfads_training_get_state(const struct lfads_training *training,
                                           struct lfads_training_state *state,
                                           struct lfads_error *err)
{
    struct lfads_training_state full = {.size = sizeof full};
    struct training_state now;
    const struct dataset *data;

    if (!training || !state)
        return lfads_fail_null(err, "lfads_training_get_state", training ? "state" : "training");
    now = training_get_state(training->training);
    data = training->run->dataset;
    full.epoch = now.epoch;
    full.step = now.step;
    full.learning_rate = now.learning_rate;
    full.is_over = now.is_over;
    full.seed = training->run->seed;
    full.sessions = data->count;
    for (size_t i = 0; i < data->count; i++) {
        full.train_trials += data->sessions[i]->set[SESSION_TRAIN].count;
        full.valid_trials += data->sessions[i]->set[SESSION_VALID].count;
    }
    return sized_fill(state, &full, sizeof full, "lfads_training_get_state", err);
}

const struct lfads_epoch *lfads_training_last(const struct lfads_training *training)
{
    return training ? training_ended(training->training) : NULL;
}

const char *lfads_training_get(struct lfads_training *training, const char *name)
{
    return training ? lfads_config_get(training->run->config, name) : NULL;
}

enum lfads_status lfads_training_set(struct lfads_training *training, const char *name,
                                     const char *value, struct lfads_error *err)
{
    struct lfads_training *h = training;
    struct flag_change before;
    enum lfads_status status = check(h, "lfads_training_set", err);

    if (status == LFADS_OK && (!name || !value))
        status = lfads_fail_null(err, "lfads_training_set", name ? "value" : "name");
    if (status == LFADS_OK && training_is_within_epoch(h->training))
        status = lfads_fail(err, LFADS_USAGE,
                            "lfads_training_set: an epoch is in progress: end it with "
                            "lfads_training_epoch first");
    if (status == LFADS_OK) /* a picture in progress looks at the model */
        status = recorder_collect_picture(h->recorder, true, err);
    if (status == LFADS_OK)
        status = change_flag(h->run, &before, name, value, err);
    if (status != LFADS_OK)
        return status;
    status = training_take_flags(h->training, strcmp(name, "learning_rate_init") == 0, err);
    if (status != LFADS_OK) {
        change_flag_undo(h->run, &before);
        return status;
    }
    status = recorder_refresh(h->recorder, err);
    change_flag_keep(&before);
    return status;
}
