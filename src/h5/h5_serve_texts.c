/* h5_serve_texts.c - answers requests for what is not numbers: texts, lists, strings, attributes.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h5/h5_server.h"

bool server_answer_text(struct server *s, const char *name)
{
    struct lfads_error err;
    enum lfads_status status = server_choose(s, name, &err);
    const struct h5_checked *set = &s->set;
    struct h5_answer answer = {.bytes = 0};
    char *text = NULL;
    bool fine;

    if (status == LFADS_OK && set->shape.rank == 0 && H5Tget_class(set->type) == H5T_STRING &&
        H5Tis_variable_str(set->type) == 0 && set->number <= H5_LONGEST_TEXT)
        status = (text = calloc(set->number + 1, 1))
                     ? LFADS_OK
                     : lfads_fail(&err, LFADS_NO_MEMORY, "no memory to read %s", s->file.path);
    if (text && H5Dread(set->set, set->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0)
        answer.bytes = strlen(text);
    else if (status == LFADS_OK)
        status = lfads_fail(&err, LFADS_BAD_DATA, "%s: %s is no text, or it is damaged",
                            s->file.path, name);
    fine = server_send(s, &answer, status, &err) &&
           (status != LFADS_OK || h5_channel_send(s->channel, text, answer.bytes));
    free(text);
    return fine;
}

/* Reads element ELEMENT of a set of lists, its last axis varying fastest, as numbers of type NUMBER
 * into LIST, which libhdf5 allocates. */
static bool read_list(hvl_t *list, const struct h5_checked *set, size_t element, hid_t number)
{
    hsize_t start[H5_MOST_RANK] = {0}, count[H5_MOST_RANK] = {1, 1, 1, 1};
    hid_t memory = H5Screate_simple(1, count, NULL), type = H5Tvlen_create(number);
    bool fine;

    for (size_t a = set->shape.rank; a-- > 0; element /= set->shape.dims[a])
        start[a] = element % set->shape.dims[a];
    fine = memory >= 0 && type >= 0 &&
           (set->shape.rank == 0 ||
            H5Sselect_hyperslab(set->space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0) &&
           H5Dread(set->set, type, memory, set->space, H5P_DEFAULT, list) >= 0;

    H5Tclose(type);
    H5Sclose(memory);
    return fine;
}

/* Whether the open data set has the list that ASK is about. */
static bool has_list(const struct h5_shape *shape, const struct h5_request *ask)
{
    if (ask->type == H5_INT64)
        return shape->holds == H5_LISTS && shape->rank == 1 && ask->first < shape->count;
    return (shape->holds == H5_LISTS || shape->holds == H5_REAL_LISTS) && ask->first < shape->count;
}

/* A list's numbers lie in the file, which bounds their number. */
bool server_answer_list(struct server *s, const struct h5_request *ask)
{
    struct lfads_error err;
    enum lfads_status status = server_choose(s, ask->name, &err);
    bool integers = ask->type == H5_INT64;
    struct h5_answer answer = {.bytes = 0};
    hvl_t list = {0, NULL};
    bool fine;

    server_allow(s, 3 * s->set.strip + 16 * (size_t)s->file.bytes);
    if (status == LFADS_OK && !has_list(&s->set.shape, ask))
        status = lfads_fail(&err, LFADS_BAD_DATA, "%s: %s has no list %zu of %s", s->file.path,
                            ask->name, ask->first, integers ? "integers" : "numbers");
    if (status == LFADS_OK &&
        (!read_list(&list, &s->set, ask->first, integers ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE) ||
         list.len > s->file.bytes || (list.len && !list.p)))
        status = lfads_fail(&err, LFADS_BAD_DATA,
                            "%s: list %zu of %s can't be read: the file is "
                            "damaged",
                            s->file.path, ask->first, ask->name);
    answer.bytes = status == LFADS_OK ? list.len * sizeof(int64_t) : 0;
    fine = server_send(s, &answer, status, &err) &&
           (answer.bytes == 0 || h5_channel_send(s->channel, list.p, answer.bytes));
    free(list.p);
    return fine;
}

/* Attribute NAME of the root into TEXT. */
static bool read_attribute(char text[H5_ATTRIBUTE_SIZE], hid_t file, const char *name)
{
    hid_t attribute = H5Aopen(file, name, H5P_DEFAULT), type = H5Aget_type(attribute);
    hid_t space = H5Aget_space(attribute);
    bool fine = attribute >= 0 && type >= 0 && H5Tget_class(type) == H5T_STRING &&
                H5Tis_variable_str(type) == 0 && H5Tget_size(type) < H5_ATTRIBUTE_SIZE &&
                H5Sget_simple_extent_npoints(space) == 1 && H5Aread(attribute, type, text) >= 0;

    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return fine;
}

bool server_answer_attribute(struct server *s, const char *name)
{
    char text[H5_ATTRIBUTE_SIZE] = {0};
    struct h5_answer answer = {.bytes = 0};
    struct lfads_error err;
    enum lfads_status status = LFADS_OK;

    if (H5Aexists(s->file.id, name) != 0 && !read_attribute(text, s->file.id, name))
        status = lfads_fail(&err, LFADS_BAD_DATA,
                            "%s: the attribute %s is no text of fixed length, or it is damaged",
                            s->file.path, name);
    else
        answer.bytes = strlen(text);
    return server_send(s, &answer, status, &err) &&
           (status != LFADS_OK || h5_channel_send(s->channel, text, answer.bytes));
}

/* Joins STRINGS [COUNT] with their NULs into *TEXT; sets *LENGTH. */
static enum lfads_status join(char **text, size_t *length, char *const *strings, size_t count,
                              const struct server *s, struct lfads_error *err)
{
    size_t at = 0;

    *length = 0;
    for (size_t i = 0; i < count; i++)
        *length += (strings[i] ? strlen(strings[i]) : 0) + 1;
    if (*length > H5_LONGEST_TEXT)
        return lfads_fail(err, LFADS_BAD_DATA, "%s has texts of more than %d MiB", s->file.path,
                          H5_LONGEST_TEXT >> 20);
    *text = malloc(*length + 1);
    if (!*text)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", s->file.path);
    for (size_t i = 0; i < count; i++) {
        size_t bytes = (strings[i] ? strlen(strings[i]) : 0) + 1;

        memcpy(*text + at, strings[i] ? strings[i] : "", bytes);
        at += bytes;
    }
    return LFADS_OK;
}

/* Frees what libhdf5 allocated for COUNT strings. */
static void free_strings(char **strings, size_t count)
{
    for (size_t i = 0; strings && i < count; i++)
        H5free_memory(strings[i]);
    free(strings);
}

/* The strings lie in the file, which bounds their length unless it is compressed or they share
 * their place: the process's limits hold. */
bool server_answer_strings(struct server *s, struct h5_request *ask)
{
    struct lfads_error err;
    struct h5_answer answer = {.bytes = 0};
    char **strings = NULL, *text = NULL;
    size_t length = 0;
    enum lfads_status status;
    bool fine;

    ask->type = H5_AS_STORED;
    status = server_choose(s, ask->name, &err);
    if (status == LFADS_OK && s->set.shape.holds != H5_STRINGS)
        status = lfads_fail(&err, LFADS_BAD_DATA, "%s: %s has no strings", s->file.path, ask->name);
    if (status == LFADS_OK)
        status = server_check_rows(s, ask, &err);
    server_allow(s, 3 * s->set.strip + 16 * (size_t)s->file.bytes + 64 * ask->count);
    if (status == LFADS_OK && !(strings = calloc(ask->count + 1, sizeof *strings)))
        status = lfads_fail(&err, LFADS_NO_MEMORY, "no memory to read %s", s->file.path);
    if (status == LFADS_OK && ask->count > 0 &&
        !server_read_rows(&s->set, s->set.type, ask->first, ask->rows, strings))
        status = lfads_fail(&err, LFADS_BAD_DATA, "%s: %s can't be read: the file is damaged",
                            s->file.path, ask->name);
    if (status == LFADS_OK)
        status = join(&text, &length, strings, ask->count, s, &err);
    answer.bytes = status == LFADS_OK ? length : 0;
    fine = server_send(s, &answer, status, &err) &&
           (answer.bytes == 0 || h5_channel_send(s->channel, text, answer.bytes));
    free_strings(strings, ask->count);
    free(text);
    return fine;
}
