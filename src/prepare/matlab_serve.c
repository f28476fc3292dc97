/* matlab_serve.c - the process that reads a MATLAB file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/matlab_serve.h"

#include <fcntl.h>
#include <matio.h>
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

enum {
    SECONDS = 10,             /* processor time, and one second more for each … */
    BYTES_A_SECOND = 1 << 20, /* … of these bytes of the file */
    ROOM = 1 << 26,           /* bytes of memory in addition to the numbers … */
    MOST_RATIO = 8 * 1032     /* … which deflate shortens to a 1032nd, and MATLAB to bytes */
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

/* Number I of an array. */
static double number_at(const matvar_t *v, size_t i)
{
    switch (v->data_type) {
    case MAT_T_DOUBLE:
        return ((const double *)v->data)[i];
    case MAT_T_SINGLE:
        return (double)((const float *)v->data)[i];
    case MAT_T_INT8:
        return ((const int8_t *)v->data)[i];
    case MAT_T_UINT8:
    case MAT_T_UTF8:
        return ((const uint8_t *)v->data)[i];
    case MAT_T_INT16:
        return ((const int16_t *)v->data)[i];
    case MAT_T_UINT16:
    case MAT_T_UTF16:
        return ((const uint16_t *)v->data)[i];
    case MAT_T_INT32:
        return ((const int32_t *)v->data)[i];
    case MAT_T_UINT32:
        return ((const uint32_t *)v->data)[i];
    case MAT_T_INT64:
        return (double)((const int64_t *)v->data)[i];
    case MAT_T_UINT64:
        return (double)((const uint64_t *)v->data)[i];
    default:
        return 0;
    }
}

/* The numbers of an array; SIZE_MAX: it is none of plain numbers or characters. */
static size_t count_of(const matvar_t *v)
{
    size_t count = 1;

    if (!v || v->isComplex || v->rank < 0 ||
        (v->class_type >= MAT_C_STRUCT && v->class_type <= MAT_C_OBJECT) ||
        v->class_type == MAT_C_SPARSE || v->class_type == MAT_C_FUNCTION ||
        v->class_type == MAT_C_OPAQUE || v->class_type == MAT_C_CELL)
        return SIZE_MAX;
    for (int i = 0; i < v->rank; i++)
        if (__builtin_mul_overflow(count, v->dims[i], &count))
            return SIZE_MAX;
    if (count > 0 && (!v->data || v->data_size <= 0 || v->nbytes / (size_t)v->data_size < count))
        return SIZE_MAX;
    return count;
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

static bool skip(int channel, const char *name)
{
    struct matlab_header header = {.kind = MATLAB_SKIPPED};

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
    size_t count = count_of(v);
    double *numbers = count < SIZE_MAX ? calloc(count + 1, sizeof *numbers) : NULL;
    bool fine;

    if (count < SIZE_MAX && !numbers)
        return send_no_memory(channel);
    if (!numbers || !set_header(&header, MATLAB_NUMBERS, name, v)) {
        free(numbers);
        return skip(channel, name);
    }
    for (size_t i = 0; i < count; i++)
        numbers[i] = number_at(v, i);
    header.numbers = count;
    fine = h5_channel_send(channel, &header, sizeof header) &&
           h5_channel_send(channel, numbers, count * sizeof *numbers);
    free(numbers);
    return fine;
}

/* Collects the cells; false if one is neither numbers nor characters, or memory ends. *TEXTS counts
 * those of characters. */
static bool collect(struct cells *cells, size_t *texts, bool *no_memory, const matvar_t *v,
                    size_t count)
{
    matvar_t *const *cell = v->data;

    for (size_t i = 0; i < count; i++) {
        const matvar_t *one = cell[cells_place(i, (size_t)v->rank, v->dims)];
        size_t numbers = one ? count_of(one) : 0;
        double *to;

        if (numbers == SIZE_MAX)
            return false;
        if (cells_add(&to, cells, numbers, NULL) != LFADS_OK) {
            *no_memory = true;
            return false;
        }
        *texts += one && one->class_type == MAT_C_CHAR;
        for (size_t k = 0; k < numbers; k++)
            to[k] = number_at(one, k);
    }
    return true;
}

/* Turns the cells into texts, each ended by NUL. */
static char *pack(const struct cells *cells, size_t *bytes)
{
    char *packed = calloc(cells->used + cells->count + 1, 1), *at = packed;

    for (size_t i = 0, k = 0; packed && i < cells->count; i++, at++)
        for (; k < cells->ends[i]; k++)
            *at++ =
                cells->numbers[k] >= 1 && cells->numbers[k] < 128 ? (char)cells->numbers[k] : '?';
    *bytes = (size_t)(at - packed);
    return packed;
}

static bool send_cells(int channel, const char *name, const matvar_t *v)
{
    struct cells cells = {.numbers = NULL};
    struct matlab_header header;
    size_t count = 1, texts = 0;
    char *packed = NULL;
    bool no_memory = false, fine = set_header(&header, MATLAB_LISTS, name, v) && v->data;

    for (int i = 0; fine && i < v->rank; i++)
        fine = !__builtin_mul_overflow(count, v->dims[i], &count);
    fine = fine && v->nbytes / sizeof(matvar_t *) >= count;
    no_memory = fine && cells_begin(&cells, count, "", NULL) != LFADS_OK;
    fine = fine && !no_memory && collect(&cells, &texts, &no_memory, v, count);
    header.numbers = cells.used;
    if (fine && texts > 0) {
        header.kind = MATLAB_TEXTS;
        packed = pack(&cells, &header.numbers);
        no_memory = !packed;
    }
    if (no_memory)
        fine = send_no_memory(channel);
    else if (!fine)
        fine = skip(channel, name);
    else if (texts > 0)
        fine = h5_channel_send(channel, &header, sizeof header) &&
               h5_channel_send(channel, packed, header.numbers);
    else
        fine = h5_channel_send(channel, &header, sizeof header) &&
               h5_channel_send(channel, cells.ends, count * sizeof *cells.ends) &&
               h5_channel_send(channel, cells.numbers, cells.used * sizeof *cells.numbers);
    free(packed);
    free(cells.numbers);
    free(cells.ends);
    return fine;
}

/* Sends an array, or the fields of a structure under STRUCTURE.FIELD. */
static bool send_variable(int channel, const char *name, matvar_t *v, bool inside)
{
    unsigned fields;
    char *const *names;

    if (v->class_type == MAT_C_CELL)
        return send_cells(channel, name, v);
    if (v->class_type != MAT_C_STRUCT)
        return send_numbers(channel, name, v);
    fields = Mat_VarGetNumberOfFields(v);
    names = Mat_VarGetStructFieldnames(v);
    if (inside || !names || v->rank != 2 || v->dims[0] != 1 || v->dims[1] != 1)
        return skip(channel, name);
    for (unsigned i = 0; i < fields; i++) {
        matvar_t *field = Mat_VarGetStructFieldByIndex(v, i, 0);
        char path[128];

        snprintf(path, sizeof path, "%.60s.%.60s", name, names[i]);
        if (field && !send_variable(channel, path, field, true))
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
                fine = send_variable(channel, v->name, v, false);
            Mat_VarFree(v);
        }
    h5_channel_send(channel, &end, sizeof end);
}
