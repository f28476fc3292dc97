/* checkpoint.c - reads and writes checkpoint files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "save/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h5/h5.h"
#include "save/checksum_header.h"
#include "save/tensorflow_checkpoint.h"
#include "tensorflow/bundle.h"

enum { VERSION = 1 };

static const struct h5_storage checked = {.checksum = true};

void checkpoint_flat_name(char *flat, size_t size, const char *name)
{
    snprintf(flat, size, "%s", name);
    for (char *c = flat; *c; c++)
        if (*c == '/')
            *c = '_';
}

static enum lfads_status write_params(struct h5_file *file, const struct model *model,
                                      const real *vector, const char *suffix,
                                      struct lfads_error *err)
{
    for (size_t i = 0; i < model->n_params; i++) {
        const struct param *p = &model->params[i];
        size_t dims[2] = {p->rows, p->cols};
        char flat[400], name[420];
        enum lfads_status status;

        checkpoint_flat_name(flat, sizeof flat, p->name);
        snprintf(name, sizeof name, "%s%s", flat, suffix);
        status = h5_write(file, name, H5_FLOAT32, 2, dims, vector + p->offset, &checked, err);
        if (status != LFADS_OK)
            return status;
    }
    return LFADS_OK;
}

/* The scalars: one table for writing and reading. */
struct scalar {
    const char *name;
    enum h5_type type;
    size_t offset;
};

static const struct scalar scalars[] = {
    {"step", H5_INT64, offsetof(struct checkpoint, step)},
    {"epoch", H5_INT64, offsetof(struct checkpoint, epoch)},
    {"batches", H5_INT64, offsetof(struct checkpoint, batches)},
    {"seed", H5_INT64, offsetof(struct checkpoint, seed)},
    {"recorded", H5_INT64, offsetof(struct checkpoint, recorded)},
    {"learning_rate", H5_FLOAT64, offsetof(struct checkpoint, learning_rate)},
    {"lowest_valid", H5_FLOAT64, offsetof(struct checkpoint, lowest_valid)},
};
enum { SCALARS = sizeof scalars / sizeof scalars[0] };

static enum lfads_status write_state(struct h5_file *file, const struct checkpoint *checkpoint,
                                     struct lfads_error *err)
{
    static const size_t one = 1, sums = CHECKPOINT_SUMS, schedule = CHECKPOINT_SCHEDULE;
    const int64_t version = VERSION;
    enum lfads_status status =
        h5_write(file, "version", H5_INT64, 1, &one, &version, &checked, err);

    /* vectors of one number, because HDF5 does not checksum scalars */
    for (size_t i = 0; i < SCALARS && status == LFADS_OK; i++)
        status = h5_write(file, scalars[i].name, scalars[i].type, 1, &one,
                          (const char *)checkpoint + scalars[i].offset, &checked, err);
    if (status == LFADS_OK)
        status = h5_write(file, "sums", H5_FLOAT64, 1, &sums, checkpoint->sums, &checked, err);
    if (status == LFADS_OK)
        status = h5_write(file, "schedule", H5_FLOAT64, 1, &schedule, checkpoint->schedule,
                          &checked, err);
    if (status == LFADS_OK)
        status = h5_write(file, "costs", H5_FLOAT64, 1, &checkpoint->n_costs, checkpoint->costs,
                          &checked, err);
    if (status == LFADS_OK)
        status = h5_write_text(file, "hyperparameters", checkpoint->hyperparameters, err);
    return status;
}

size_t checkpoint_bytes(const struct model *model)
{
    const size_t fixed = 1 << 17,
                 per_set = 1 << 10; /* hyperparameters and tables; header of a data set */

    return fixed +
           PARAM_VECTORS * (model->n_params * per_set + model_parameters(model) * sizeof(float));
}

enum lfads_status checkpoint_write(const char *path, const struct model *model,
                                   const struct checkpoint *checkpoint,
                                   const struct param_vectors *vectors, struct lfads_error *err)
{
    char temp[FILE_PATH];
    struct h5_file file = {.id = 0};
    enum lfads_status status = file_stage(temp, path, err), closed;

    if (status == LFADS_OK)
        status = h5_create(&file, temp, CHECKSUM_HEADER_BYTES, err);
    if (status != LFADS_OK)
        return status;
    status = write_state(&file, checkpoint, err);
    if (status == LFADS_OK)
        status = write_params(&file, model, vectors->parameters, "", err);
    for (int i = 0; i < OPTIMIZER_SLOTS && status == LFADS_OK; i++)
        status = write_params(&file, model, vectors->slots[i],
                              optimizer_slot_suffix((enum optimizer_slot)i), err);
    closed = h5_close(&file, status == LFADS_OK ? err : NULL);
    if (status == LFADS_OK)
        status = closed;
    if (status == LFADS_OK)
        status = checksum_header_write(temp, err);
    if (status != LFADS_OK) {
        file_discard(temp);
        return status;
    }
    return file_commit(temp, path, err);
}

static enum lfads_status read_costs(struct checkpoint *checkpoint, const struct h5_file *file,
                                    struct lfads_error *err)
{
    struct h5_shape shape;
    enum lfads_status status = h5_shape(&shape, file, "costs", err);

    if (status != LFADS_OK)
        return status;
    if (shape.rank != 1 || shape.count > 1000000)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: the recorded costs are damaged", file->path);
    checkpoint->n_costs = shape.count;
    checkpoint->costs = calloc(shape.count + 1, sizeof *checkpoint->costs);
    if (!checkpoint->costs)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    return h5_read(checkpoint->costs, H5_FLOAT64, file, "costs", shape.count, err);
}

/* The checksum shows that the file is undamaged, not that this program wrote it. Training continues
 * from these numbers, so they must be in range. */
static enum lfads_status check_scalar(const struct checkpoint *checkpoint,
                                      const struct scalar *scalar, const char *path,
                                      struct lfads_error *err)
{
    const void *value = (const char *)checkpoint + scalar->offset;
    int64_t number;
    double real_number;

    if (scalar->type == H5_INT64) {
        memcpy(&number, value, sizeof number);
        if (checkpoint_is_counter(number) ||
            (number >= 0 && scalar->offset == offsetof(struct checkpoint, seed)))
            return LFADS_OK;
        return lfads_fail(err, LFADS_BAD_DATA, "%s: its %s is %lld: it is damaged", path,
                          scalar->name, (long long)number);
    }
    memcpy(&real_number, value, sizeof real_number);
    return isnan(real_number) ? lfads_fail(err, LFADS_BAD_DATA,
                                           "%s: its %s is no number: it is "
                                           "damaged",
                                           path, scalar->name)
                              : LFADS_OK;
}

static enum lfads_status read_state(struct checkpoint *checkpoint, const struct h5_file *file,
                                    struct lfads_error *err)
{
    int64_t version = 0;
    enum lfads_status status;

    status = h5_read(&version, H5_INT64, file, "version", 1, err);
    if (status == LFADS_OK && version != VERSION)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s is a checkpoint of version %lld, and this program reads version %d",
                          file->path, (long long)version, VERSION);
    for (size_t i = 0; i < SCALARS && status == LFADS_OK; i++)
        status = h5_read((char *)checkpoint + scalars[i].offset, scalars[i].type, file,
                         scalars[i].name, 1, err);
    if (status == LFADS_OK)
        status = h5_read(checkpoint->sums, H5_FLOAT64, file, "sums", CHECKPOINT_SUMS, err);
    checkpoint->has_schedule = h5_has(file, "schedule");
    if (status == LFADS_OK && checkpoint->has_schedule)
        status =
            h5_read(checkpoint->schedule, H5_FLOAT64, file, "schedule", CHECKPOINT_SCHEDULE, err);
    if (status == LFADS_OK)
        status = read_costs(checkpoint, file, err);
    if (status == LFADS_OK)
        status = h5_read_text(&checkpoint->hyperparameters, file, "hyperparameters", err);
    for (size_t i = 0; i < SCALARS && status == LFADS_OK; i++)
        status = check_scalar(checkpoint, &scalars[i], file->path, err);
    return status;
}

/* Opens the checkpoint at PATH if its checksum is right: HDF5 must not read a damaged file. */
static enum lfads_status open_checked(struct h5_file *file, const char *path,
                                      struct lfads_error *err)
{
    enum lfads_status status = checksum_header_check(path, err);

    return status == LFADS_OK ? h5_open(file, path, err) : status;
}

enum lfads_status checkpoint_read(struct checkpoint *checkpoint, const char *path,
                                  struct lfads_error *err)
{
    struct h5_file file;
    enum lfads_status status;

    if (bundle_exists(path))
        return tensorflow_checkpoint_read(checkpoint, path, err);
    *checkpoint = (struct checkpoint){.step = 0};
    status = open_checked(&file, path, err);
    if (status != LFADS_OK)
        return status;
    status = read_state(checkpoint, &file, err);
    h5_close(&file, NULL);
    return status;
}

/* Reads the vector whose data sets have SUFFIX in their names. */
static enum lfads_status read_params(real *vector, const struct h5_file *file,
                                     const struct model *model, const char *suffix, bool *fresh,
                                     struct lfads_error *err)
{
    for (size_t i = 0; i < model->n_params; i++) {
        const struct param *p = &model->params[i];
        char flat[400], name[420];
        struct h5_shape shape;
        bool unknown;
        enum lfads_status status;

        checkpoint_flat_name(flat, sizeof flat, p->name);
        snprintf(name, sizeof name, "%s%s", flat, suffix);
        unknown = p->session != PARAM_SHARED && !h5_has(file, name);
        if (unknown && fresh) {
            fresh[p->session] = true;
            continue;
        }
        if (unknown)
            return checkpoint_lacks_session(file->path, model, p->session, err);
        status = h5_shape(&shape, file, name, err);
        if (status != LFADS_OK)
            return status;
        if (shape.rank != 2 || shape.dims[0] != p->rows || shape.dims[1] != p->cols)
            return checkpoint_has_other_shape(file->path, p, err);
        status =
            h5_read(vector + p->offset, sizeof(real) == sizeof(float) ? H5_FLOAT32 : H5_FLOAT64,
                    file, name, shape.count, err);
        if (status != LFADS_OK)
            return status;
    }
    return LFADS_OK;
}

enum lfads_status checkpoint_read_parameters(const struct param_vectors *vectors, const char *path,
                                             const struct model *model, bool *fresh,
                                             struct lfads_error *err)
{
    struct h5_file file;
    enum lfads_status status;

    if (bundle_exists(path))
        return tensorflow_checkpoint_read_parameters(vectors, path, model, fresh, err);
    status = open_checked(&file, path, err);
    if (status != LFADS_OK)
        return status;
    status = read_params(vectors->parameters, &file, model, "", fresh, err);
    for (int i = 0; i < OPTIMIZER_SLOTS && status == LFADS_OK; i++)
        if (vectors->slots[i])
            status = read_params(vectors->slots[i], &file, model,
                                 optimizer_slot_suffix((enum optimizer_slot)i), fresh, err);
    h5_close(&file, NULL);
    return status;
}

enum lfads_status checkpoint_has(bool *has, const char *path, const char *name,
                                 struct lfads_error *err)
{
    char flat[400];
    struct h5_file file;
    enum lfads_status status;

    if (bundle_exists(path))
        return tensorflow_checkpoint_has(has, path, name, err);
    status = open_checked(&file, path, err);
    if (status != LFADS_OK)
        return status;
    checkpoint_flat_name(flat, sizeof flat, name);
    *has = h5_has(&file, flat);
    h5_close(&file, NULL);
    return LFADS_OK;
}
