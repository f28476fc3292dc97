/* recorder.c - writes a training's files and reports to the caller.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/recorder.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/lock.h"
#include "base/progress.h"
#include "base/sizes.h"
#include "report/tensorboard.h"
#include "save/index.h"
#include "train/costs_rows.h"
#include "train/example_plot.h"
#include "train/log_events.h"

struct recorder {
    struct run *run;
    struct costs_rows costs; /* none without --csv_log */
    struct lock lock;        /* of the save directory */
    char *hyperparameters;
    char events[FILE_PATH];    /* TensorBoard's file */
    struct example_plot *plot; /* of its pictures */
    /* of a run in memory, which has none of these: */
    bool in_memory;
    struct checkpoint lowest;  /* of lowest validation cost, … */
    struct param_vectors kept; /* … and its vectors; NULL before there is one */
};

static enum lfads_status take_lock(struct recorder *r, struct lfads_error *err)
{
    const char *directory = r->run->config->lfads_save_dir;
    char path[FILE_PATH];
    enum lfads_status status = file_join(path, directory, ".lfads_lock", err);

    if (status == LFADS_OK)
        status = lock_take(&r->lock, path, directory, "choose another --lfads_save_dir", err);
    return status;
}

enum lfads_status recorder_create(struct recorder **out, struct run *run, struct lfads_error *err)
{
    struct recorder *r = calloc(1, sizeof *r);
    struct lfads_error reason;
    enum lfads_status status;

    *out = NULL;
    if (!r)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a recorder");
    r->run = run;
    r->in_memory = run->request.in_memory;
    status = r->in_memory ? LFADS_OK : file_make_directory(run->config->lfads_save_dir, &reason);
    if (status != LFADS_OK)
        lfads_fail(err, status, "%.700s; --lfads_save_dir=DIR puts the model elsewhere",
                   reason.text);
    if (status == LFADS_OK && !r->in_memory)
        status = take_lock(r, err);
    if (status != LFADS_OK) {
        recorder_free(r);
        return status;
    }
    *out = r;
    return LFADS_OK;
}

void recorder_free(struct recorder *recorder)
{
    if (!recorder)
        return;
    example_plot_free(recorder->plot);
    param_vectors_free(&recorder->kept);
    checkpoint_release(&recorder->lowest);
    free(recorder->hyperparameters);
    costs_rows_release(&recorder->costs);
    lock_release(&recorder->lock);
    free(recorder);
}

size_t recorder_bytes(const struct recorder *recorder)
{
    return recorder && !recorder->in_memory ? example_plot_bytes(recorder->run) : 0;
}

/* The largest number of checkpoints by which this run may enlarge the save directory, including one
 * being written. */
static size_t added_checkpoints(const struct lfads_config *config, int64_t epoch)
{
    const size_t unknown = 20; /* epochs assumed for a run without --max_epochs */
    size_t every = (size_t)config->checkpoint_every;
    size_t epochs = config->max_epochs > epoch ? (size_t)(config->max_epochs - epoch) : 0;
    size_t existing = file_count(config->lfads_save_dir, config->checkpoint_name), total;

    if (config->max_epochs <= 0)
        epochs = unknown * every;
    total = size_min((size_t)config->max_ckpt_to_keep, epochs / every + 1) +
            size_min((size_t)config->max_ckpt_to_keep_lve, size_min(epochs, unknown)) + 1;
    return total - size_min(existing, total - 1); /* new checkpoints replace existing ones */
}

static enum lfads_status check_disk(const struct recorder *r, int64_t epoch,
                                    struct lfads_error *err)
{
    const struct lfads_config *config = r->run->config;

    return limits_check_disk(added_checkpoints(config, epoch) * checkpoint_bytes(r->run->model),
                             config->lfads_save_dir, "training",
                             "lower --max_ckpt_to_keep or --max_ckpt_to_keep_lve", err);
}

/* Removes the unfinished files of a killed training, but not those of sampling: another process may
 * be writing them. */
static void clear_staged(const struct lfads_config *config)
{
    const char *const prefixes[] = {config->checkpoint_name, "checkpoint", config->csv_log,
                                    "hyperparameters"};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (*prefixes[i])
            file_clear_staged(config->lfads_save_dir, prefixes[i]);
}

/* Sets PATH to that of the table in DIRECTORY. */
static enum lfads_status table_path(char path[FILE_PATH], const struct recorder *r,
                                    const char *directory, struct lfads_error *err)
{
    char name[FILE_PATH];

    snprintf(name, sizeof name, "%.1000s.csv", r->run->config->csv_log);
    return file_join(path, directory, name, err);
}

/* Sets the table's path, and moves aside the rows of EPOCH and later epochs. A new training needs
 * this, too: an earlier one may have been killed before its first checkpoint. */
static enum lfads_status prepare_table(struct recorder *r, int64_t epoch, int64_t step,
                                       struct lfads_error *err)
{
    const struct lfads_config *config = r->run->config;
    enum lfads_status status;

    if (!*config->csv_log)
        return LFADS_OK;
    status = table_path(r->costs.path, r, config->lfads_save_dir, err);
    return status == LFADS_OK ? fitlog_trim(r->costs.path, epoch, step, err) : status;
}

enum lfads_status recorder_prepare(struct recorder *recorder, int64_t epoch, int64_t step,
                                   struct lfads_error *err)
{
    struct recorder *r = recorder;
    enum lfads_status status;

    if (!r || r->in_memory)
        return LFADS_OK;
    clear_staged(r->run->config);
    status = check_disk(r, epoch, err);
    if (status == LFADS_OK)
        status = run_write_hyperparams(r->run, "train", err);
    if (status == LFADS_OK)
        status = run_hyperparams(&r->hyperparameters, r->run, err);
    return status == LFADS_OK ? prepare_table(r, epoch, step, err) : status;
}

enum lfads_status recorder_begin(struct recorder *recorder, struct lfads_error *err)
{
    char directory[FILE_PATH];
    enum lfads_status status;

    if (!recorder || recorder->in_memory || *recorder->events)
        return LFADS_OK;
    status = file_join(directory, recorder->run->config->lfads_save_dir, "lfads_log", err);
    if (status == LFADS_OK)
        status = events_create(recorder->events, directory, err);
    recorder->plot = example_plot_create(recorder->run);
    return status;
}

void recorder_line(const struct recorder *recorder, const char *format, ...)
{
    char text[1024];
    va_list words;

    if (!recorder)
        return;
    va_start(words, format);
    vsnprintf(text, sizeof text, format, words);
    va_end(words);
    run_line(recorder->run, "%s", text);
}

void recorder_warn(const struct recorder *recorder, const char *format, ...)
{
    char text[1024];
    va_list words;

    if (!recorder)
        return;
    va_start(words, format);
    vsnprintf(text, sizeof text, format, words);
    va_end(words);
    run_warn(recorder->run, "%s", text);
}

void recorder_ended(const struct recorder *recorder, const struct lfads_progress *progress)
{
    const struct lfads_callbacks *callbacks = recorder ? recorder->run->callbacks : NULL;

    if (callbacks && callbacks->progress)
        callbacks->progress(callbacks->payload, progress);
}

bool recorder_progress(const struct recorder *recorder, const struct lfads_progress *progress)
{
    return recorder && progress_report(recorder->run->callbacks, progress);
}

/* Reports the terminal's line and writes the table's row. */
static enum lfads_status record_costs(struct recorder *r, const struct epoch_record *record,
                                      struct lfads_error *err)
{
    char text[600];

    fitlog_line(text, sizeof text, &record->row);
    recorder_line(r, "%s", text);
    if (r->run->config->verbose)
        recorder_line(r,
                      "     %.1f s with validation, %.0f training trials/s, learning rate %g, "
                      "gradient norm %g",
                      record->seconds, record->trials / record->seconds, record->learning_rate,
                      record->gradient_norm);
    if (!*r->run->config->csv_log)
        return LFADS_OK;
    fitlog_csv(text, sizeof text, &record->row);
    return costs_rows_append(&r->costs, text, err);
}

enum lfads_status recorder_epoch(struct recorder *recorder, const struct epoch_record *record,
                                 struct lfads_error *err)
{
    enum lfads_status status;

    if (!recorder)
        return LFADS_OK;
    status = record_costs(recorder, record, err);
    return status == LFADS_OK && !recorder->in_memory
               ? log_events_epoch(recorder->events, recorder->run->model, record, err)
               : status;
}

static enum lfads_status write_checkpoint(const struct recorder *r, const char *directory,
                                          enum checkpoint_kind kind,
                                          const struct checkpoint *checkpoint,
                                          const struct param_vectors *vectors,
                                          struct lfads_error *err)
{
    const struct lfads_config *config = r->run->config;
    bool lowest = kind == CHECKPOINT_LOWEST;
    char name[FILE_PATH], path[FILE_PATH];
    enum lfads_status status;

    snprintf(name, sizeof name, "%s%s.ckpt-%" PRId64, config->checkpoint_name, lowest ? "_lve" : "",
             checkpoint->step);
    status = file_join(path, directory, name, err);
    if (status == LFADS_OK && *r->costs.path) /* the table's rows must reach the disk first */
        status = file_flush(r->costs.path, err);
    if (status == LFADS_OK)
        status = checkpoint_write(path, r->run->model, checkpoint, vectors, err);
    return status == LFADS_OK ? index_add(directory, lowest ? "checkpoint_lve" : "checkpoint", path,
                                          (size_t)(lowest ? config->max_ckpt_to_keep_lve
                                                          : config->max_ckpt_to_keep),
                                          err)
                              : status;
}

/* Keeps a copy in memory of the checkpoint of lowest validation cost. */
static enum lfads_status keep(struct recorder *r, const struct checkpoint *checkpoint,
                              const struct param_vectors *vectors, struct lfads_error *err)
{
    size_t bytes = r->run->model->size * sizeof(real);
    double *costs = malloc(checkpoint->n_costs * sizeof *costs + 1);

    if (!r->kept.parameters)
        r->kept = param_vectors_create(r->run->model);
    if (!r->kept.parameters || !costs) {
        free(costs);
        return lfads_fail(err, LFADS_NO_MEMORY,
                          "no memory for the parameters of lowest validation cost");
    }
    checkpoint_release(&r->lowest);
    r->lowest = *checkpoint;
    r->lowest.hyperparameters = NULL;
    r->lowest.costs = costs;
    if (checkpoint->n_costs)
        memcpy(costs, checkpoint->costs, checkpoint->n_costs * sizeof *costs);
    memcpy(r->kept.parameters, vectors->parameters, bytes);
    for (int i = 0; i < OPTIMIZER_SLOTS; i++)
        memcpy(r->kept.slots[i], vectors->slots[i], bytes);
    return LFADS_OK;
}

enum lfads_status recorder_checkpoint(struct recorder *recorder, enum checkpoint_kind kind,
                                      struct checkpoint *checkpoint,
                                      const struct param_vectors *vectors, struct lfads_error *err)
{
    struct recorder *r = recorder;

    if (!r)
        return LFADS_OK;
    if (r->in_memory)
        return kind == CHECKPOINT_LOWEST ? keep(r, checkpoint, vectors, err) : LFADS_OK;
    checkpoint->hyperparameters = r->hyperparameters;
    return write_checkpoint(r, r->run->config->lfads_save_dir, kind, checkpoint, vectors, err);
}

const struct checkpoint *recorder_lowest(struct param_vectors *vectors,
                                         const struct recorder *recorder)
{
    *vectors = recorder->kept;
    return recorder->kept.parameters ? &recorder->lowest : NULL;
}

/* Sets *TEXT to the hyperparameters of a run with this save directory. */
static enum lfads_status describe(char **text, const struct recorder *r, const char *directory,
                                  struct lfads_error *err)
{
    struct run there = *r->run;
    enum lfads_status status;

    *text = NULL;
    there.request.in_memory = false;
    there.config = config_copy(r->run->config);
    if (!there.config)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration");
    status = lfads_config_set(there.config, "lfads_save_dir", directory, err);
    if (status == LFADS_OK)
        status = run_hyperparams(text, &there, err);
    lfads_config_free(there.config);
    return status;
}

enum lfads_status recorder_export(struct recorder *recorder, const char *directory,
                                  enum checkpoint_kind kind, struct checkpoint *checkpoint,
                                  const struct param_vectors *vectors, struct lfads_error *err)
{
    char path[FILE_PATH], *text;
    enum lfads_status status = describe(&text, recorder, directory, err);

    if (status == LFADS_OK)
        status = table_path(path, recorder, directory, err);
    if (status == LFADS_OK)
        status = costs_rows_save(&recorder->costs, path, err);
    checkpoint->hyperparameters = text;
    if (status == LFADS_OK)
        status = write_checkpoint(recorder, directory, kind, checkpoint, vectors, err);
    checkpoint->hyperparameters = NULL;
    free(text);
    return status;
}

enum lfads_status recorder_refresh(struct recorder *recorder, struct lfads_error *err)
{
    struct recorder *r = recorder;
    char *text = NULL;
    enum lfads_status status;

    if (r->in_memory || !r->hyperparameters)
        return LFADS_OK;
    status = run_hyperparams(&text, r->run, err);
    if (status != LFADS_OK)
        return status;
    free(r->hyperparameters);
    r->hyperparameters = text;
    if (r->plot) {
        example_plot_free(r->plot);
        r->plot = example_plot_create(r->run);
    }
    return LFADS_OK;
}

enum lfads_status recorder_collect_picture(struct recorder *recorder, bool wait,
                                           struct lfads_error *err)
{
    return recorder ? example_plot_collect(recorder->plot, recorder->events, wait, err) : LFADS_OK;
}

bool recorder_wants_picture(const struct recorder *recorder, int64_t step, bool last)
{
    return recorder && example_plot_is_due(recorder->plot, step, last);
}

void recorder_begin_picture(struct recorder *recorder, const real *parameters, int64_t step)
{
    if (recorder)
        example_plot_begin(recorder->plot, parameters, step);
}
