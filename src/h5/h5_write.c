/* h5_write.c - writes data sets: whole, by rows, compressed, as text.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "h5/h5.h"
#include "h5/h5_chunks.h"
#include "h5/h5_errors.h"
#include "h5/h5_output.h"
#include "h5/h5_stored.h"

static hid_t disk_type(enum h5_type type)
{
    switch (type) {
    case H5_FLOAT32:
        return H5T_IEEE_F32LE;
    case H5_FLOAT64:
        return H5T_IEEE_F64LE;
    case H5_INT64:
        return H5T_STD_I64LE;
    case H5_AS_STORED:
        break;
    }
    return -1;
}

enum lfads_status h5_begin(struct h5_file *file, const char *path, struct lfads_error *err)
{
    char temp[FILE_PATH], lock[FILE_PATH];
    enum lfads_status status = file_stage(temp, path, err);

    if (status == LFADS_OK)
        status = file_beside(lock, path, ".lock", err);
    if (status == LFADS_OK)
        status = lock_take(&file->lock, lock, path, "write elsewhere", err);
    if (status == LFADS_OK)
        status = h5_create(file, temp, 0, err);
    if (status == LFADS_OK)
        status = file_join(file->path, "", path, err);
    if (status == LFADS_OK)
        memcpy(file->temp, temp, sizeof temp);
    else
        lock_release(&file->lock);
    return status;
}

enum lfads_status h5_finish(struct h5_file *file, enum lfads_status status, struct lfads_error *err)
{
    enum lfads_status closed = h5_close(file, status == LFADS_OK ? err : NULL);

    status = status == LFADS_OK ? closed : status;
    if (!file->temp[0])
        return status;
    if (status == LFADS_OK)
        status = file_commit(file->temp, file->path, err);
    else
        file_discard(file->temp);
    file->temp[0] = 0;
    lock_release(&file->lock);
    return status;
}

/* Sets LIST for STORAGE; false if HDF5 does not. */
static bool set_storage(hid_t list, const struct h5_storage *storage, size_t rank,
                        const hsize_t *dims)
{
    hsize_t chunk[H5_MOST_RANK];

    if (H5Pset_obj_track_times(list, false) < 0)
        return false;
    if (rank == 0 || !(storage->by_row || storage->gzip || storage->checksum))
        return true;
    for (size_t i = 0; i < rank; i++) {
        chunk[i] = i == 0 && (storage->by_row || storage->gzip) ? 1 : dims[i];
        if (chunk[i] == 0)
            return true; /* nothing to store */
    }
    return H5Pset_chunk(list, (int)rank, chunk) >= 0 &&
           (!storage->gzip ||
            (H5Pset_shuffle(list) >= 0 && H5Pset_deflate(list, (unsigned)storage->gzip) >= 0)) &&
           (!storage->checksum || H5Pset_fletcher32(list) >= 0);
}

/* Whether everything written so far reached the system. HDF5 itself does not know (h5_output.h). */
static bool went_out(const struct h5_file *file)
{
    return file->output->reason == 0 && !file->output->failed;
}

/* The file's type of ROWS, which the caller closes. */
static hid_t type_of(const struct h5_rows *rows)
{
    return rows->type == H5_AS_STORED ? h5_stored_type(&rows->stored)
                                      : H5Tcopy(disk_type(rows->type));
}

/* Creates the data set of ROWS, whose file, types and storage are set. */
static enum lfads_status create(struct h5_rows *rows, const char *name, size_t rank,
                                const size_t *dims, struct lfads_error *err)
{
    struct h5_file *file = rows->file;
    struct quiet quiet;
    hsize_t extent[H5_MOST_RANK] = {0};
    hid_t space, list, links, type, set = -1;

    quiet_begin(&quiet);
    snprintf(rows->name, sizeof rows->name, "%.79s", name);
    rows->rank = rank;
    rows->row = 1;
    for (size_t i = 0; i < rank; i++) {
        extent[i] = dims[i];
        rows->row *= i ? dims[i] : 1;
    }
    space = rank ? H5Screate_simple((int)rank, extent, NULL) : H5Screate(H5S_SCALAR);
    list = H5Pcreate(H5P_DATASET_CREATE);
    links = H5Pcreate(H5P_LINK_CREATE);
    type = type_of(rows);
    H5Pset_create_intermediate_group(links, 1);
    /* without memory HDF5 1.10 may free names that a list still has: nothing may use it then */
    if (set_storage(list, &rows->storage, rank, extent))
        set = H5Dcreate2(file->id, name, type, space, links, list, H5P_DEFAULT);
    H5Tclose(type);
    H5Pclose(links);
    H5Pclose(list);
    H5Sclose(space);
    quiet_end(&quiet, file->output);
    rows->set = set > 0 ? set : 0;
    if (rows->set && went_out(file))
        return LFADS_OK;
    h5_rows_close(rows, NULL);
    return h5_output_failed(file->output, file->path, name, err);
}

enum lfads_status h5_rows_create(struct h5_rows *rows, struct h5_file *file, const char *name,
                                 enum h5_type type, size_t rank, const size_t *dims,
                                 const struct h5_storage *storage, struct lfads_error *err)
{
    *rows = (struct h5_rows){.file = file, .type = type};
    if (storage)
        rows->storage = *storage;
    return create(rows, name, rank, dims, err);
}

enum lfads_status h5_rows_create_like(struct h5_rows *rows, struct h5_file *file, const char *name,
                                      const struct h5_stored *stored, size_t rank,
                                      const size_t *dims, const struct h5_storage *storage,
                                      struct lfads_error *err)
{
    *rows = (struct h5_rows){.file = file, .type = H5_AS_STORED, .stored = *stored};
    if (storage)
        rows->storage = *storage;
    return create(rows, name, rank, dims, err);
}

/* Writes rows FIRST to FIRST+COUNT-1 without our compression. */
static bool write_plain(const struct h5_rows *rows, size_t first, size_t count, const void *values)
{
    hid_t space = H5Dget_space(rows->set), memory = H5S_ALL;
    hid_t type = rows->type == H5_AS_STORED ? h5_stored_type(&rows->stored)
                                            : H5Tcopy(memory_type(rows->type));
    hsize_t start[H5_MOST_RANK] = {first}, extent[H5_MOST_RANK];
    bool fine = space >= 0;

    if (fine && rows->rank > 0) {
        H5Sget_simple_extent_dims(space, extent, NULL);
        extent[0] = count;
        memory = H5Screate_simple((int)rows->rank, extent, NULL);
        fine = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, extent, NULL) >= 0;
    }
    fine = fine && H5Dwrite(rows->set, type, memory, space, H5P_DEFAULT, values) >= 0;
    H5Tclose(type);
    if (rows->rank > 0)
        H5Sclose(memory);
    H5Sclose(space);
    return fine;
}

enum lfads_status h5_rows_write(struct h5_rows *rows, size_t first, size_t count,
                                const void *values, struct lfads_error *err)
{
    struct quiet quiet;
    bool like = rows->type == H5_AS_STORED; /* elements may be of any size */
    size_t size = rows->type == H5_FLOAT32 ? 4 : 8;
    bool packed = rows->storage.gzip && rows->rank > 0 && !rows->storage.checksum && !like;
    bool fine = true;
    bool no_memory = false;

    quiet_begin(&quiet);
    if (count > 0 && rows->row > 0)
        fine = packed ? h5_chunks_write(rows->set, first, count, rows->row * size, size, values,
                                        rows->storage.gzip, rows->storage.threads, &no_memory)
                      : write_plain(rows, first, count, values);
    quiet_end(&quiet, rows->file->output);
    if (no_memory && rows->file->output->reason == 0)
        rows->file->output->reason = ENOMEM;
    return fine && went_out(rows->file)
               ? LFADS_OK
               : h5_output_failed(rows->file->output, rows->file->path, rows->name, err);
}

enum lfads_status h5_rows_close(struct h5_rows *rows, struct lfads_error *err)
{
    struct quiet quiet;
    bool fine;

    if (!rows->file)
        return LFADS_OK;
    quiet_begin(&quiet);
    fine = rows->set == 0 || H5Dclose(rows->set) >= 0;
    quiet_end(&quiet, rows->file->output);
    rows->set = 0;
    return fine && went_out(rows->file)
               ? LFADS_OK
               : h5_output_failed(rows->file->output, rows->file->path, rows->name, err);
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
    struct quiet quiet;
    hid_t type, space, set = -1;
    bool fine;

    quiet_begin(&quiet);
    type = H5Tcopy(H5T_C_S1);
    space = H5Screate(H5S_SCALAR);
    fine = H5Tset_size(type, strlen(text) + 1) >= 0;
    if (fine)
        set = H5Dcreate2(file->id, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    fine = set >= 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0;
    if (set >= 0)
        H5Dclose(set);
    H5Sclose(space);
    H5Tclose(type);
    quiet_end(&quiet, file->output);
    return fine && went_out(file) ? LFADS_OK
                                  : h5_output_failed(file->output, file->path, name, err);
}

enum lfads_status h5_write_attribute(struct h5_file *file, const char *name, const char *text,
                                     struct lfads_error *err)
{
    struct quiet quiet;
    hid_t type, space, attribute = -1;
    bool fine;

    assert(strlen(text) + 1 < H5_ATTRIBUTE_SIZE);
    quiet_begin(&quiet);
    type = H5Tcopy(H5T_C_S1);
    space = H5Screate(H5S_SCALAR);
    fine = H5Tset_size(type, strlen(text) + 1) >= 0;
    if (fine)
        attribute = H5Acreate2(file->id, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    fine = attribute >= 0 && H5Awrite(attribute, type, text) >= 0;
    if (attribute >= 0)
        H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    quiet_end(&quiet, file->output);
    return fine && went_out(file) ? LFADS_OK
                                  : h5_output_failed(file->output, file->path, name, err);
}
