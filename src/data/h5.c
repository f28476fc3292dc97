/* h5.c - opening and reading HDF5 files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/h5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/h5_output.h"
#include "data/h5_private.h"

static enum lfads_status remember(struct h5_file *file, const char *path, struct lfads_error *err)
{
    file->id = 0;
    file->temp[0] = 0;
    file->output = NULL;
    if (snprintf(file->path, sizeof file->path, "%s", path) >= (int)sizeof file->path)
        return lfads_fail(err, LFADS_IO, "the path %.200s is too long", path);
    return LFADS_OK;
}

enum lfads_status h5_open(struct h5_file *file, const char *path, struct lfads_error *err)
{
    struct quiet quiet;
    FILE *plain;
    hid_t id;

    if (remember(file, path, err) != LFADS_OK)
        return LFADS_IO;
    plain = fopen(path, "rb"); /* for the system's reason, which HDF5 hides */
    if (!plain)
        return lfads_fail(err, LFADS_IO, "can't read %s: %m", path);
    fclose(plain);
    quiet = quiet_begin();
    id = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    quiet_end(&quiet);
    if (id < 0)
        return lfads_fail(err, LFADS_BAD_DATA, "%s is no HDF5 file, or it is damaged or cut short",
                          path);
    file->id = id;
    return LFADS_OK;
}

enum lfads_status h5_create(struct h5_file *file, const char *path, size_t reserved,
                            struct lfads_error *err)
{
    struct quiet quiet;
    hid_t list, output;

    if (remember(file, path, err) != LFADS_OK)
        return LFADS_IO;
    file->output = calloc(1, sizeof *file->output);
    if (!file->output)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", path);
    quiet = quiet_begin();
    list = H5Pcreate(H5P_FILE_CREATE);
    output = h5_output_begin(file->output);
    H5Pset_userblock(list, reserved);
    file->id = H5Fcreate(path, H5F_ACC_TRUNC, list, output);
    H5Pclose(list);
    H5Pclose(output);
    quiet_end(&quiet);
    if (file->id >= 0 && file->output->reason == 0)
        return LFADS_OK;
    file->id = file->id < 0 ? 0 : file->id;
    h5_close(file, err);
    return LFADS_IO;
}

enum lfads_status h5_write_failed(const struct h5_file *file, const char *what,
                                  struct lfads_error *err)
{
    int reason = file->output ? file->output->reason : 0;

    return lfads_fail(err, LFADS_IO, "can't write %s%s%s: %s", what ? what : "", what ? " to " : "",
                      file->path, reason ? strerror(reason) : "HDF5 does not say why");
}

enum lfads_status h5_close(struct h5_file *file, struct lfads_error *err)
{
    struct quiet quiet = quiet_begin();
    hid_t id = file->id;
    enum lfads_status status;
    bool fine = !file->output || id > 0;

    file->id = 0;
    if (id > 0)
        fine = H5Fclose(id) >= 0;
    if (file->output) {
        h5_output_end(file->output);
        fine = fine && file->output->reason == 0;
    }
    quiet_end(&quiet);
    status = fine ? LFADS_OK : h5_write_failed(file, NULL, err);
    free(file->output);
    file->output = NULL;
    return status;
}

bool h5_has(const struct h5_file *file, const char *name)
{
    struct quiet quiet = quiet_begin();
    H5L_info_t info;
    /* links that lead out of the file are not followed */
    bool has = H5Lget_info(file->id, name, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;

    quiet_end(&quiet);
    return has;
}

/* The data set and its space, or negative. */
struct handles {
    hid_t set, space, type;
};

static void close_handles(const struct handles *h)
{
    if (h->type >= 0)
        H5Tclose(h->type);
    if (h->space >= 0)
        H5Sclose(h->space);
    if (h->set >= 0)
        H5Dclose(h->set);
}

static struct handles open_set(const struct h5_file *file, const char *name)
{
    struct handles h = {-1, -1, -1};

    h.set = h5_has(file, name) ? H5Dopen2(file->id, name, H5P_DEFAULT) : -1;
    if (h.set >= 0) {
        h.space = H5Dget_space(h.set);
        h.type = H5Dget_type(h.set);
    }
    return h;
}

/* Whether the numbers lie in this file: in one piece, in chunks or with the header. */
static bool is_plain(hid_t set)
{
    hid_t list = H5Dget_create_plist(set);
    bool plain =
        list >= 0 && H5Pget_layout(list) != H5D_VIRTUAL && H5Pget_external_count(list) == 0;

    if (list >= 0)
        H5Pclose(list);
    return plain;
}

/* Sets the shape; false for one that memory could not hold. */
static bool get_shape(struct h5_shape *shape, const struct handles *h)
{
    hsize_t dims[H5S_MAX_RANK] = {0};
    int rank = H5Sget_simple_extent_ndims(h->space);
    H5T_class_t class = H5Tget_class(h->type);

    *shape = (struct h5_shape){.count = 1,
                               .numeric = class == H5T_INTEGER || class == H5T_FLOAT,
                               .whole = class == H5T_INTEGER};
    if (rank < 0 || rank > H5_MOST_RANK || H5Sget_simple_extent_dims(h->space, dims, NULL) < 0)
        return false;
    shape->rank = (size_t)rank;
    for (int i = 0; i < rank; i++) {
        shape->dims[i] = (size_t)dims[i];
        if (__builtin_mul_overflow(shape->count, shape->dims[i], &shape->count) ||
            shape->count > SIZE_MAX / 16)
            return false;
    }
    return true;
}

enum lfads_status h5_shape(struct h5_shape *shape, const struct h5_file *file, const char *name,
                           struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;
    struct quiet quiet = quiet_begin();
    struct handles h = open_set(file, name);

    if (h.set < 0 || h.space < 0 || h.type < 0)
        status = lfads_fail(err, LFADS_BAD_DATA, "%s: there is no data set %s", file->path, name);
    else if (!is_plain(h.set))
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s: %s lies in other files: copy it into this one", file->path, name);
    else if (!get_shape(shape, &h))
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s: %s has more than %d axes, or is larger than any memory",
                            file->path, name, H5_MOST_RANK);
    close_handles(&h);
    quiet_end(&quiet);
    return status;
}

enum lfads_status h5_read_rows(void *values, enum h5_type type, const struct h5_file *file,
                               const char *name, size_t first, size_t rows, struct lfads_error *err)
{
    struct h5_shape shape;
    enum lfads_status status = h5_shape(&shape, file, name, err);
    struct quiet quiet;
    struct handles h;
    hid_t memory = -1;
    bool fine = false;

    if (status != LFADS_OK)
        return status;
    if (!shape.numeric)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s does not hold numbers", file->path, name);
    quiet = quiet_begin();
    h = open_set(file, name);
    if (shape.rank == 0) {
        fine = H5Dread(h.set, memory_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
    } else if (rows > 0) {
        hsize_t start[H5_MOST_RANK] = {first}, count[H5_MOST_RANK] = {rows};

        for (size_t i = 1; i < shape.rank; i++)
            count[i] = shape.dims[i];
        memory = H5Screate_simple((int)shape.rank, count, NULL);
        fine = memory >= 0 &&
               H5Sselect_hyperslab(h.space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
               H5Dread(h.set, memory_type(type), memory, h.space, H5P_DEFAULT, values) >= 0;
    } else {
        fine = true;
    }
    if (memory >= 0)
        H5Sclose(memory);
    close_handles(&h);
    quiet_end(&quiet);
    return fine ? LFADS_OK
                : lfads_fail(err, LFADS_BAD_DATA, "%s: %s can't be read: the file is damaged",
                             file->path, name);
}

enum lfads_status h5_read(void *values, enum h5_type type, const struct h5_file *file,
                          const char *name, size_t count, struct lfads_error *err)
{
    struct h5_shape shape;
    enum lfads_status status = h5_shape(&shape, file, name, err);

    if (status != LFADS_OK)
        return status;
    if (shape.count != count)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s holds %zu numbers, and %zu are expected",
                          file->path, name, shape.count, count);
    return h5_read_rows(values, type, file, name, 0, shape.rank ? shape.dims[0] : 1, err);
}

enum lfads_status h5_read_text(char **text, const struct h5_file *file, const char *name,
                               struct lfads_error *err)
{
    struct h5_shape shape;
    enum lfads_status status = h5_shape(&shape, file, name, err);
    struct quiet quiet = quiet_begin();
    struct handles h = open_set(file, name);
    bool fine = status == LFADS_OK && shape.rank == 0 && H5Tget_class(h.type) == H5T_STRING &&
                H5Tis_variable_str(h.type) == 0 && H5Tget_size(h.type) < (1u << 24);

    *text = fine ? calloc(H5Tget_size(h.type) + 1, 1) : NULL;
    fine = *text && H5Dread(h.set, h.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, *text) >= 0;
    close_handles(&h);
    quiet_end(&quiet);
    if (fine)
        return LFADS_OK;
    free(*text);
    *text = NULL;
    return status != LFADS_OK ? status
                              : lfads_fail(err, LFADS_BAD_DATA,
                                           "%s: %s is no text, or it is damaged", file->path, name);
}
