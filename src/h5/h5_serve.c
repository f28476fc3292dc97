/* h5_serve.c - the process that reads a file: answers requests within its limits.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/memory.h"
#include "h5/h5_channel.h"
#include "h5/h5_check.h"
#include "h5/h5_errors.h"
#include "h5/h5_input.h"

enum {
    PIECE = 1 << 20,          /* bytes of a piece, if a row is not longer */
    SECONDS = 10,             /* processor time for an answer, and one second more for each … */
    BYTES_A_SECOND = 1 << 24, /* … of these bytes; gzip and conversion are much faster */
    ROOM = 1 << 28            /* bytes of memory in addition to the numbers, for libhdf5 */
};

struct server {
    int channel;
    struct h5_checked_file file;
    size_t mapped;      /* address space in use at the start */
    char name[H5_NAME]; /* the open data set */
    struct h5_checked set;
    struct quiet quiet; /* what libhdf5 says of the answer in the making */
};

static void limit(int which, rlim_t soft, rlim_t hard)
{
    struct rlimit limit = {soft, hard};

    setrlimit(which, &limit);
}

/* Sets the limits of time and memory for the next answer, of BYTES of numbers and chunks. */
static void allow(const struct server *s, size_t bytes)
{
    struct rusage used;
    size_t seconds = SECONDS + 1 + bytes / BYTES_A_SECOND;

    getrusage(RUSAGE_SELF, &used);
    seconds += (size_t)used.ru_utime.tv_sec + (size_t)used.ru_stime.tv_sec;
    limit(RLIMIT_CPU, seconds, RLIM_INFINITY);
#ifndef H5_WATCHED
    limit(RLIMIT_AS, s->mapped + ROOM + bytes, RLIM_INFINITY);
#else
    (void)s;
#endif
}

/* Forbids core files, writing files and opening files. */
static void confine(void)
{
    limit(RLIMIT_CORE, 0, 0);
#ifndef H5_WATCHED
    limit(RLIMIT_FSIZE, 0, 0);
    limit(RLIMIT_NOFILE, 0, 0);
#endif
}

/* Whether libhdf5 lacked memory: it says so, unless it has none to say it. */
static bool lacks_memory(const struct server *s)
{
    void *some = memory_create(PIECE / 16);

    free(some);
    return s->quiet.no_memory || !some;
}

/* A damaged file may make libhdf5 ask for more memory than there is: one can't tell which it is. */
static bool send_answer(const struct server *s, struct h5_answer *answer, enum lfads_status status,
                        const struct lfads_error *err)
{
    bool unsure = status == LFADS_BAD_DATA && lacks_memory(s);

    answer->status = (int)status;
    if (status != LFADS_OK)
        snprintf(answer->text, sizeof answer->text, "%.900s%s", err->text,
                 unsure ? ", or there is too little memory to read it" : "");
    return h5_channel_send(s->channel, answer, sizeof *answer);
}

/* Opens data set NAME, unless it is open. */
static enum lfads_status choose(struct server *s, const char *name, struct lfads_error *err)
{
    enum lfads_status status;

    if (s->set.set > 0 && strcmp(s->name, name) == 0)
        return LFADS_OK;
    h5_check_close(&s->set);
    status = h5_check_open(&s->set, &s->file, name, err);
    if (status == LFADS_OK)
        memcpy(s->name, name, sizeof s->name);
    else
        h5_check_close(&s->set);
    return status;
}

static bool answer_has(struct server *s, const char *name)
{
    struct h5_answer answer = {.has = true};

    /* every group on the way must exist before libhdf5 answers for what is in it */
    for (const char *end = strchr(name, '/'); answer.has && end; end = strchr(end + 1, '/')) {
        char group[H5_NAME];

        snprintf(group, sizeof group, "%.*s", (int)(end - name), name);
        answer.has = H5Lexists(s->file.id, group, H5P_DEFAULT) != 0;
    }
    answer.has = answer.has && H5Lexists(s->file.id, name, H5P_DEFAULT) != 0;

    return send_answer(s, &answer, LFADS_OK, NULL);
}

static bool answer_shape(struct server *s, const char *name)
{
    struct lfads_error err;
    enum lfads_status status = choose(s, name, &err);
    const struct h5_shape *shape = &s->set.shape;
    struct h5_answer answer = {.numeric = shape->numeric,
                               .whole = shape->whole,
                               .mask = shape->mask,
                               .lists = shape->lists,
                               .rank = shape->rank};

    memcpy(answer.dims, shape->dims, sizeof answer.dims);
    return send_answer(s, &answer, status, &err);
}

/* Reads rows FIRST to FIRST+ROWS-1 into BUFFER. */
static bool read_rows(const struct h5_checked *set, hid_t type, size_t first, size_t rows,
                      void *buffer)
{
    hsize_t start[H5_MOST_RANK] = {first}, count[H5_MOST_RANK] = {rows};
    hid_t memory;
    bool fine;

    if (set->shape.rank == 0)
        return H5Dread(set->set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer) >= 0;
    for (size_t i = 1; i < set->shape.rank; i++)
        count[i] = set->shape.dims[i];
    memory = H5Screate_simple((int)set->shape.rank, count, NULL);
    fine = memory >= 0 &&
           H5Sselect_hyperslab(set->space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
           H5Dread(set->set, type, memory, set->space, H5P_DEFAULT, buffer) >= 0;
    H5Sclose(memory);
    return fine;
}

/* Checks that the requested rows exist. For H5_ALL, sets first and rows to the whole set. */
static enum lfads_status check_rows(struct server *s, struct h5_request *ask,
                                    struct lfads_error *err)
{
    enum lfads_status status = choose(s, ask->name, err);
    const struct h5_shape *shape = &s->set.shape;
    size_t all = shape->rank ? shape->dims[0] : 1, row = all ? shape->count / all : 0;

    if (status != LFADS_OK)
        return status;
    if (!shape->numeric && !shape->mask)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s does not hold numbers", s->file.path,
                          ask->name);
    if (ask->question == H5_ALL) {
        ask->first = 0;
        ask->rows = all;
    }
    if (ask->question == H5_ALL && shape->count != ask->count)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s holds %zu numbers, and %zu are expected",
                          s->file.path, ask->name, shape->count, ask->count);
    if (ask->first > all || ask->rows > all - ask->first || ask->rows * row != ask->count)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: %s has %zu rows of %zu numbers, and other ones are expected: the "
                          "file was changed",
                          s->file.path, ask->name, all, row);
    return LFADS_OK;
}

/* Reads and sends the rows in pieces. If a later piece fails, the error replaces it. */
static bool answer_rows(struct server *s, struct h5_request *ask)
{
    struct lfads_error err;
    enum lfads_status status = check_rows(s, ask, &err);
    size_t size = ask->type == H5_FLOAT32 ? 4 : 8, row, some;
    struct h5_answer answer = {.bytes = 0};
    void *buffer;
    bool fine = true;

    if (status != LFADS_OK || ask->count == 0)
        return send_answer(s, &answer, status, &err);
    row = ask->count / ask->rows * size;
    some = row < PIECE ? PIECE / row : 1;
    some = some < ask->rows ? some : ask->rows;
    allow(s, 3 * s->set.strip + 3 * some * row);
    buffer = malloc(some * row);
    if (!buffer)
        status = lfads_fail(&err, LFADS_NO_MEMORY, "no memory to read %s", s->file.path);
    for (size_t done = 0; fine && status == LFADS_OK && done < ask->rows; done += some) {
        some = some < ask->rows - done ? some : ask->rows - done;
        allow(s, 3 * s->set.strip + 3 * some * row);
        if (!read_rows(&s->set, memory_type(ask->type), ask->first + done, some, buffer)) {
            status = lfads_fail(&err, LFADS_BAD_DATA, "%s: %s can't be read: the file is damaged",
                                s->file.path, ask->name);
            break;
        }
        answer.bytes = some * row;
        fine = send_answer(s, &answer, LFADS_OK, NULL) &&
               h5_channel_send(s->channel, buffer, answer.bytes);
    }
    free(buffer);
    answer.bytes = 0;
    return status == LFADS_OK ? fine : send_answer(s, &answer, status, &err);
}

static bool answer_text(struct server *s, const char *name)
{
    struct lfads_error err;
    enum lfads_status status = choose(s, name, &err);
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
    fine = send_answer(s, &answer, status, &err) &&
           (status != LFADS_OK || h5_channel_send(s->channel, text, answer.bytes));
    free(text);
    return fine;
}

/* Reads element ELEMENT of a set of lists into LIST, which libhdf5 allocates. */
static bool read_list(hvl_t *list, const struct h5_checked *set, size_t element)
{
    hsize_t start = element, count = 1;
    hid_t memory = H5Screate_simple(1, &count, NULL), type = H5Tvlen_create(H5T_NATIVE_INT64);
    bool fine = memory >= 0 && type >= 0 &&
                H5Sselect_hyperslab(set->space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0 &&
                H5Dread(set->set, type, memory, set->space, H5P_DEFAULT, list) >= 0;

    H5Tclose(type);
    H5Sclose(memory);
    return fine;
}

/* A list's integers lie in the file, which bounds their number. */
static bool answer_list(struct server *s, const char *name, size_t element)
{
    struct lfads_error err;
    enum lfads_status status = choose(s, name, &err);
    const struct h5_shape *shape = &s->set.shape;
    struct h5_answer answer = {.bytes = 0};
    hvl_t list = {0, NULL};
    bool fine;

    allow(s, 3 * s->set.strip + 16 * (size_t)s->file.bytes);
    if (status == LFADS_OK && (!shape->lists || shape->rank != 1 || element >= shape->dims[0]))
        status = lfads_fail(&err, LFADS_BAD_DATA, "%s: %s has no list %zu of integers",
                            s->file.path, name, element);
    if (status == LFADS_OK &&
        (!read_list(&list, &s->set, element) || list.len > s->file.bytes || (list.len && !list.p)))
        status = lfads_fail(&err, LFADS_BAD_DATA,
                            "%s: list %zu of %s can't be read: the file is "
                            "damaged",
                            s->file.path, element, name);
    answer.bytes = status == LFADS_OK ? list.len * sizeof(int64_t) : 0;
    fine = send_answer(s, &answer, status, &err) &&
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

static bool answer_attribute(struct server *s, const char *name)
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
    return send_answer(s, &answer, status, &err) &&
           (status != LFADS_OK || h5_channel_send(s->channel, text, answer.bytes));
}

static bool answer(struct server *s, struct h5_request *ask)
{
    ask->name[sizeof ask->name - 1] = 0;
    switch (ask->question) {
    case H5_HAS:
        return answer_has(s, ask->name);
    case H5_SHAPE:
        return answer_shape(s, ask->name);
    case H5_ROWS:
    case H5_ALL:
        return answer_rows(s, ask);
    case H5_TEXT:
        return answer_text(s, ask->name);
    case H5_LIST:
        return answer_list(s, ask->name, ask->first);
    case H5_ATTRIBUTE:
        return answer_attribute(s, ask->name);
    }
    return false;
}

static bool open_file(struct server *s, const struct h5_source *source)
{
    bool no_memory = s->mapped == 0; /* then even that could not be read */
    hid_t list = h5_input_list(source->file, source->bytes, &no_memory);
    struct h5_answer answer = {.bytes = 0};
    struct lfads_error err;
    enum lfads_status status = LFADS_OK;

    s->file.id = list >= 0 ? H5Fopen(source->path, H5F_ACC_RDONLY, list) : -1;
    if (no_memory || list < 0)
        status = lfads_fail(&err, LFADS_NO_MEMORY, "no memory to read %s", source->path);
    else if (s->file.id < 0)
        status = lfads_fail(&err, LFADS_BAD_DATA,
                            "%s is no HDF5 file, or it is damaged or cut short", source->path);
    return send_answer(s, &answer, status, &err) && status == LFADS_OK;
}

void h5_serve(const struct h5_source *source)
{
    struct server s = {
        .channel = source->channel,
        .file = {.bytes = source->bytes, .path = source->path, .memory = source->memory},
        .mapped = memory_mapped(),
        .set = {.deep = 1}};
    struct h5_request ask;

    confine();
    allow(&s, 0);
    quiet_begin(&s.quiet);
    H5PLset_loading_state(0); /* load no filter plug-ins */
    if (!open_file(&s, source))
        return;
    while (h5_channel_take(s.channel, &ask, sizeof ask)) {
        s.quiet.no_memory = false;
        allow(&s, 3 * s.set.strip); /* the chunk cache of the last set is still allocated */
        if (!answer(&s, &ask))
            return;
    }
}
