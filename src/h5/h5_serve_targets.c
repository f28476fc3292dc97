/* h5_serve_targets.c - answers what references refer to, and what attributes of numbers are.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h5/h5_links.h"
#include "h5/h5_server.h"

/* Writes the name of the object that REFERENCE of the open data set refers to, without the slash in
 * front, ended by NUL; returns its length with the NUL. */
static size_t write_name(char *to, size_t room, hid_t set, const hobj_ref_t *reference)
{
    hid_t target = *reference ? H5Rdereference2(set, H5P_DEFAULT, H5R_OBJECT, reference) : -1;
    char name[H5_NAME] = "/";
    ssize_t length = target >= 0 ? H5Iget_name(target, name, sizeof name) : 0;

    if (length <= 0 || length >= (ssize_t)sizeof name)
        name[1] = 0;
    H5Oclose(target);
    return (size_t)snprintf(to, room, "%s", name + 1) + 1;
}

/* Sets *TEXT to the names, one after the other, *LENGTH to their bytes. */
static enum lfads_status collect(char **text, size_t *length, const struct server *s,
                                 struct lfads_error *err)
{
    size_t count = s->set.shape.count, room = 0;
    hobj_ref_t *references = calloc(count + 1, sizeof *references);
    enum lfads_status status = LFADS_OK;

    if (!references)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", s->file.path);
    if (H5Dread(s->set.set, H5T_STD_REF_OBJ, H5S_ALL, H5S_ALL, H5P_DEFAULT, references) < 0)
        status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s can't be read: the file is damaged",
                            s->file.path, s->name);
    for (size_t i = 0; i < count && status == LFADS_OK; i++) {
        if (room - *length < H5_NAME) {
            char *larger = realloc(*text, 2 * room + 4 * H5_NAME);

            if (!larger) {
                status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", s->file.path);
                break;
            }
            *text = larger;
            room = 2 * room + 4 * H5_NAME;
        }
        *length += write_name(*text + *length, H5_NAME, s->set.set, &references[i]);
        if (*length > H5_LONGEST_TEXT)
            status = lfads_fail(err, LFADS_BAD_DATA,
                                "%s: %s has too many cells: more than %d MiB "
                                "of names",
                                s->file.path, s->name, H5_LONGEST_TEXT >> 20);
    }
    free(references);
    return status;
}

bool server_answer_targets(struct server *s, const char *name)
{
    struct h5_answer answer = {.bytes = 0};
    struct lfads_error err;
    char *text = NULL;
    size_t length = 0;
    enum lfads_status status = server_choose(s, name, &err);
    bool fine;

    server_allow(s, 3 * s->set.strip + 4 * (size_t)H5_LONGEST_TEXT + 64 * s->set.shape.count);
    if (status == LFADS_OK &&
        (s->set.shape.holds != H5_REFERENCES || H5Tequal(s->set.type, H5T_STD_REF_OBJ) <= 0))
        status = lfads_fail(&err, LFADS_BAD_DATA, "%s: %s does not refer to objects", s->file.path,
                            name);
    if (status == LFADS_OK)
        status = collect(&text, &length, s, &err);
    answer.bytes = status == LFADS_OK ? length : 0;
    fine = server_send(s, &answer, status, &err) &&
           (answer.bytes == 0 || h5_channel_send(s->channel, text, answer.bytes));
    free(text);
    return fine;
}

/* Reads attribute ATTRIBUTE of OBJECT, one number. */
static bool read_number(double *value, hid_t object, const char *attribute)
{
    hid_t id = H5Aopen(object, attribute, H5P_DEFAULT), type = H5Aget_type(id),
          space = H5Aget_space(id);
    H5T_class_t class = type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
    bool fine = id >= 0 && (class == H5T_INTEGER || class == H5T_FLOAT) && H5Tget_size(type) <= 8 &&
                H5Sget_simple_extent_npoints(space) == 1 &&
                H5Aread(id, H5T_NATIVE_DOUBLE, value) >= 0;

    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(id);
    return fine;
}

bool server_answer_number(struct server *s, const char *name)
{
    char object[H5_NAME];
    struct h5_place place;
    hid_t id = -1;
    const char *at = strrchr(name, '@');
    double value = (double)NAN;
    struct h5_answer answer = {.bytes = sizeof value};
    struct lfads_error err;
    enum lfads_status status = LFADS_OK;

    snprintf(object, sizeof object, "%.*s", at ? (int)(at - name) : 0, name);
    if (at && h5_links_follow(&place, s->file.id, object) == H5_FOUND)
        id = H5Oopen(s->file.id, place.path, H5P_DEFAULT);
    if (id < 0)
        status = lfads_fail(&err, LFADS_BAD_DATA, "%s: %s can't be found, or it is damaged",
                            s->file.path, object);
    else if (H5Aexists(id, at + 1) != 0 && !read_number(&value, id, at + 1))
        status = lfads_fail(&err, LFADS_BAD_DATA, "%s: the attribute %s of %s is no number",
                            s->file.path, at + 1, object);
    H5Oclose(id);
    return server_send(s, &answer, status, &err) &&
           (status != LFADS_OK || h5_channel_send(s->channel, &value, sizeof value));
}
