/* model_handle.c - creates models in memory and tells what they are.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/model_handle.h"

#include <stdlib.h>
#include <string.h>

#include "base/progress.h"
#include "base/sized.h"
#include "run/parameters.h"

static enum lfads_status open_run(struct lfads_model *m, const struct trained *trained,
                                  const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    enum lfads_status status = run_open_request(
        &m->run,
        &(struct run_request){
            .config = m->given, .use = RUN_MODEL, .callbacks = callbacks, .trained = trained},
        err);

    if (status != LFADS_OK)
        return status;
    m->parameters = calloc(m->run->model->size, sizeof *m->parameters);
    if (!m->parameters)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu parameters",
                          model_parameters(m->run->model));
    status = run_read_parameters(m->run, &(struct param_vectors){.parameters = m->parameters}, err);
    m->run->callbacks = NULL; /* what the run had of the caller's lives no longer */
    m->self = (struct trained){
        .checkpoint = &m->run->checkpoint, .model = m->run->model, .parameters = m->parameters};
    m->run->request.trained = &m->self;
    return status;
}

enum lfads_status model_handle_create(struct lfads_model **out, const struct lfads_config *config,
                                      const struct trained *trained,
                                      const struct lfads_callbacks *callbacks,
                                      struct lfads_error *err)
{
    struct lfads_model *m = calloc(1, sizeof *m);
    enum lfads_status status;

    *out = NULL;
    if (m)
        m->given = config_copy(config);
    status = m && m->given ? open_run(m, trained, callbacks, err)
                           : lfads_fail(err, LFADS_NO_MEMORY, "no memory for a model");
    if (status != LFADS_OK) {
        lfads_model_free(m);
        return status;
    }
    *out = m;
    return LFADS_OK;
}

enum lfads_status lfads_model_open(struct lfads_model **out, const struct lfads_config *config,
                                   const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct lfads_callbacks own;
    enum lfads_status status;

    if (out)
        *out = NULL;
    if (!out || !config)
        return lfads_fail_null(err, "lfads_model_open", out ? "config" : "out");
    status = callbacks_take(&own, &callbacks, "lfads_model_open", err);
    return status == LFADS_OK ? model_handle_create(out, config, NULL, callbacks, err) : status;
}

void lfads_model_free(struct lfads_model *model)
{
    if (!model)
        return;
    run_close(model->run);
    free(model->parameters);
    lfads_config_free(model->given);
    free(model);
}

enum lfads_status model_handle_find(size_t *index, const struct lfads_model *model,
                                    const char *name, const char *call, struct lfads_error *err)
{
    const struct model *m = model->run->model;

    for (*index = 0; name && *index < m->n_sessions; ++*index)
        if (strcmp(m->sessions[*index].name, name) == 0)
            return LFADS_OK;
    return name ? lfads_fail(err, LFADS_USAGE, "%s: the model has no session %.300s", call, name)
                : LFADS_OK;
}

enum lfads_status lfads_model_get_shape(const struct lfads_model *model,
                                        struct lfads_model_shape *shape, struct lfads_error *err)
{
    struct lfads_model_shape full = {.size = sizeof full};
    const struct model *m;

    if (!model || !shape)
        return lfads_fail_null(err, "lfads_model_get_shape", model ? "shape" : "model");
    m = model->run->model;
    full.sessions = m->n_sessions;
    full.parameters = m->n_params;
    full.bins = m->data_bins;
    full.encoded_bins = m->encoded_bins;
    full.ext_inputs = m->ext_inputs;
    full.factors = m->factors;
    full.generator_units = m->gen_units;
    full.initial_conditions = m->ic_dim;
    full.inferred_inputs = m->co_dim;
    full.step = model->run->checkpoint.step;
    full.epoch = model->run->checkpoint.epoch;
    full.seed = model->run->seed;
    return sized_fill(shape, &full, sizeof full, "lfads_model_get_shape", err);
}

enum lfads_status lfads_model_session(const struct lfads_model *model, size_t index,
                                      struct lfads_session *out, struct lfads_error *err)
{
    struct lfads_session full = {.size = sizeof full};
    const struct model *m;

    if (!model || !out)
        return lfads_fail_null(err, "lfads_model_session", model ? "out" : "model");
    m = model->run->model;
    if (index >= m->n_sessions)
        return lfads_fail(err, LFADS_USAGE,
                          "lfads_model_session: there is no session number %zu, there are %zu",
                          index, m->n_sessions);
    full.name = m->sessions[index].name;
    full.channels = m->sessions[index].channels;
    full.heldout = m->sessions[index].heldout;
    return sized_fill(out, &full, sizeof full, "lfads_model_session", err);
}

const char *lfads_model_get(struct lfads_model *model, const char *name)
{
    return model ? lfads_config_get(model->run->config, name) : NULL;
}

enum lfads_status lfads_model_parameter(const struct lfads_model *model, size_t index,
                                        struct lfads_parameter *out, struct lfads_error *err)
{
    return model ? parameters_describe(out, model->run->model, index, "lfads_model_parameter", err)
                 : lfads_fail_null(err, "lfads_model_parameter", "model");
}

enum lfads_status lfads_model_get_parameter(const struct lfads_model *model, const char *name,
                                            float *values, size_t count, struct lfads_error *err)
{
    return model ? parameters_get(values, count, model->run->model, model->parameters, name,
                                  "lfads_model_get_parameter", err)
                 : lfads_fail_null(err, "lfads_model_get_parameter", "model");
}

enum lfads_status lfads_model_set_parameter(struct lfads_model *model, const char *name,
                                            const float *values, size_t count,
                                            struct lfads_error *err)
{
    return model ? parameters_set(model->parameters, model->run->model, name, values, count,
                                  "lfads_model_set_parameter", err)
                 : lfads_fail_null(err, "lfads_model_set_parameter", "model");
}
