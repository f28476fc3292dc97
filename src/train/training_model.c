/* training_model.c - what a training has learned, for the callers of the library: parameters, and
 * the model in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "run/model_handle.h"
#include "run/parameters.h"
#include "train/training_handle.h"

size_t lfads_training_parameters(const struct lfads_training *training)
{
    return training ? training->run->model->n_params : 0;
}

enum lfads_status lfads_training_parameter(const struct lfads_training *training, size_t index,
                                           struct lfads_parameter *out, struct lfads_error *err)
{
    const char *call = "lfads_training_parameter";

    return training ? parameters_describe(out, training->run->model, index, call, err)
                    : lfads_fail_null(err, call, "training");
}

enum lfads_status lfads_training_get_parameter(const struct lfads_training *training,
                                               const char *name, float *values, size_t count,
                                               struct lfads_error *err)
{
    const char *call = "lfads_training_get_parameter";
    struct param_vectors vectors;
    enum lfads_status status = training ? training_vectors(&vectors, training->training, err)
                                        : lfads_fail_null(err, call, "training");

    return status == LFADS_OK ? parameters_get(values, count, training->run->model,
                                               vectors.parameters, name, call, err)
                              : status;
}

enum lfads_status lfads_training_set_parameter(struct lfads_training *training, const char *name,
                                               const float *values, size_t count,
                                               struct lfads_error *err)
{
    const char *call = "lfads_training_set_parameter";
    struct param_vectors vectors;
    enum lfads_status status = training ? training_vectors(&vectors, training->training, err)
                                        : lfads_fail_null(err, call, "training");

    if (status == LFADS_OK)
        status = parameters_set(vectors.parameters, training->run->model, name, values, count, call,
                                err);
    if (status == LFADS_OK)
        training_vectors_changed(training->training);
    return status;
}

/* ---- the model ---- */

/* Sets *OUT to flags of a run beside that of the training; the caller frees it. */
static enum lfads_status flags_of(struct lfads_config **out, const struct run *run,
                                  struct lfads_error *err)
{
    static const char *const names[] = {"device", "precision", "threads"};
    enum lfads_status status = lfads_config_create(out, err);

    for (size_t i = 0; i < sizeof names / sizeof names[0] && status == LFADS_OK; i++) {
        const struct flag *flag = &config_table()->flags[flag_find(config_table(), names[i])];
        char text[256];

        flag_text(text, sizeof text, run->config, flag);
        if (run->config->given[flag - config_table()->flags])
            status = lfads_config_set(*out, names[i], text, err);
    }
    return status;
}

static enum lfads_status copy_model(struct lfads_model **out, const struct lfads_training *h,
                                    const struct checkpoint *state,
                                    const struct param_vectors *vectors, struct lfads_error *err)
{
    struct checkpoint checkpoint = *state;
    struct trained trained = {
        .checkpoint = &checkpoint, .model = h->run->model, .parameters = vectors->parameters};
    struct lfads_config *config = NULL;
    char *text = NULL;
    enum lfads_status status = run_hyperparams(&text, h->run, err);

    checkpoint.hyperparameters = text;
    if (status == LFADS_OK)
        status = flags_of(&config, h->run, err);
    if (status == LFADS_OK)
        status = model_handle_create(out, config, &trained, NULL, err);
    lfads_config_free(config);
    free(text);
    return status;
}

/* Reads the model of lowest validation cost from the save directory; *OUT stays NULL if there is
 * none. */
static enum lfads_status read_lowest(struct lfads_model **out, const struct lfads_training *h,
                                     struct lfads_error *err)
{
    const char *directory = h->run->config->lfads_save_dir;
    struct lfads_config *config = NULL;
    char path[FILE_PATH];
    enum lfads_status status = file_join(path, directory, "checkpoint_lve", err);

    if (status != LFADS_OK || !file_exists(path))
        return status;
    status = flags_of(&config, h->run, err);
    if (status == LFADS_OK)
        status = lfads_config_set(config, "lfads_save_dir", directory, err);
    if (status == LFADS_OK)
        status = lfads_config_set(config, "checkpoint_pb_load_name", "checkpoint_lve", err);
    if (status == LFADS_OK)
        status = model_handle_create(out, config, NULL, NULL, err);
    lfads_config_free(config);
    return status;
}

enum lfads_status lfads_model_create(struct lfads_model **out,
                                     const struct lfads_training *training, enum lfads_which which,
                                     struct lfads_error *err)
{
    const struct lfads_training *h = training;
    const struct checkpoint *lowest = NULL;
    struct checkpoint latest;
    struct param_vectors vectors;
    enum lfads_status status = LFADS_OK;

    if (out)
        *out = NULL;
    if (!out || !h)
        return lfads_fail_null(err, "lfads_model_create", out ? "training" : "out");
    if (which != LFADS_LATEST && which != LFADS_LOWEST)
        return lfads_fail(err, LFADS_USAGE,
                          "lfads_model_create: which is %d: it takes LFADS_LATEST and LFADS_LOWEST",
                          (int)which);
    if (which == LFADS_LOWEST)
        lowest = recorder_lowest(&vectors, h->recorder);
    if (lowest)
        return copy_model(out, h, lowest, &vectors, err);
    if (which == LFADS_LOWEST && !h->run->request.in_memory)
        status = read_lowest(out, h, err);
    if (status != LFADS_OK || *out)
        return status;
    status = training_collect(&latest, &vectors, h->training, err);
    return status == LFADS_OK ? copy_model(out, h, &latest, &vectors, err) : status;
}
