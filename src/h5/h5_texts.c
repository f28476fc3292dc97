/* h5_texts.c - reads what is not numbers: texts, lists, strings, attributes, the names of objects.
 * SPDX-License-Identifier: Apache-2.0 */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h5/h5_private.h"

enum lfads_status h5_read_text(char **text, const struct h5_file *file, const char *name,
                               struct lfads_error *err)
{
    struct h5_request ask;
    struct h5_answer answer = {.bytes = 0};
    enum lfads_status status = h5_request_about(&ask, H5_TEXT, name)
                                   ? h5_reader_ask(&answer, file->reader, &ask, err)
                                   : h5_missing(file, name, err);

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

enum { LIST_NUMBER = 8 }; /* bytes of a list's number, of either type */

/* Sets *LIST to the numbers of TYPE of a list, *COUNT to how many. */
static enum lfads_status read_list(void **list, size_t *count, enum h5_type type,
                                   const struct h5_file *file, const char *name, size_t element,
                                   struct lfads_error *err)
{
    struct h5_request ask;
    struct h5_answer answer = {.bytes = 0};
    enum lfads_status status;

    *list = NULL;
    *count = 0;
    if (!h5_request_about(&ask, H5_LIST, name))
        return h5_missing(file, name, err);
    ask.first = element;
    ask.type = type;
    status = h5_reader_ask(&answer, file->reader, &ask, err);
    if (status != LFADS_OK)
        return status;
    *list =
        answer.bytes % LIST_NUMBER || answer.bytes > SIZE_MAX / 2 ? NULL : malloc(answer.bytes + 1);
    if (!*list)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    status = h5_reader_take(*list, answer.bytes, file->reader, err);
    if (status == LFADS_OK) {
        *count = answer.bytes / LIST_NUMBER;
        return LFADS_OK;
    }
    free(*list);
    *list = NULL;
    return status;
}

enum lfads_status h5_read_list(int64_t **list, size_t *count, const struct h5_file *file,
                               const char *name, size_t element, struct lfads_error *err)
{
    void *read;
    enum lfads_status status = read_list(&read, count, H5_INT64, file, name, element, err);

    *list = read;
    return status;
}

enum lfads_status h5_read_reals(double **list, size_t *count, const struct h5_file *file,
                                const char *name, size_t element, struct lfads_error *err)
{
    void *read;
    enum lfads_status status = read_list(&read, count, H5_FLOAT64, file, name, element, err);

    *list = read;
    return status;
}

enum lfads_status h5_read_attribute(char text[H5_ATTRIBUTE_SIZE], const struct h5_file *file,
                                    const char *name, struct lfads_error *err)
{
    struct h5_request ask;
    struct h5_answer answer = {.bytes = 0};
    enum lfads_status status = h5_request_about(&ask, H5_ATTRIBUTE, name)
                                   ? h5_reader_ask(&answer, file->reader, &ask, err)
                                   : h5_missing(file, name, err);

    memset(text, 0, H5_ATTRIBUTE_SIZE);
    if (status != LFADS_OK)
        return status;
    if (answer.bytes >= H5_ATTRIBUTE_SIZE)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: the attribute %s is too long", file->path,
                          name);
    return h5_reader_take(text, answer.bytes, file->reader, err);
}

/* Receives the payload of ANSWER, which is of texts that each end with NUL, into *TEXT. */
static enum lfads_status take_texts(char **text, const struct h5_answer *answer,
                                    const struct h5_file *file, const char *name,
                                    struct lfads_error *err)
{
    enum lfads_status status;

    *text = NULL;
    if (answer->bytes > H5_LONGEST_TEXT)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: the texts of %s are too long", file->path,
                          name);
    *text = calloc(answer->bytes + 1, 1);
    if (!*text)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    status = h5_reader_take(*text, answer->bytes, file->reader, err);
    if (status == LFADS_OK)
        return LFADS_OK;
    free(*text);
    *text = NULL;
    return status;
}

/* Sets EACH [COUNT] to the texts in TEXT of LENGTH bytes; false unless there are just so many. */
static bool find_texts(char **each, size_t count, char *text, size_t length)
{
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        if (at >= length)
            return false;
        each[i] = text + at;
        at += strlen(text + at) + 1;
    }
    return at == length;
}

static size_t count_texts(const char *text, size_t length)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += text[i] == 0;
    return count;
}

/* Makes TEXTS of their text of LENGTH bytes, which is in their place. */
static enum lfads_status split_texts(struct h5_texts *texts, size_t length,
                                     const struct h5_file *file, const char *name,
                                     struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    texts->count = count_texts(texts->text, length);
    texts->each = calloc(texts->count + 1, sizeof *texts->each);
    if (!texts->each)
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    else if (!find_texts(texts->each, texts->count, texts->text, length))
        status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s can't be read: the file is damaged",
                            file->path, name);
    if (status != LFADS_OK)
        h5_texts_free(texts);
    return status;
}

/* Makes TEXTS of the payload of ANSWER. */
static enum lfads_status keep_texts(struct h5_texts *texts, const struct h5_answer *answer,
                                    const struct h5_file *file, const char *name,
                                    struct lfads_error *err)
{
    enum lfads_status status = take_texts(&texts->text, answer, file, name, err);

    return status == LFADS_OK ? split_texts(texts, answer->bytes, file, name, err) : status;
}

void h5_texts_free(struct h5_texts *texts)
{
    free(texts->each);
    free(texts->text);
    *texts = (struct h5_texts){.count = 0};
}

/* Asks for texts of KIND about NAME: COUNT of them in ROWS rows from FIRST, as RANGE says, where
 * KIND needs it. */
static enum lfads_status ask_texts(struct h5_texts *texts, const struct h5_file *file,
                                   enum h5_question kind, const char *name, const size_t range[3],
                                   struct lfads_error *err)
{
    struct h5_request ask;
    struct h5_answer answer = {.bytes = 0};
    enum lfads_status status;

    *texts = (struct h5_texts){.count = 0};
    if (!h5_request_about(&ask, kind, name))
        return h5_missing(file, name, err);
    ask.first = range[0];
    ask.rows = range[1];
    ask.count = range[2];
    status = h5_reader_ask(&answer, file->reader, &ask, err);
    return status == LFADS_OK ? keep_texts(texts, &answer, file, name, err) : status;
}

enum lfads_status h5_read_strings(struct h5_texts *texts, const struct h5_file *file,
                                  const char *name, size_t first, size_t rows, size_t count,
                                  struct lfads_error *err)
{
    const size_t range[3] = {first, rows, count};
    enum lfads_status status = ask_texts(texts, file, H5_ROWS_OF_STRINGS, name, range, err);

    if (status != LFADS_OK || texts->count == count)
        return status;
    h5_texts_free(texts);
    return lfads_fail(err, LFADS_BAD_DATA, "%s: %s can't be read: the file is damaged", file->path,
                      name);
}

/* Texts of fixed length, without their padding. */
static enum lfads_status read_fixed(struct h5_texts *texts, const struct h5_file *file,
                                    const char *name, const struct h5_shape *shape,
                                    struct lfads_error *err)
{
    size_t each = shape->stored.size, at = 0, bytes = 0;
    bool large = __builtin_mul_overflow(each + 1, shape->count, &bytes) || bytes == SIZE_MAX;
    char *fixed = large ? NULL : malloc(bytes + 1);
    enum lfads_status status = LFADS_OK;

    texts->text = large ? NULL : calloc(bytes + 1, 1);
    texts->each = calloc(shape->count + 1, sizeof *texts->each);
    if (!fixed || !texts->text || !texts->each)
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    else if (shape->count > 0)
        status = h5_read_stored(fixed, file, name, shape, 0, shape->rank ? shape->dims[0] : 1, err);
    for (size_t i = 0; i < shape->count && status == LFADS_OK; i++) {
        const char *one = fixed + i * each;
        size_t length = strnlen(one, each);

        while (shape->stored.padding == H5T_STR_SPACEPAD && length > 0 && one[length - 1] == ' ')
            length--;
        texts->each[texts->count++] = memcpy(texts->text + at, one, length);
        at += length + 1;
    }
    free(fixed);
    return status;
}

enum lfads_status h5_read_texts(struct h5_texts *texts, const struct h5_file *file,
                                const char *name, const struct h5_shape *shape,
                                struct lfads_error *err)
{
    enum lfads_status status;

    *texts = (struct h5_texts){.count = 0};
    if (shape->holds == H5_STRINGS)
        return h5_read_strings(texts, file, name, 0, shape->rank ? shape->dims[0] : 1, shape->count,
                               err);
    if (shape->holds != H5_TEXTS || shape->stored.size == 0)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s does not hold text: it holds %s", file->path,
                          name, h5_holds_name(shape->holds));
    status = read_fixed(texts, file, name, shape, err);
    if (status != LFADS_OK)
        h5_texts_free(texts);
    return status;
}

static enum lfads_status name_arrays(struct h5_texts *keys, const struct h5_file *file,
                                     struct lfads_error *err)
{
    size_t length;

    keys->text = h5_arrays_names(&length, file->arrays);
    return keys->text ? split_texts(keys, length, file, "", err)
                      : lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
}

enum lfads_status h5_keys(struct h5_texts *keys, const struct h5_file *file, const char *group,
                          struct lfads_error *err)
{
    if (file->arrays) {
        *keys = (struct h5_texts){.count = 0};
        return name_arrays(keys, file, err);
    }
    return ask_texts(keys, file, H5_KEYS, group, (const size_t[3]){0}, err);
}

enum lfads_status h5_read_targets(struct h5_texts *targets, const struct h5_file *file,
                                  const char *name, struct lfads_error *err)
{
    return ask_texts(targets, file, H5_TARGETS, name, (const size_t[3]){0}, err);
}

enum lfads_status h5_read_fields(struct h5_texts *fields, const struct h5_file *file,
                                 const char *name, struct lfads_error *err)
{
    return ask_texts(fields, file, H5_FIELDS, name, (const size_t[3]){0}, err);
}

enum lfads_status h5_read_number(double *value, const struct h5_file *file, const char *name,
                                 const char *attribute, struct lfads_error *err)
{
    char both[H5_NAME];
    struct h5_request ask;
    struct h5_answer answer = {.bytes = 0};
    enum lfads_status status;

    if (snprintf(both, sizeof both, "%s@%s", name, attribute) >= (int)sizeof both ||
        !h5_request_about(&ask, H5_NUMBER_ATTRIBUTE, both))
        return h5_missing(file, name, err);
    status = h5_reader_ask(&answer, file->reader, &ask, err);
    if (status == LFADS_OK && answer.bytes != sizeof *value)
        status = lfads_fail(err, LFADS_BAD_DATA, "%s: the attribute %s of %s can't be read",
                            file->path, attribute, name);
    return status == LFADS_OK ? h5_reader_take(value, sizeof *value, file->reader, err) : status;
}
