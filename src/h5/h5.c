/* h5.c - opens and closes HDF5 files; sends requests to the process that reads a file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "h5/h5_errors.h"
#include "h5/h5_output.h"
#include "h5/h5_reader.h"

static enum lfads_status remember(struct h5_file *file, const char *path, struct lfads_error *err)
{
    file->id = 0;
    file->reader = NULL;
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

/* Sets up a request about NAME; false if the name is longer than any that exists in our files. */
static bool request(struct h5_request *request, enum h5_question question, const char *name)
{
    memset(request, 0, sizeof *request);
    request->question = question;
    return snprintf(request->name, sizeof request->name, "%s", name) < (int)sizeof request->name;
}

static enum lfads_status missing(const struct h5_file *file, const char *name,
                                 struct lfads_error *err)
{
    return lfads_fail(err, LFADS_BAD_DATA, "%s: there is no data set %s", file->path, name);
}

bool h5_has(const struct h5_file *file, const char *name)
{
    struct h5_request has;
    struct h5_answer answer;

    if (!request(&has, H5_HAS, name))
        return false;
    return h5_reader_ask(&answer, file->reader, &has, NULL) != LFADS_OK || answer.has != 0;
}

enum lfads_status h5_shape(struct h5_shape *shape, const struct h5_file *file, const char *name,
                           struct lfads_error *err)
{
    struct h5_request ask;
    struct h5_answer answer;
    enum lfads_status status = request(&ask, H5_SHAPE, name)
                                   ? h5_reader_ask(&answer, file->reader, &ask, err)
                                   : missing(file, name, err);

    *shape = (struct h5_shape){.count = 0};
    if (status != LFADS_OK)
        return status;
    shape->rank = answer.rank < H5_MOST_RANK ? answer.rank : H5_MOST_RANK;
    shape->numeric = answer.numeric != 0;
    shape->whole = answer.whole != 0;
    shape->mask = answer.mask != 0;
    shape->lists = answer.lists != 0;
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

/* Requests numbers and receives them in pieces. */
static enum lfads_status take_numbers(void *values, const struct h5_request *ask,
                                      const struct h5_file *file, struct lfads_error *err)
{
    size_t left = ask->count * (ask->type == H5_FLOAT32 ? 4 : 8);
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

enum lfads_status h5_read_rows(void *values, enum h5_type type, const struct h5_file *file,
                               const char *name, size_t first, size_t rows, size_t count,
                               struct lfads_error *err)
{
    struct h5_request ask;

    if (!request(&ask, H5_ROWS, name))
        return missing(file, name, err);
    ask.type = type;
    ask.first = first;
    ask.rows = rows;
    ask.count = count;
    return take_numbers(values, &ask, file, err);
}

enum lfads_status h5_read(void *values, enum h5_type type, const struct h5_file *file,
                          const char *name, size_t count, struct lfads_error *err)
{
    struct h5_request ask;

    if (!request(&ask, H5_ALL, name))
        return missing(file, name, err);
    ask.type = type;
    ask.count = count;
    return take_numbers(values, &ask, file, err);
}

enum lfads_status h5_read_text(char **text, const struct h5_file *file, const char *name,
                               struct lfads_error *err)
{
    struct h5_request ask;
    struct h5_answer answer;
    enum lfads_status status = request(&ask, H5_TEXT, name)
                                   ? h5_reader_ask(&answer, file->reader, &ask, err)
                                   : missing(file, name, err);

    *text = NULL;
    if (status != LFADS_OK)
        return status;
    if (answer.bytes > H5_LONGEST_TEXT)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s is too long for a text", file->path, name);
    *text = calloc(answer.bytes + 1, 1);
    if (!*text)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    status = h5_reader_take(*text, answer.bytes, file->reader, err);
    if (status != LFADS_OK) {
        free(*text);
        *text = NULL;
    }
    return status;
}

enum lfads_status h5_read_list(int64_t **list, size_t *count, const struct h5_file *file,
                               const char *name, size_t element, struct lfads_error *err)
{
    struct h5_request ask;
    struct h5_answer answer;
    enum lfads_status status;

    *list = NULL;
    *count = 0;
    if (!request(&ask, H5_LIST, name))
        return missing(file, name, err);
    ask.first = element;
    status = h5_reader_ask(&answer, file->reader, &ask, err);
    if (status != LFADS_OK)
        return status;
    *list = answer.bytes % sizeof **list || answer.bytes > SIZE_MAX / 2 ? NULL
                                                                        : malloc(answer.bytes + 1);
    if (!*list)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    status = h5_reader_take(*list, answer.bytes, file->reader, err);
    if (status == LFADS_OK) {
        *count = answer.bytes / sizeof **list;
        return LFADS_OK;
    }
    free(*list);
    *list = NULL;
    return status;
}

enum lfads_status h5_read_attribute(char text[H5_ATTRIBUTE_SIZE], const struct h5_file *file,
                                    const char *name, struct lfads_error *err)
{
    struct h5_request ask;
    struct h5_answer answer;
    enum lfads_status status = request(&ask, H5_ATTRIBUTE, name)
                                   ? h5_reader_ask(&answer, file->reader, &ask, err)
                                   : missing(file, name, err);

    memset(text, 0, H5_ATTRIBUTE_SIZE);
    if (status != LFADS_OK)
        return status;
    if (answer.bytes >= H5_ATTRIBUTE_SIZE)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: the attribute %s is too long", file->path,
                          name);
    return h5_reader_take(text, answer.bytes, file->reader, err);
}
