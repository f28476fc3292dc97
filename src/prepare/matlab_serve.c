/* matlab_serve.c - the process that reads a MATLAB file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/matlab_serve.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "h5/h5_channel.h"
#include "h5/h5_errors.h"
#include "prepare/cells.h"
#include "prepare/matlab_numbers.h"

enum {
    SECONDS = 10,             /* processor time, and one second more for each … */
    BYTES_A_SECOND = 1 << 20, /* … of these bytes of the file */
    ROOM = 1 << 26,           /* bytes of memory in addition to the numbers … */
    MOST_RATIO = 8 * 1032,    /* … which deflate shortens to a 1032nd, and MATLAB to bytes */
    DEEPEST = 3               /* structures in structures */
};

static void limit(int which, rlim_t most)
{
    struct rlimit limit = {most, most};

    setrlimit(which, &limit);
}

/* Resets signals, closes the standard streams, limits time and memory for a file of BYTES. */
static void confine(uint64_t bytes)
{
    int null = open("/dev/null", O_RDWR);
    size_t most = bytes < SIZE_MAX / MOST_RATIO / 2 ? ROOM + bytes * MOST_RATIO : SIZE_MAX;

    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    signal(SIGINT, SIG_IGN);
    dup2(null, 0);
    dup2(null, 1);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, SECONDS + bytes / BYTES_A_SECOND);
#ifndef H5_WATCHED
    dup2(null, 2);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_AS, memory_mapped() + (most < memory_available() ? most : memory_available()));
#else
    (void)most;
#endif
}

static bool set_header(struct matlab_header *header, enum matlab_kind kind, const char *name,
                       const matvar_t *v)
{
    *header = (struct matlab_header){.kind = kind, .rank = (size_t)v->rank};
    snprintf(header->name, sizeof header->name, "%s", name);
    if (v->rank > VARIABLE_AXES)
        return false;
    for (int i = 0; i < v->rank; i++)
        header->dims[i] = v->dims[i];
    return true;
}

static enum matlab_reason reason_of(const matvar_t *v)
{
    return !v                                                               ? MATLAB_OTHER
           : v->class_type == MAT_C_OPAQUE || v->class_type == MAT_C_OBJECT ? MATLAB_OBJECT
           : v->isComplex                                                   ? MATLAB_COMPLEX
                                                                            : MATLAB_OTHER;
}

static bool skip(int channel, const char *name, const matvar_t *v)
{
    struct matlab_header header = {.kind = MATLAB_SKIPPED, .reason = (int)reason_of(v)};

    snprintf(header.name, sizeof header.name, "%s", name);
    return h5_channel_send(channel, &header, sizeof header);
}

/* Tells the parent that memory has ended, and that nothing more comes. */
static bool send_no_memory(int channel)
{
    struct matlab_header header = {.kind = MATLAB_NO_MEMORY};

    h5_channel_send(channel, &header, sizeof header);
    return false;
}

static bool send_numbers(int channel, const char *name, const matvar_t *v)
{
    struct matlab_header header;
    size_t count = matlab_count(v);
    double *numbers = count < SIZE_MAX / 16 ? calloc(count + 1, sizeof *numbers) : NULL;
    bool fine;

    if (count < SIZE_MAX && !numbers)
        return send_no_memory(channel);
    if (!numbers || !set_header(&header, MATLAB_NUMBERS, name, v)) {
        free(numbers);
        return skip(channel, name, v);
    }
    matlab_copy(numbers, v);
    header.numbers = count;
    fine = h5_channel_send(channel, &header, sizeof header) &&
           h5_channel_send(channel, numbers, count * sizeof *numbers);
    free(numbers);
    return fine;
}

/* What the cells of an array are, in the order of the last axis varying fastest. */
struct entries {
    const matvar_t **each; /* NULL: an empty one */
    size_t count, rank, dims[VARIABLE_AXES];
};

/* Sets INNER to how many cells each of the entries has, if all are cell arrays of as many. */
static bool are_cells(size_t *inner, const struct entries *e)
{
    *inner = 0;
    for (size_t i = 0; i < e->count; i++) {
        size_t count = 1;

        if (!e->each[i] || e->each[i]->class_type != MAT_C_CELL || !e->each[i]->data)
            return false;
        for (int a = 0; a < e->each[i]->rank; a++)
            if (__builtin_mul_overflow(count, e->each[i]->dims[a], &count))
                return false;
        if (count == 0 || (i > 0 && count != *inner) ||
            e->each[i]->nbytes / sizeof(matvar_t *) < count)
            return false;
        *inner = count;
    }
    return *inner > 0;
}

/* Replaces cell arrays, all of INNER cells, by their cells, along one axis more; false without
 * memory. */
static bool open_cells(struct entries *e, size_t inner)
{
    const matvar_t **each = calloc(e->count * inner + 1, sizeof *each);

    for (size_t i = 0; each && i < e->count; i++)
        for (size_t k = 0; k < inner; k++)
            each[i * inner + k] = ((matvar_t *const *)e->each[i]->data)[k];
    free(e->each);
    e->each = each;
    e->dims[e->rank++] = inner;
    e->count *= inner;
    return each != NULL;
}

/* The length of the first axis of a matrix; 0: a list. */
static size_t rows_of(const matvar_t *v)
{
    return v && v->rank == 2 && v->class_type != MAT_C_CHAR && v->dims[0] > 1 && v->dims[1] > 1
               ? v->dims[0]
               : 0;
}

enum collected { COLLECTED, NO_CELLS, NO_MEMORY };

/* Collects the entries; NO_CELLS if one is neither numbers nor characters. */
static enum collected collect(struct cells *cells, const struct entries *e)
{
    if (cells_begin(cells, e->rank, e->dims, "", NULL) != LFADS_OK)
        return NO_MEMORY;
    for (size_t i = 0; i < e->count; i++) {
        const matvar_t *one = e->each[i];
        size_t numbers = one ? matlab_count(one) : 0;
        double *to;

        if (numbers == SIZE_MAX || (one && one->rank > 2))
            return NO_CELLS;
        if (cells_add(&to, cells, numbers, rows_of(one), NULL) != LFADS_OK)
            return NO_MEMORY;
        cells->characters += one && one->class_type == MAT_C_CHAR;
        if (numbers > 0)
            matlab_copy(to, one);
    }
    return COLLECTED;
}

static bool send_none(int channel, const char *name, enum collected why)
{
    return why == NO_MEMORY ? send_no_memory(channel) : skip(channel, name, NULL);
}

static bool send_collected(int channel, const char *name, const struct cells *cells)
{
    struct matlab_header header = {.kind = MATLAB_LISTS,
                                   .rank = cells->rank,
                                   .numbers = cells->used,
                                   .characters = cells->characters};

    memcpy(header.dims, cells->dims, sizeof header.dims);
    snprintf(header.name, sizeof header.name, "%s", name);
    return h5_channel_send(channel, &header, sizeof header) &&
           h5_channel_send(channel, cells->ends, cells->count * sizeof *cells->ends) &&
           h5_channel_send(channel, cells->rows, cells->count * sizeof *cells->rows) &&
           h5_channel_send(channel, cells->numbers, cells->used * sizeof *cells->numbers);
}

/* Sends the entries, whose memory it frees. */
static bool send_entries(int channel, const char *name, struct entries *e)
{
    struct cells cells = {.numbers = NULL};
    size_t inner;
    enum collected collected = COLLECTED;
    bool fine;

    if (e->rank < VARIABLE_AXES && are_cells(&inner, e) && !open_cells(e, inner))
        collected = NO_MEMORY;
    if (collected == COLLECTED)
        collected = collect(&cells, e);
    fine = collected == COLLECTED ? send_collected(channel, name, &cells)
                                  : send_none(channel, name, collected);
    free(e->each);
    cells_free(&cells);
    return fine;
}

/* Sets E up for the elements of V; NO_CELLS if they have too many axes. */
static enum collected begin_entries(struct entries *e, const matvar_t *v)
{
    *e = (struct entries){.count = 1, .rank = (size_t)v->rank};
    if (v->rank < 0 || v->rank > VARIABLE_AXES)
        return NO_CELLS;
    for (size_t i = 0; i < e->rank; i++) {
        e->dims[i] = v->dims[i];
        if (__builtin_mul_overflow(e->count, v->dims[i], &e->count))
            return NO_CELLS;
    }
    if (e->count >= SIZE_MAX / 64)
        return NO_CELLS;
    e->each = calloc(e->count + 1, sizeof *e->each);
    return e->each ? COLLECTED : NO_MEMORY;
}

static bool send_cells(int channel, const char *name, const matvar_t *v)
{
    struct entries e;
    enum collected begun = v->data ? begin_entries(&e, v) : NO_CELLS;

    if (begun != COLLECTED)
        return send_none(channel, name, begun);
    if (v->nbytes / sizeof(matvar_t *) < e.count) {
        free(e.each);
        return skip(channel, name, NULL);
    }
    for (size_t i = 0; i < e.count; i++)
        e.each[i] = ((matvar_t *const *)v->data)[cells_place(i, e.rank, e.dims)];
    return send_entries(channel, name, &e);
}

/* Sends a matrix of letters: a text for each row, without the blanks at its end. */
static bool send_letters(int channel, const char *name, const matvar_t *v)
{
    struct cells cells = {.numbers = NULL};
    size_t rows = v->rank == 2 ? v->dims[0] : 0, count = matlab_count(v);
    double *letters = rows > 0 && count < SIZE_MAX / 16 ? calloc(count + 1, sizeof *letters) : NULL;
    bool fine = letters && cells_begin(&cells, 1, &rows, "", NULL) == LFADS_OK;

    if (rows == 0 || count >= SIZE_MAX / 16)
        return skip(channel, name, v);
    if (fine)
        matlab_copy(letters, v);
    for (size_t i = 0; i < rows && fine; i++) {
        size_t length = count / rows;
        double *to;

        while (length > 0 && letters[(length - 1) * rows + i] == ' ')
            length--;
        fine = cells_add(&to, &cells, length, 0, NULL) == LFADS_OK;
        for (size_t k = 0; k < length && fine; k++)
            to[k] = letters[k * rows + i];
    }
    cells.characters = rows;
    fine = fine ? send_collected(channel, name, &cells) : send_no_memory(channel);
    free(letters);
    cells_free(&cells);
    return fine;
}

static bool send_variable(int channel, const char *name, matvar_t *v, int depth);

/* Sends field I of a structure, or of an array of them, as NAME. */
static bool send_field(int channel, const char *name, matvar_t *v, size_t i, int depth)
{
    struct entries e;
    enum collected begun = v->data ? begin_entries(&e, v) : NO_CELLS;
    matvar_t *field;

    if (begun != COLLECTED)
        return send_none(channel, name, begun);
    for (size_t k = 0; k < e.count; k++)
        e.each[k] = Mat_VarGetStructFieldByIndex(v, i, cells_place(k, e.rank, e.dims));
    if (e.count > 1)
        return send_entries(channel, name, &e);
    free(e.each);
    field = e.count == 1 ? Mat_VarGetStructFieldByIndex(v, i, 0) : NULL;
    return !field || send_variable(channel, name, field, depth + 1);
}

/* Sends an array, or the fields of a structure, or of an array of structures, as STRUCTURE/FIELD,
 * as they are called in the files of version 7.3. */
static bool send_variable(int channel, const char *name, matvar_t *v, int depth)
{
    unsigned fields;
    char *const *names;

    if (v->class_type == MAT_C_CELL)
        return send_cells(channel, name, v);
    if (v->class_type == MAT_C_CHAR)
        return send_letters(channel, name, v);
    if (v->class_type != MAT_C_STRUCT)
        return send_numbers(channel, name, v);
    fields = Mat_VarGetNumberOfFields(v);
    names = Mat_VarGetStructFieldnames(v);
    if (depth >= DEEPEST || !names)
        return skip(channel, name, NULL);
    for (unsigned i = 0; i < fields; i++) {
        char path[128];

        snprintf(path, sizeof path, "%.60s/%.60s", name, names[i]);
        if (!send_field(channel, path, v, i, depth))
            return false;
    }
    return true;
}

void matlab_serve(int channel, const char *path)
{
    struct matlab_header end = {.kind = MATLAB_END};
    struct stat info = {.st_size = 0};
    mat_t *file;
    matvar_t *v;
    bool fine = true;

    stat(path, &info);
    confine((uint64_t)info.st_size);
    file = Mat_Open(path, MAT_ACC_RDONLY);
#ifndef H5_WATCHED
    limit(RLIMIT_NOFILE, 0);
#endif
    if (!file || Mat_GetVersion(file) == MAT_FT_MAT73)
        end.kind = MATLAB_FAILED;
    else
        while (fine && (v = Mat_VarReadNext(file)) != NULL) {
            if (v->name)
                fine = send_variable(channel, v->name, v, 0);
            Mat_VarFree(v);
        }
    h5_channel_send(channel, &end, sizeof end);
}
