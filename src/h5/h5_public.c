/* h5_public.c - the public functions on arrays of HDF5 files (lfads/hdf5.h).
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sized.h"
#include "h5/h5.h"

struct lfads_file {
    struct h5_file file;
    bool writes, finished;
    size_t count;
    struct lfads_file_array *arrays; /* [count], of a file that is read */
    struct h5_texts keys;            /* whose names the arrays have, from the second letter on */
};

static enum lfads_status is_null(const char *what, struct lfads_error *err)
{
    return lfads_fail(err, LFADS_USAGE, "%s is NULL", what);
}

/* Sets TYPE; false if a caller can't have numbers of this type from a file. */
static bool h5_type_of(enum h5_type *type, enum lfads_number number)
{
    switch (number) {
    case LFADS_FLOAT32:
        *type = H5_FLOAT32;
        return true;
    case LFADS_FLOAT64:
        *type = H5_FLOAT64;
        return true;
    case LFADS_INT64:
        *type = H5_INT64;
        return true;
    default:
        return false;
    }
}

static enum lfads_status wrong_type(const struct lfads_file *file, const char *name,
                                    struct lfads_error *err)
{
    return lfads_fail(err, LFADS_USAGE,
                      "%s, %s: numbers of this type are neither read nor written: take "
                      "LFADS_FLOAT32, LFADS_FLOAT64 or LFADS_INT64",
                      file->file.path, name);
}

static enum lfads_number number_of(const struct h5_shape *shape)
{
    if (shape->holds == H5_TRUTHS)
        return LFADS_BOOL;
    if (shape->whole)
        return LFADS_INT64;
    return shape->stored.size > sizeof(float) ? LFADS_FLOAT64 : LFADS_FLOAT32;
}

/* Fills the list with what the file has at its root that is numbers and not empty. */
static enum lfads_status list_arrays(struct lfads_file *file, struct lfads_error *err)
{
    enum lfads_status status = h5_keys(&file->keys, &file->file, "", err);

    if (status != LFADS_OK)
        return status;
    file->arrays = calloc(file->keys.count + 1, sizeof *file->arrays);
    if (!file->arrays)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->file.path);
    for (size_t i = 0; i < file->keys.count; i++) {
        const char *key = file->keys.each[i];
        struct lfads_file_array *array = &file->arrays[file->count];
        struct h5_shape shape;

        if (*key != 'd' || h5_shape(&shape, &file->file, key + 1, NULL) != LFADS_OK ||
            !shape.numeric)
            continue;
        *array = (struct lfads_file_array){.size = sizeof *array,
                                           .name = key + 1,
                                           .type = number_of(&shape),
                                           .rank = shape.rank,
                                           .count = shape.count};
        memcpy(array->shape, shape.dims, shape.rank * sizeof *shape.dims);
        file->count++;
    }
    return LFADS_OK;
}

/* Creates a handle for PATH, not opened yet. */
static enum lfads_status begin(struct lfads_file **out, const char *path, struct lfads_error *err)
{
    if (!out)
        return is_null("out", err);
    *out = NULL;
    if (!path)
        return is_null("path", err);
    *out = calloc(1, sizeof **out);
    return *out ? LFADS_OK : lfads_fail(err, LFADS_NO_MEMORY, "no memory to open %s", path);
}

enum lfads_status lfads_file_open(struct lfads_file **out, const char *path,
                                  struct lfads_error *err)
{
    enum lfads_status status = begin(out, path, err);

    if (status != LFADS_OK)
        return status;
    status = h5_open(&(*out)->file, path, err);
    if (status == LFADS_OK)
        status = list_arrays(*out, err);
    if (status == LFADS_OK)
        return LFADS_OK;
    lfads_file_free(*out);
    *out = NULL;
    return status;
}

enum lfads_status lfads_file_create(struct lfads_file **out, const char *path,
                                    struct lfads_error *err)
{
    enum lfads_status status = begin(out, path, err);

    if (status != LFADS_OK)
        return status;
    status = h5_begin(&(*out)->file, path, err);
    (*out)->writes = true;
    if (status == LFADS_OK)
        return LFADS_OK;
    free(*out);
    *out = NULL;
    return status;
}

void lfads_file_free(struct lfads_file *file)
{
    if (!file)
        return;
    if (!file->writes)
        h5_close(&file->file, NULL);
    else if (!file->finished)
        h5_finish(&file->file, LFADS_INTERRUPTED, NULL);
    h5_texts_free(&file->keys);
    free(file->arrays);
    free(file);
}

size_t lfads_file_arrays(const struct lfads_file *file) { return file ? file->count : 0; }

enum lfads_status lfads_file_describe(const struct lfads_file *file, size_t index,
                                      struct lfads_file_array *out, struct lfads_error *err)
{
    if (!file || !out)
        return is_null(file ? "out" : "file", err);
    if (index >= file->count)
        return lfads_fail(err, LFADS_USAGE, "%s: there is no array %zu of %zu", file->file.path,
                          index, file->count);
    return sized_fill(out, &file->arrays[index], sizeof *out, "lfads_file_describe", err);
}

enum lfads_status lfads_file_read(const struct lfads_file *file, const char *name,
                                  enum lfads_number type, void *values, size_t count,
                                  struct lfads_error *err)
{
    enum h5_type as;

    if (!file || !name || !values)
        return is_null(!file ? "file" : !name ? "name" : "values", err);
    if (file->writes)
        return lfads_fail(err, LFADS_USAGE, "%s is written, not read", file->file.path);
    if (!h5_type_of(&as, type))
        return wrong_type(file, name, err);
    return h5_read(values, as, &file->file, name, count, err);
}

enum lfads_status lfads_file_attribute(const struct lfads_file *file, const char *name, char *text,
                                       size_t size, struct lfads_error *err)
{
    char value[H5_ATTRIBUTE_SIZE];
    enum lfads_status status;

    if (!file || !name || !text)
        return is_null(!file ? "file" : !name ? "name" : "text", err);
    if (file->writes)
        return lfads_fail(err, LFADS_USAGE, "%s is written, not read", file->file.path);
    status = h5_read_attribute(value, &file->file, name, err);
    if (status != LFADS_OK)
        return status;
    if (snprintf(text, size, "%s", value) >= (int)(size < INT32_MAX ? size : INT32_MAX))
        return lfads_fail(err, LFADS_USAGE, "%s: attribute %s does not fit into %zu bytes",
                          file->file.path, name, size);
    return LFADS_OK;
}

/* Whether FILE can be written, NAME too. */
static enum lfads_status check_writing(const struct lfads_file *file, const char *name,
                                       const void *what, struct lfads_error *err)
{
    if (!file || !name || !what)
        return is_null(!file ? "file" : !name ? "name" : "what is to be written", err);
    if (!file->writes || file->finished)
        return lfads_fail(err, LFADS_USAGE, "%s is not written%s", file->file.path,
                          file->finished ? " any more" : " but read");
    if (!*name)
        return lfads_fail(err, LFADS_USAGE, "%s: an array without a name", file->file.path);
    return LFADS_OK;
}

enum lfads_status lfads_file_write(struct lfads_file *file, const char *name,
                                   const struct lfads_array *array, struct lfads_error *err)
{
    enum lfads_status status = check_writing(file, name, array, err);
    enum h5_type as;

    if (status != LFADS_OK)
        return status;
    if (!h5_type_of(&as, array->type))
        return wrong_type(file, name, err);
    if (array->rank > H5_MOST_RANK || (array->rank && !array->shape) || array->strides ||
        !array->values)
        return lfads_fail(err, LFADS_USAGE,
                          "%s, %s: an array has up to %d axes, a shape, values, and no strides",
                          file->file.path, name, H5_MOST_RANK);
    return h5_write(&file->file, name, as, array->rank, array->shape, array->values, NULL, err);
}

enum lfads_status lfads_file_write_attribute(struct lfads_file *file, const char *name,
                                             const char *text, struct lfads_error *err)
{
    enum lfads_status status = check_writing(file, name, text, err);

    return status == LFADS_OK ? h5_write_attribute(&file->file, name, text, err) : status;
}

enum lfads_status lfads_file_finish(struct lfads_file *file, struct lfads_error *err)
{
    enum lfads_status status = check_writing(file, "-", file, err);

    if (status != LFADS_OK)
        return status;
    file->finished = true;
    return h5_finish(&file->file, LFADS_OK, err);
}
