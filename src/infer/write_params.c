/* write_params.c - writes every parameter, optimizer slot and learning state to one HDF5 file,
 * under the original's names (files.md, "Parameters"). The entry point is lfads_write_params of the
 * public header. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "base/progress.h"
#include "config/kinds.h"
#include "h5/h5.h"
#include "learn/optimizer.h"
#include "run/run.h"

static enum lfads_status write_row(struct h5_file *file, const struct param *param,
                                   const char *prefix, const char *suffix, const real *vector,
                                   struct lfads_error *err)
{
    size_t dims[2] = {param->rows, param->cols};
    char flat[400], name[440];

    checkpoint_flat_name(flat, sizeof flat, param->name);
    snprintf(name, sizeof name, "%s%s%s:0", prefix, flat, suffix);
    return h5_write(file, name, H5_FLOAT32, 2, dims, vector + param->offset, NULL, err);
}

/* Slots' names have the prefix twice, as in TensorFlow's scopes. */
static enum lfads_status write_rows(struct h5_file *file, const struct model *model,
                                    const struct param_vectors *vectors, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < model->n_params && status == LFADS_OK; i++) {
        const struct param *p = &model->params[i];

        status = write_row(file, p, "", "", vectors->parameters, err);
        for (int slot = 0; slot < OPTIMIZER_SLOTS && p->trained && status == LFADS_OK; slot++)
            status = write_row(file, p, "LFADS_", optimizer_slot_suffix((enum optimizer_slot)slot),
                               vectors->slots[slot], err);
    }
    return status;
}

static enum lfads_status write_scalars(struct h5_file *file, const struct run *p,
                                       struct lfads_error *err)
{
    const struct checkpoint *checkpoint = &p->checkpoint;
    const struct lfads_config *config = p->config;
    const double updates = (double)checkpoint->step + 1;
    const struct {
        const char *name;
        float value;
    } numbers[] = {
        {"LFADS_learning_rate:0", (float)checkpoint->learning_rate},
        {"LFADS_beta1_power:0", (float)pow(config->adam_beta1, updates)},
        {"LFADS_beta2_power:0", (float)pow(config->adam_beta2, updates)},
    };
    enum lfads_status status =
        h5_write(file, "LFADS_global_step:0", H5_INT64, 0, NULL, &checkpoint->step, NULL, err);

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && status == LFADS_OK; i++)
        status = h5_write(file, numbers[i].name, H5_FLOAT32, 0, NULL, &numbers[i].value, NULL, err);
    return status;
}

static enum lfads_status write_file(const struct run *p, const struct param_vectors *vectors,
                                    struct lfads_error *err)
{
    const char *stem = p->config->output_filename_stem;
    char name[FILE_PATH], path[FILE_PATH];
    struct h5_file file = {.id = 0};
    enum lfads_status status;

    snprintf(name, sizeof name, "%.3000s%smodel_params", stem, *stem ? "_" : "");
    status = run_output_path(path, p->config, name, err);
    if (status == LFADS_OK)
        status = run_make_directory_of(path, p->config, err);
    if (status == LFADS_OK)
        status = h5_begin(&file, path, err);
    if (status != LFADS_OK)
        return status;
    status = write_rows(&file, p->model, vectors, err);
    if (status == LFADS_OK)
        status = write_scalars(&file, p, err);
    status = h5_finish(&file, status, err);
    if (status == LFADS_OK)
        run_line(p, "Wrote %s", path);
    return status;
}

enum lfads_status lfads_write_params(const struct lfads_config *config,
                                     const struct lfads_callbacks *callbacks,
                                     struct lfads_error *err)
{
    struct run *p;
    struct lfads_callbacks own;
    struct param_vectors vectors;
    enum lfads_status status = callbacks_take(&own, &callbacks, "lfads_write_params", err);

    if (status == LFADS_OK)
        status = run_open(&p, config, RUN_MODEL, callbacks, err);
    if (status != LFADS_OK)
        return status;
    run_report_unused(p, KIND_WRITE_PARAMS);
    vectors = param_vectors_create(p->model);
    status = vectors.parameters ? run_read_parameters(p, &vectors, err)
                                : lfads_fail(err, LFADS_NO_MEMORY, "no memory for the parameters");
    if (status == LFADS_OK)
        status = run_write_hyperparams(p, "write_model_params", err);
    if (status == LFADS_OK)
        status = write_file(p, &vectors, err);
    param_vectors_free(&vectors);
    run_close(p);
    return status;
}
