/* h5_serve.c - the process that reads a file: answers requests within its limits.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/foreign.h"
#include "base/memory.h"
#include "base/sizes.h"
#include "h5/h5_input.h"
#include "h5/h5_links.h"
#include "h5/h5_lzf.h"
#include "h5/h5_server.h"

enum {
    PIECE = 1 << 20,          /* bytes of a piece, if a row is not longer */
    SECONDS = 10,             /* processor time for an answer, and one second more for each … */
    BYTES_A_SECOND = 1 << 24, /* … of these bytes; gzip and conversion are much faster */
    ROOM = 1 << 28            /* bytes of memory in addition to the numbers, for libhdf5 */
};

static void limit(int which, rlim_t soft, rlim_t hard)
{
    struct rlimit limit = {soft, hard};

    setrlimit(which, &limit);
}

void server_allow(const struct server *s, size_t bytes)
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

/* A damaged file may make libhdf5 ask for more memory than there is: one can't tell which. */
bool server_send(const struct server *s, struct h5_answer *answer, enum lfads_status status,
                 const struct lfads_error *err)
{
    bool unsure = status == LFADS_BAD_DATA && lacks_memory(s);

    answer->status = (int)status;
    if (status != LFADS_OK)
        snprintf(answer->text, sizeof answer->text, "%.900s%s", err->text,
                 unsure ? ", or there is too little memory to read it" : "");
    return h5_channel_send(s->channel, answer, sizeof *answer);
}

enum lfads_status server_choose(struct server *s, const char *name, struct lfads_error *err)
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

/* What is not there and what is an empty array of MATLAB, which has no other, are not had; what
 * can't be followed is, so that reading it says why. */
static bool answer_has(struct server *s, const char *name)
{
    struct h5_answer answer = {.has = true};
    struct h5_place place;
    enum h5_link found = h5_links_follow(&place, s->file.id, name);

    answer.has = found != H5_MISSING && (found != H5_FOUND || !h5_check_empty(&s->file, &place));
    return server_send(s, &answer, LFADS_OK, NULL);
}

static bool answer_shape(struct server *s, const char *name)
{
    struct lfads_error err;
    enum lfads_status status = server_choose(s, name, &err);
    const struct h5_shape *shape = &s->set.shape;
    struct h5_answer answer = {.numeric = shape->numeric,
                               .whole = shape->whole,
                               .holds = (int)shape->holds,
                               .stored = shape->stored,
                               .rank = shape->rank};

    memcpy(answer.dims, shape->dims, sizeof answer.dims);
    return server_send(s, &answer, status, &err);
}

/* Makes numbers of TYPE, in place, of COUNT bytes of bits, which libhdf5 does not convert. */
static bool convert_bits(const struct h5_checked *set, hid_t type, size_t count, void *buffer)
{
    return !set->bits || type == set->type ||
           H5Tconvert(H5T_STD_U8LE, type, count, buffer, NULL, H5P_DEFAULT) >= 0;
}

bool server_read_rows(const struct h5_checked *set, hid_t type, size_t first, size_t rows,
                      void *buffer)
{
    hsize_t start[H5_MOST_RANK] = {first}, count[H5_MOST_RANK] = {rows};
    size_t all = set->shape.rank ? set->shape.dims[0] : 1;
    hid_t memory, read = set->bits ? set->type : type;
    bool fine;

    if (set->shape.rank == 0)
        return H5Dread(set->set, read, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer) >= 0 &&
               convert_bits(set, type, 1, buffer);
    for (size_t i = 1; i < set->shape.rank; i++)
        count[i] = set->shape.dims[i];
    memory = H5Screate_simple((int)set->shape.rank, count, NULL);
    fine = memory >= 0 &&
           H5Sselect_hyperslab(set->space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
           H5Dread(set->set, read, memory, set->space, H5P_DEFAULT, buffer) >= 0 &&
           convert_bits(set, type, all ? set->shape.count / all * rows : 0, buffer);
    H5Sclose(memory);
    return fine;
}

enum lfads_status server_check_rows(struct server *s, struct h5_request *ask,
                                    struct lfads_error *err)
{
    enum lfads_status status = server_choose(s, ask->name, err);
    const struct h5_shape *shape = &s->set.shape;
    size_t all = shape->rank ? shape->dims[0] : 1, row = all ? shape->count / all : 0;

    if (status != LFADS_OK)
        return status;
    if (ask->type == H5_AS_STORED
            ? shape->stored.size == 0 ||
                  (shape->holds == H5_STRINGS) != (ask->question == H5_ROWS_OF_STRINGS)
            : !shape->numeric)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s does not hold numbers: it holds %s",
                          s->file.path, ask->name, h5_holds_name(shape->holds));
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
    enum lfads_status status = server_check_rows(s, ask, &err);
    size_t size = ask->type == H5_FLOAT32     ? 4
                  : ask->type == H5_AS_STORED ? s->set.shape.stored.size
                                              : 8;
    size_t row, some;
    struct h5_answer answer = {.bytes = 0};
    void *buffer;
    bool fine = true;

    if (status != LFADS_OK || ask->count == 0)
        return server_send(s, &answer, status, &err);
    row = ask->count / ask->rows * size;
    some = row < PIECE ? PIECE / row : 1;
    some = some < ask->rows ? some : ask->rows;
    server_allow(s, 3 * s->set.strip + 3 * some * row);
    buffer = malloc(some * row);
    if (!buffer)
        status = lfads_fail(&err, LFADS_NO_MEMORY, "no memory to read %s", s->file.path);
    for (size_t done = 0; fine && status == LFADS_OK && done < ask->rows; done += some) {
        some = some < ask->rows - done ? some : ask->rows - done;
        server_allow(s, 3 * s->set.strip + 3 * some * row);
        if (!server_read_rows(&s->set,
                              ask->type == H5_AS_STORED ? s->set.type : memory_type(ask->type),
                              ask->first + done, some, buffer)) {
            status = lfads_fail(&err, LFADS_BAD_DATA, "%s: %s can't be read: the file is damaged",
                                s->file.path, ask->name);
            break;
        }
        answer.bytes = some * row;
        fine = server_send(s, &answer, LFADS_OK, NULL) &&
               h5_channel_send(s->channel, buffer, answer.bytes);
    }
    free(buffer);
    answer.bytes = 0;
    return status == LFADS_OK ? fine : server_send(s, &answer, status, &err);
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
        return server_answer_text(s, ask->name);
    case H5_LIST:
        return server_answer_list(s, ask);
    case H5_ROWS_OF_STRINGS:
        return server_answer_strings(s, ask);
    case H5_KEYS:
        return server_answer_keys(s, ask->name);
    case H5_TARGETS:
        return server_answer_targets(s, ask->name);
    case H5_FIELDS:
        return server_answer_fields(s, ask->name);
    case H5_FIELD:
        return server_answer_field(s, ask);
    case H5_NUMBER_ATTRIBUTE:
        return server_answer_number(s, ask->name);
    case H5_ATTRIBUTE:
        return server_answer_attribute(s, ask->name);
    }
    return false;
}

/* Whether FIRST, the beginning of a file, has printable characters only, be they of UTF-8. */
static bool is_text(const char *first)
{
    for (; *first; first++)
        if ((unsigned char)*first < ' ' && !strchr("\t\r\n", *first))
            return false;
    return true;
}

/* What the file is, by its first bytes, if it is of another format that people take for HDF5; NULL:
 * it may be HDF5. */
static const char *other_format(const struct h5_source *source)
{
    static const struct {
        const char *bytes;
        size_t count;
        const char *what;
    } formats[] = {
        {"\x93NUMPY", 6, "a NumPy array: lfads prepare makes a data file of it"},
        {"PK\x03\x04", 4, "a zip file, as NumPy's npz: lfads prepare makes a data file of such"},
        {"MATLAB 5.0", 10,
         "a MATLAB file of before version 7.3: lfads prepare makes a data file of it"},
        {"\x1f\x8b", 2, "compressed by gzip: unpack it first"},
    };
    char first[32] = "";
    ssize_t length;

    if (source->bytes == 0)
        return "empty";
    length = pread(source->file, first, sizeof first - 1, 0);
    if (length < 0)
        return NULL;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (memcmp(first, formats[i].bytes, formats[i].count) == 0)
            return formats[i].what;
    if (foreign_format(first, (size_t)length))
        return foreign_format(first, (size_t)length);
    return first[0] && strlen(first) == size_min((size_t)source->bytes, sizeof first - 1) &&
                   is_text(first)
               ? "text: lfads prepare makes a data file of tables of spike times or counts"
               : NULL;
}

static bool open_file(struct server *s, const struct h5_source *source)
{
    const char *other;
    bool no_memory = s->mapped == 0; /* then even that could not be read */
    hid_t list = h5_input_list(source->file, source->bytes, &no_memory);
    struct h5_answer answer = {.bytes = 0};
    struct lfads_error err;
    enum lfads_status status = LFADS_OK;

    s->file.id = list >= 0 ? H5Fopen(source->path, H5F_ACC_RDONLY, list) : -1;
    if (no_memory || list < 0)
        status = lfads_fail(&err, LFADS_NO_MEMORY, "no memory to read %s", source->path);
    else if (s->file.id < 0 && (other = other_format(source)))
        status =
            lfads_fail(&err, LFADS_BAD_DATA, "%s is no HDF5 file: it is %s", source->path, other);
    else if (s->file.id < 0)
        status = lfads_fail(&err, LFADS_BAD_DATA,
                            "%s is no HDF5 file, or it is damaged or cut short", source->path);
    return server_send(s, &answer, status, &err) && status == LFADS_OK;
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
    server_allow(&s, 0);
    quiet_begin(&s.quiet);
    H5PLset_loading_state(0); /* load no filter plug-ins */
    h5_lzf_register();
    if (!open_file(&s, source))
        return;
    while (h5_channel_take(s.channel, &ask, sizeof ask)) {
        s.quiet.no_memory = false;
        server_allow(&s, 3 * s.set.strip); /* the chunk cache of the last set is still allocated */
        if (!answer(&s, &ask))
            return;
    }
}
