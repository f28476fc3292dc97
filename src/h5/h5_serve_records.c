/* h5_serve_records.c - answers what the fields of records are, and their numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h5/h5_server.h"
#include "h5/h5_stored.h"

enum { FIELDS_BYTES = 1 << 16, MOST_WIDTH = 1 << 12, MOST_PIECE = 1 << 24 };

/* How many numbers field I of TYPE is; 0: it holds others. */
static size_t width_of(hid_t type, unsigned i)
{
    hid_t field = H5Tget_member_type(type, i);
    H5T_class_t class = H5Tget_class(field);
    hsize_t width = 0;

    if (class == H5T_ARRAY && H5Tget_array_ndims(field) == 1 &&
        h5_stored_within(field) != H5T_NO_CLASS)
        H5Tget_array_dims2(field, &width);
    else if ((class == H5T_INTEGER || class == H5T_FLOAT) && h5_stored_is_plain(field))
        width = 1;
    H5Tclose(field);
    return width <= MOST_WIDTH ? (size_t)width : 0;
}

static enum lfads_status choose_records(struct server *s, const char *name, struct lfads_error *err)
{
    enum lfads_status status = server_choose(s, name, err);

    if (status == LFADS_OK && s->set.shape.holds != H5_RECORDS)
        status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s has no records", s->file.path, name);
    return status;
}

bool server_answer_fields(struct server *s, const char *name)
{
    char text[FIELDS_BYTES];
    size_t length = 0;
    struct h5_answer answer = {.bytes = 0};
    struct lfads_error err;
    enum lfads_status status = choose_records(s, name, &err);
    int count = status == LFADS_OK ? H5Tget_nmembers(s->set.type) : 0;

    for (int i = 0; i < count; i++) {
        char *field = H5Tget_member_name(s->set.type, (unsigned)i);

        if (field && strlen(field) + 16 < sizeof text - length)
            length += (size_t)snprintf(text + length, sizeof text - length, "%zu %s",
                                       width_of(s->set.type, (unsigned)i), field) +
                      1;
        H5free_memory(field);
    }
    answer.bytes = length;
    return server_send(s, &answer, status, &err) &&
           (answer.bytes == 0 || h5_channel_send(s->channel, text, answer.bytes));
}

/* Reads field I of rows of the open data set as WIDTH doubles each. */
static bool read_field(double *values, const struct h5_checked *set, unsigned i, size_t width,
                       size_t first, size_t rows)
{
    hsize_t each = width, start = first, count = rows;
    hid_t number = H5Tget_member_class(set->type, i) == H5T_ARRAY
                       ? H5Tarray_create2(H5T_NATIVE_DOUBLE, 1, &each)
                       : H5Tcopy(H5T_NATIVE_DOUBLE);
    char *field = H5Tget_member_name(set->type, i);
    hid_t type = H5Tcreate(H5T_COMPOUND, width * sizeof *values);
    hid_t memory = H5Screate_simple(1, &count, NULL);
    bool fine = field && H5Tinsert(type, field, 0, number) >= 0 && memory >= 0 &&
                H5Sselect_hyperslab(set->space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0 &&
                H5Dread(set->set, type, memory, set->space, H5P_DEFAULT, values) >= 0;

    H5free_memory(field);
    H5Sclose(memory);
    H5Tclose(type);
    H5Tclose(number);
    return fine;
}

/* The numbers of a field in the rows; NAME: the data set, @, the field. */
bool server_answer_field(struct server *s, const struct h5_request *ask)
{
    char name[H5_NAME];
    const char *at = strrchr(ask->name, '@');
    struct h5_answer answer = {.bytes = 0};
    struct lfads_error err;
    double *values = NULL;
    size_t width = 0;
    enum lfads_status status;
    bool fine;
    int i;

    snprintf(name, sizeof name, "%.*s", at ? (int)(at - ask->name) : 0, ask->name);
    status = choose_records(s, name, &err);
    i = status == LFADS_OK && at ? H5Tget_member_index(s->set.type, at + 1) : -1;
    width = i >= 0 ? width_of(s->set.type, (unsigned)i) : 0;
    if (status == LFADS_OK &&
        (width == 0 || s->set.shape.rank != 1 || ask->first > s->set.shape.count ||
         ask->rows > s->set.shape.count - ask->first || ask->rows > MOST_PIECE / width))
        status = lfads_fail(&err, LFADS_BAD_DATA, "%s: %s has no such field of numbers",
                            s->file.path, name);
    server_allow(s, 3 * s->set.strip + 3 * ask->rows * (s->set.number + 8 * width));
    if (status == LFADS_OK && !(values = calloc(ask->rows * width + 1, sizeof *values)))
        status = lfads_fail(&err, LFADS_NO_MEMORY, "no memory to read %s", s->file.path);
    if (status == LFADS_OK && ask->rows > 0 &&
        !read_field(values, &s->set, (unsigned)i, width, ask->first, ask->rows))
        status = lfads_fail(&err, LFADS_BAD_DATA, "%s: %s can't be read: the file is damaged",
                            s->file.path, name);
    answer.bytes = status == LFADS_OK ? ask->rows * width * sizeof *values : 0;
    fine = server_send(s, &answer, status, &err) &&
           (answer.bytes == 0 || h5_channel_send(s->channel, values, answer.bytes));
    free(values);
    return fine;
}
