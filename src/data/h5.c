/* h5.c - opening, reading and writing HDF5 files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/h5.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/h5_chunks.h"

/* HDF5 prints its errors by default; ours are returned. The setting is restored, for a program may
 * use HDF5 besides. */
struct quiet {
    H5E_auto2_t print;
    void *payload;
};

static struct quiet quiet_begin(void)
{
    struct quiet quiet;

    H5Eget_auto2(H5E_DEFAULT, &quiet.print, &quiet.payload);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return quiet;
}

static void quiet_end(const struct quiet *quiet)
{
    H5Eset_auto2(H5E_DEFAULT, quiet->print, quiet->payload);
}

static hid_t memory_type(enum h5_type type)
{
    switch (type) {
    case H5_FLOAT32:
        return H5T_NATIVE_FLOAT;
    case H5_FLOAT64:
        return H5T_NATIVE_DOUBLE;
    case H5_INT64:
        return H5T_NATIVE_INT64;
    }
    return -1;
}

static hid_t disk_type(enum h5_type type)
{
    switch (type) {
    case H5_FLOAT32:
        return H5T_IEEE_F32LE;
    case H5_FLOAT64:
        return H5T_IEEE_F64LE;
    case H5_INT64:
        return H5T_STD_I64LE;
    }
    return -1;
}

static enum lfads_status remember(struct h5_file *file, const char *path, struct lfads_error *err)
{
    file->id = 0;
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
    FILE *plain;
    hid_t id, list;

    if (remember(file, path, err) != LFADS_OK)
        return LFADS_IO;
    plain = fopen(path, "wb");
    if (!plain)
        return lfads_fail(err, LFADS_IO, "can't write %s: %m", path);
    fclose(plain);
    quiet = quiet_begin();
    list = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_userblock(list, reserved);
    id = H5Fcreate(path, H5F_ACC_TRUNC, list, H5P_DEFAULT);
    H5Pclose(list);
    quiet_end(&quiet);
    if (id < 0)
        return lfads_fail(err, LFADS_IO, "can't write %s", path);
    file->id = id;
    return LFADS_OK;
}

enum lfads_status h5_close(struct h5_file *file, struct lfads_error *err)
{
    struct quiet quiet = quiet_begin();
    hid_t id = file->id;
    bool fine = true;

    file->id = 0;
    if (id > 0) {
        fine = H5Fflush(id, H5F_SCOPE_LOCAL) >= 0;
        fine = H5Fclose(id) >= 0 && fine;
    }
    quiet_end(&quiet);
    return fine ? LFADS_OK
                : lfads_fail(err, LFADS_IO, "can't write %s: is the disk full?", file->path);
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

/* How the data set is stored, as HDF5 says it. */
static hid_t storage_list(const struct h5_storage *storage, size_t rank, const hsize_t *dims)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk[H5_MOST_RANK];

    H5Pset_obj_track_times(list, false);
    if (!storage || rank == 0 || !(storage->by_row || storage->gzip || storage->checksum))
        return list;
    for (size_t i = 0; i < rank; i++) {
        chunk[i] = i == 0 && (storage->by_row || storage->gzip) ? 1 : dims[i];
        if (chunk[i] == 0)
            return list; /* nothing to store */
    }
    H5Pset_chunk(list, (int)rank, chunk);
    if (storage->gzip) {
        H5Pset_shuffle(list);
        H5Pset_deflate(list, (unsigned)storage->gzip);
    }
    if (storage->checksum)
        H5Pset_fletcher32(list);
    return list;
}

static enum lfads_status write_failed(const struct h5_file *file, const char *name,
                                      struct lfads_error *err)
{
    return lfads_fail(err, LFADS_IO, "can't write %s to %s: is the disk full?", name, file->path);
}

enum lfads_status h5_rows_create(struct h5_rows *rows, struct h5_file *file, const char *name,
                                 enum h5_type type, size_t rank, const size_t *dims,
                                 const struct h5_storage *storage, struct lfads_error *err)
{
    struct quiet quiet = quiet_begin();
    hsize_t extent[H5_MOST_RANK] = {0};
    hid_t space, list, set;

    *rows = (struct h5_rows){.file = file, .type = type, .rank = rank, .row = 1};
    if (storage)
        rows->storage = *storage;
    snprintf(rows->name, sizeof rows->name, "%.79s", name);
    for (size_t i = 0; i < rank; i++) {
        extent[i] = dims[i];
        rows->row *= i ? dims[i] : 1;
    }
    space = rank ? H5Screate_simple((int)rank, extent, NULL) : H5Screate(H5S_SCALAR);
    list = storage_list(storage, rank, extent);
    set = H5Dcreate2(file->id, name, disk_type(type), space, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Pclose(list);
    H5Sclose(space);
    quiet_end(&quiet);
    rows->set = set > 0 ? set : 0;
    return rows->set ? LFADS_OK : write_failed(file, name, err);
}

/* The part of the data set's space that rows FIRST to FIRST+COUNT-1 are. */
static bool write_plain(const struct h5_rows *rows, size_t first, size_t count, const void *values)
{
    hid_t space = H5Dget_space(rows->set), memory = H5S_ALL;
    hsize_t start[H5_MOST_RANK] = {first}, extent[H5_MOST_RANK];
    bool fine = space >= 0;

    if (fine && rows->rank > 0) {
        H5Sget_simple_extent_dims(space, extent, NULL);
        extent[0] = count;
        memory = H5Screate_simple((int)rows->rank, extent, NULL);
        fine = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, extent, NULL) >= 0;
    }
    fine = fine &&
           H5Dwrite(rows->set, memory_type(rows->type), memory, space, H5P_DEFAULT, values) >= 0;
    if (rows->rank > 0)
        H5Sclose(memory);
    H5Sclose(space);
    return fine;
}

enum lfads_status h5_rows_write(struct h5_rows *rows, size_t first, size_t count,
                                const void *values, struct lfads_error *err)
{
    struct quiet quiet = quiet_begin();
    size_t size = rows->type == H5_FLOAT32 ? 4 : 8;
    bool packed = rows->storage.gzip && rows->rank > 0 && !rows->storage.checksum, fine = true;

    if (count > 0 && rows->row > 0)
        fine = packed ? h5_chunks_write(rows->set, first, count, rows->row * size, size, values,
                                        rows->storage.gzip, rows->storage.threads)
                      : write_plain(rows, first, count, values);
    quiet_end(&quiet);
    return fine ? LFADS_OK : write_failed(rows->file, rows->name, err);
}

enum lfads_status h5_rows_close(struct h5_rows *rows, struct lfads_error *err)
{
    struct quiet quiet = quiet_begin();
    bool fine = rows->set == 0 || H5Dclose(rows->set) >= 0;

    quiet_end(&quiet);
    rows->set = 0;
    return fine ? LFADS_OK : write_failed(rows->file, rows->name, err);
}

enum lfads_status h5_write(struct h5_file *file, const char *name, enum h5_type type, size_t rank,
                           const size_t *dims, const void *values, const struct h5_storage *storage,
                           struct lfads_error *err)
{
    struct h5_rows rows;
    enum lfads_status status = h5_rows_create(&rows, file, name, type, rank, dims, storage, err);

    if (status != LFADS_OK)
        return status;
    status = h5_rows_write(&rows, 0, rank ? dims[0] : 1, values, err);
    if (status != LFADS_OK) {
        h5_rows_close(&rows, NULL);
        return status;
    }
    return h5_rows_close(&rows, err);
}

enum lfads_status h5_write_text(struct h5_file *file, const char *name, const char *text,
                                struct lfads_error *err)
{
    struct quiet quiet = quiet_begin();
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR), set = -1;
    bool fine = H5Tset_size(type, strlen(text) + 1) >= 0;

    if (fine)
        set = H5Dcreate2(file->id, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    fine = set >= 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0;
    if (set >= 0)
        H5Dclose(set);
    H5Sclose(space);
    H5Tclose(type);
    quiet_end(&quiet);
    return fine ? LFADS_OK : write_failed(file, name, err);
}
