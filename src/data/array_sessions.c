/* array_sessions.c - sessions of arrays in memory: lfads_data of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/array_datasets.h"
#include "data/session_files.h"
#include "h5/h5_arrays.h"

enum { LONGEST_KEY = 79 }; /* bytes of an array's name */

struct array_session {
    char *name;
    struct h5_arrays arrays;
};

struct lfads_data {
    struct array_session *sessions; /* [count] */
    size_t count;
    struct array_datasets *shared; /* what trainings have read of them */
};

enum lfads_status lfads_data_create(struct lfads_data **out, struct lfads_error *err)
{
    if (!out)
        return lfads_fail_null(err, "lfads_data_create", "out");
    *out = calloc(1, sizeof **out);
    if (*out)
        (*out)->shared = array_datasets_create();
    if (*out && (*out)->shared)
        return LFADS_OK;
    free(*out);
    *out = NULL;
    return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a data set");
}

void lfads_data_free(struct lfads_data *data)
{
    if (!data)
        return;
    for (size_t i = 0; i < data->count; i++) {
        h5_arrays_release(&data->sessions[i].arrays);
        free(data->sessions[i].name);
    }
    free(data->sessions);
    array_datasets_free(data->shared);
    free(data);
}

/* ---- putting arrays ---- */

/* Names become those of parameters and of data sets. */
static enum lfads_status check_name(const char *name, const char *what, size_t longest,
                                    struct lfads_error *err)
{
    if (!*name)
        return lfads_fail(err, LFADS_USAGE, "the name of %s is empty", what);
    if (strlen(name) > longest)
        return lfads_fail(err, LFADS_USAGE, "the name of %s, %.40s..., is longer than %zu bytes",
                          what, name, longest);
    for (const char *c = name; *c; c++)
        if (*c == '/' || (unsigned char)*c < ' ' || *c == 0x7f)
            return lfads_fail(
                err, LFADS_USAGE,
                "the name of %s, %s, has a slash or a control character: leave it out", what, name);
    return LFADS_OK;
}

static enum lfads_status check_array(const char *name, const struct lfads_array *a,
                                     struct lfads_error *err)
{
    bool empty = false;

    if ((unsigned)a->type > LFADS_BOOL)
        return lfads_fail(err, LFADS_USAGE, "%s: there is no type of numbers %d", name,
                          (int)a->type);
    if (a->rank > H5_MOST_RANK)
        return lfads_fail(err, LFADS_USAGE, "%s has %zu axes, and an array has at most %d", name,
                          a->rank, (int)H5_MOST_RANK);
    if (a->rank && !a->shape)
        return lfads_fail_null(err, name, "shape");
    for (size_t i = 0; i < a->rank; i++)
        empty = empty || a->shape[i] == 0;
    return a->values || empty ? LFADS_OK : lfads_fail_null(err, name, "values");
}

static struct array_session *find(const struct lfads_data *data, const char *name)
{
    for (size_t i = 0; i < data->count; i++)
        if (strcmp(data->sessions[i].name, name) == 0)
            return &data->sessions[i];
    return NULL;
}

/* Returns the session, which is created if need be; NULL: no memory. */
static struct array_session *session_of(struct lfads_data *data, const char *name)
{
    struct array_session *found = find(data, name), *longer;

    if (found)
        return found;
    longer = realloc(data->sessions, (data->count + 1) * sizeof *longer);
    if (!longer)
        return NULL;
    data->sessions = longer;
    longer[data->count] = (struct array_session){.name = strdup(name)};
    return longer[data->count].name ? &longer[data->count++] : NULL;
}

enum lfads_status lfads_data_put(struct lfads_data *data, const char *session, const char *name,
                                 const struct lfads_array *array, enum lfads_keep keep,
                                 struct lfads_error *err)
{
    const size_t longest = sizeof((struct session_shape *)0)->name - 1;
    struct array_session *into;
    enum lfads_status status;

    if (!data || !session || !name || !array)
        return lfads_fail_null(err, "lfads_data_put",
                               !data      ? "data"
                               : !session ? "session"
                               : !name    ? "name"
                                          : "array");
    if (keep != LFADS_COPY && keep != LFADS_BORROW)
        return lfads_fail(err, LFADS_USAGE,
                          "lfads_data_put: keep is %d: it takes LFADS_COPY and "
                          "LFADS_BORROW",
                          (int)keep);
    status = check_name(session, "a session", longest, err);
    if (status == LFADS_OK)
        status = check_name(name, "an array", LONGEST_KEY, err);
    if (status == LFADS_OK)
        status = check_array(name, array, err);
    if (status != LFADS_OK)
        return status;
    into = find(data, session);
    if (into && h5_arrays_find(&into->arrays, name))
        return lfads_fail(err, LFADS_USAGE, "session %s has an array %s already", session, name);
    into = session_of(data, session);
    return into ? h5_arrays_add(&into->arrays, name, array, keep == LFADS_COPY, err)
                : lfads_fail(err, LFADS_NO_MEMORY, "no memory for session %s", session);
}

/* ---- what there is ---- */

struct array_datasets *session_files_shared(const struct lfads_data *data) { return data->shared; }

size_t lfads_data_sessions(const struct lfads_data *data) { return data ? data->count : 0; }

const char *lfads_data_session(const struct lfads_data *data, size_t index)
{
    return data && index < data->count ? data->sessions[index].name : NULL;
}

size_t lfads_data_rows(const struct lfads_data *data, size_t index, const char *name)
{
    const struct h5_array *array = data && name && index < data->count
                                       ? h5_arrays_find(&data->sessions[index].arrays, name)
                                       : NULL;

    return !array ? 0 : array->rank ? array->shape[0] : 1;
}

enum lfads_status session_files_of_arrays(struct session_files *files,
                                          const struct lfads_data *data, const char *session,
                                          struct lfads_error *err)
{
    const struct array_session *only = session ? find(data, session) : NULL;

    *files = (struct session_files){.count = 0};
    if (session && !only)
        return lfads_fail(err, LFADS_USAGE, "the data have no session %s", session);
    if (!data->count)
        return lfads_fail(err, LFADS_BAD_DATA, "the data have no sessions: put arrays into them");
    files->file = calloc(data->count, sizeof *files->file);
    if (!files->file)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a list of sessions");
    for (size_t i = 0; i < data->count; i++) {
        const struct array_session *s = &data->sessions[i];
        size_t size = strlen(s->name) + sizeof "session ";
        struct session_file *f = &files->file[files->count];

        if (only && s != only)
            continue;
        files->count++;
        *f = (struct session_file){.path = malloc(size),
                                   .arrays = &s->arrays,
                                   .name = strdup(s->name),
                                   .label = strdup(s->name)};
        if (!f->path || !f->name || !f->label)
            return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a list of sessions");
        snprintf(f->path, size, "session %s", s->name);
    }
    return LFADS_OK;
}
