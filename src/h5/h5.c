/* h5.c - opens and closes HDF5 files; sends requests to the process that reads a file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "h5/h5_errors.h"
#include "h5/h5_output.h"
#include "h5/h5_private.h"
#include "h5/h5_stored.h"

static enum lfads_status remember(struct h5_file *file, const char *path, struct lfads_error *err)
{
    file->id = 0;
    file->reader = NULL;
    file->arrays = NULL;
    file->temp[0] = 0;
    file->output = NULL;
    if (snprintf(file->path, sizeof file->path, "%s", path) >= (int)sizeof file->path)
        return lfads_fail(err, LFADS_IO, "the path %.200s is too long", path);
    return LFADS_OK;
}

enum lfads_status h5_open(struct h5_file *file, const char *path, struct lfads_error *err)
{
    if (remember(file, path, err) != LFADS_OK)
        return LFADS_IO;
    return h5_reader_open(&file->reader, path, err);
}

enum lfads_status h5_open_arrays(struct h5_file *file, const struct h5_arrays *arrays,
                                 const char *name, struct lfads_error *err)
{
    enum lfads_status status = remember(file, name, err);

    file->arrays = arrays;
    return status;
}

enum lfads_status h5_create(struct h5_file *file, const char *path, size_t reserved,
                            struct lfads_error *err)
{
    struct quiet quiet;
    hid_t list, output;
    bool created;

    if (remember(file, path, err) != LFADS_OK)
        return LFADS_IO;
    file->output = calloc(1, sizeof *file->output);
    if (!file->output)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", path);
    quiet_begin(&quiet);
    list = H5Pcreate(H5P_FILE_CREATE);
    output = h5_output_begin(file->output);
    H5Pset_userblock(list, reserved);
    file->id = H5Fcreate(path, H5F_ACC_TRUNC, list, output);
    H5Pclose(list);
    H5Pclose(output);
    quiet_end(&quiet, file->output);
    if (file->id >= 0 && file->output->reason == 0 && !file->output->failed)
        return LFADS_OK;
    file->id = file->id < 0 ? 0 : file->id;
    created = file->output->created;
    h5_close(file, err);
    if (created)
        file_discard(path);
    return LFADS_IO;
}

enum lfads_status h5_close(struct h5_file *file, struct lfads_error *err)
{
    struct quiet quiet;
    hid_t id = file->id;
    enum lfads_status status;
    bool fine = !file->output || id > 0;

    h5_reader_close(file->reader);
    file->reader = NULL;
    quiet_begin(&quiet);
    file->id = 0;
    if (id > 0)
        fine = H5Fclose(id) >= 0;
    if (file->output)
        h5_output_end(file->output);
    quiet_end(&quiet, file->output);
    if (file->output)
        fine = fine && file->output->reason == 0 && !file->output->failed;
    status = fine ? LFADS_OK : h5_output_failed(file->output, file->path, NULL, err);
    free(file->output);
    file->output = NULL;
    return status;
}

bool h5_request_about(struct h5_request *request, enum h5_question question, const char *name)
{
    memset(request, 0, sizeof *request);
    request->question = question;
    return snprintf(request->name, sizeof request->name, "%s", name) < (int)sizeof request->name;
}

enum lfads_status h5_missing(const struct h5_file *file, const char *name, struct lfads_error *err)
{
    return lfads_fail(err, LFADS_BAD_DATA, "%s: there is no data set %s", file->path, name);
}

bool h5_has(const struct h5_file *file, const char *name)
{
    struct h5_request has;
    struct h5_answer answer;

    if (file->arrays)
        return h5_arrays_find(file->arrays, name) != NULL;
    if (!h5_request_about(&has, H5_HAS, name))
        return false;
    return h5_reader_ask(&answer, file->reader, &has, NULL) != LFADS_OK || answer.has != 0;
}

enum lfads_status h5_shape(struct h5_shape *shape, const struct h5_file *file, const char *name,
                           struct lfads_error *err)
{
    struct h5_request ask;
    struct h5_answer answer;
    enum lfads_status status;

    if (file->arrays)
        return h5_arrays_shape(shape, file->arrays, name) ? LFADS_OK : h5_missing(file, name, err);
    status = h5_request_about(&ask, H5_SHAPE, name)
                 ? h5_reader_ask(&answer, file->reader, &ask, err)
                 : h5_missing(file, name, err);
    *shape = (struct h5_shape){.count = 0};
    if (status != LFADS_OK)
        return status;
    shape->rank = answer.rank < H5_MOST_RANK ? answer.rank : H5_MOST_RANK;
    shape->numeric = answer.numeric != 0;
    shape->whole = answer.whole != 0;
    shape->holds =
        answer.holds >= 0 && answer.holds < H5_HOLDS ? (enum h5_holds)answer.holds : H5_OTHER;
    shape->stored = answer.stored;
    shape->stored.holds = shape->holds;
    if (!h5_stored_is_known(&shape->stored))
        shape->stored.size = 0;
    shape->count = 1;
    for (size_t i = 0; i < shape->rank; i++) {
        shape->dims[i] = answer.dims[i];
        if (__builtin_mul_overflow(shape->count, shape->dims[i], &shape->count) ||
            shape->count > SIZE_MAX / 16)
            return lfads_fail(err, LFADS_BAD_DATA, "%s: %s is larger than any memory", file->path,
                              name);
    }
    return LFADS_OK;
}

/* Requests numbers of SIZE bytes and receives them in pieces. */
static enum lfads_status take_numbers(void *values, const struct h5_request *ask, size_t size,
                                      const struct h5_file *file, struct lfads_error *err)
{
    size_t left = ask->count * size;
    char *at = values;
    struct h5_answer answer;
    enum lfads_status status = h5_reader_ask(&answer, file->reader, ask, err);

    while (status == LFADS_OK && left > 0) {
        if (answer.bytes == 0 || answer.bytes > left)
            return lfads_fail(err, LFADS_BAD_DATA, "%s: %s can't be read: the file is damaged",
                              file->path, ask->name);
        status = h5_reader_take(at, answer.bytes, file->reader, err);
        at += answer.bytes;
        left -= answer.bytes;
        if (status == LFADS_OK && left > 0)
            status = h5_reader_next(&answer, file->reader, err);
    }
    return status;
}

struct rows {
    size_t first, count;
};

/* Reads of an array in memory. ROWS: NULL for all. */
static enum lfads_status read_array(void *values, enum h5_type type, const struct h5_file *file,
                                    const char *name, const struct rows *rows, size_t count,
                                    struct lfads_error *err)
{
    const struct h5_array *array = h5_arrays_find(file->arrays, name);
    bool read;

    if (!array)
        return h5_missing(file, name, err);
    read = rows ? h5_array_read_rows(values, type, array, rows->first, rows->count, count)
                : h5_array_read(values, type, array, count);
    return read ? LFADS_OK
                : lfads_fail(err, LFADS_BAD_DATA,
                             "%s: %s does not have the %zu numbers that are needed", file->path,
                             name, count);
}

enum lfads_status h5_read_rows(void *values, enum h5_type type, const struct h5_file *file,
                               const char *name, size_t first, size_t rows, size_t count,
                               struct lfads_error *err)
{
    struct h5_request ask;

    if (file->arrays)
        return read_array(values, type, file, name, &(struct rows){first, rows}, count, err);
    if (!h5_request_about(&ask, H5_ROWS, name))
        return h5_missing(file, name, err);
    ask.type = type;
    ask.first = first;
    ask.rows = rows;
    ask.count = count;
    return take_numbers(values, &ask, type == H5_FLOAT32 ? 4 : 8, file, err);
}

enum lfads_status h5_read(void *values, enum h5_type type, const struct h5_file *file,
                          const char *name, size_t count, struct lfads_error *err)
{
    struct h5_request ask;

    if (file->arrays)
        return read_array(values, type, file, name, NULL, count, err);
    if (!h5_request_about(&ask, H5_ALL, name))
        return h5_missing(file, name, err);
    ask.type = type;
    ask.count = count;
    return take_numbers(values, &ask, type == H5_FLOAT32 ? 4 : 8, file, err);
}

enum lfads_status h5_read_stored(void *bytes, const struct h5_file *file, const char *name,
                                 const struct h5_shape *shape, size_t first, size_t rows,
                                 struct lfads_error *err)
{
    size_t all = shape->rank ? shape->dims[0] : 1;
    struct h5_request ask;

    if (!h5_request_about(&ask, H5_ROWS, name))
        return h5_missing(file, name, err);
    ask.type = H5_AS_STORED;
    ask.first = first;
    ask.rows = rows;
    ask.count = all ? shape->count / all * rows : 0;
    return take_numbers(bytes, &ask, shape->stored.size, file, err);
}
