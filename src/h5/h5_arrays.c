/* h5_arrays.c - reads arrays in memory with HDF5's rules of conversion.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_arrays.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    size_t bytes;
    bool real;
} numbers[] = {
    [LFADS_FLOAT32] = {4, true}, [LFADS_FLOAT64] = {8, true}, [LFADS_INT64] = {8, false},
    [LFADS_INT32] = {4, false},  [LFADS_INT16] = {2, false},  [LFADS_INT8] = {1, false},
    [LFADS_UINT64] = {8, false}, [LFADS_UINT32] = {4, false}, [LFADS_UINT16] = {2, false},
    [LFADS_UINT8] = {1, false},  [LFADS_BOOL] = {1, false}};

size_t h5_array_bytes(enum lfads_number type) { return numbers[type].bytes; }

/* ---- conversion ---- */

/* A real as an integer; at the ends of the range, as HDF5 has it. NaN: 0. */
static int64_t to_integer(double x)
{
    if (!(x > (double)INT64_MIN))
        return x == x ? INT64_MIN : 0;
    return x < (double)INT64_MAX ? (int64_t)x : INT64_MAX;
}

/* Converts COUNT numbers of TYPE that lie STRIDE bytes apart. A caller's array may lie anywhere, so
 * that numbers are copied, not looked at in their place. */
#define CONVERT(TO, FROM, EXPRESSION)                                                              \
    for (size_t i = 0; i < count; i++) {                                                           \
        FROM x;                                                                                    \
                                                                                                   \
        memcpy(&x, from + (ptrdiff_t)i * stride, sizeof x);                                        \
        ((TO *)to)[i] = (TO)(EXPRESSION);                                                          \
    }                                                                                              \
    break

#define CONVERT_WHOLE(TO)                                                                          \
    case LFADS_INT64:                                                                              \
        CONVERT(TO, int64_t, x);                                                                   \
    case LFADS_INT32:                                                                              \
        CONVERT(TO, int32_t, x);                                                                   \
    case LFADS_INT16:                                                                              \
        CONVERT(TO, int16_t, x);                                                                   \
    case LFADS_INT8:                                                                               \
        CONVERT(TO, int8_t, x);                                                                    \
    case LFADS_UINT32:                                                                             \
        CONVERT(TO, uint32_t, x);                                                                  \
    case LFADS_UINT16:                                                                             \
        CONVERT(TO, uint16_t, x);                                                                  \
    case LFADS_UINT8:                                                                              \
        CONVERT(TO, uint8_t, x);                                                                   \
    case LFADS_BOOL:                                                                               \
        CONVERT(TO, uint8_t, x != 0)

static void convert_doubles(void *to, enum lfads_number type, const char *from, ptrdiff_t stride,
                            size_t count)
{
    switch (type) {
    case LFADS_FLOAT32:
        CONVERT(double, float, x);
    case LFADS_FLOAT64:
        CONVERT(double, double, x);
    case LFADS_UINT64:
        CONVERT(double, uint64_t, x);
        CONVERT_WHOLE(double);
    }
}

static void convert_floats(void *to, enum lfads_number type, const char *from, ptrdiff_t stride,
                           size_t count)
{
    switch (type) {
    case LFADS_FLOAT32:
        CONVERT(float, float, x);
    case LFADS_FLOAT64:
        CONVERT(float, double, x);
    case LFADS_UINT64:
        CONVERT(float, uint64_t, x);
        CONVERT_WHOLE(float);
    }
}

static void convert_integers(void *to, enum lfads_number type, const char *from, ptrdiff_t stride,
                             size_t count)
{
    switch (type) {
    case LFADS_FLOAT32:
        CONVERT(int64_t, float, to_integer((double)x));
    case LFADS_FLOAT64:
        CONVERT(int64_t, double, to_integer(x));
    case LFADS_UINT64:
        CONVERT(int64_t, uint64_t, x > INT64_MAX ? INT64_MAX : (int64_t)x);
        CONVERT_WHOLE(int64_t);
    }
}

static void copy_bytes(char *to, size_t bytes, const char *from, ptrdiff_t stride, size_t count)
{
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * bytes, from + (ptrdiff_t)i * stride, bytes);
}

/* Goes through rows FIRST to FIRST+ROWS-1 of ARRAY in C order and converts them, a run of the last
 * axis at a time. */
static void gather(char *to, enum h5_type type, const struct h5_array *a, size_t first, size_t rows)
{
    size_t at[H5_MOST_RANK] = {0}, shape[H5_MOST_RANK] = {1, 1, 1, 1}, last, runs = 1;
    size_t bytes = type == H5_FLOAT32 ? 4 : type == H5_AS_STORED ? h5_array_bytes(a->type) : 8;
    const char *from = (const char *)a->values + (a->rank ? (ptrdiff_t)first * a->strides[0] : 0);

    for (size_t i = 0; i < a->rank; i++)
        shape[i] = i == 0 ? rows : a->shape[i];
    last = a->rank ? a->rank - 1 : 0;
    for (size_t i = 0; i < last; i++)
        runs *= shape[i];
    for (size_t run = 0; run < runs; run++, to += shape[last] * bytes) {
        const char *begin = from;
        ptrdiff_t stride = a->rank ? a->strides[last] : 0;

        for (size_t i = 0; i < last; i++)
            begin += (ptrdiff_t)at[i] * a->strides[i];
        if (type == H5_FLOAT64)
            convert_doubles(to, a->type, begin, stride, shape[last]);
        else if (type == H5_FLOAT32)
            convert_floats(to, a->type, begin, stride, shape[last]);
        else if (type == H5_INT64)
            convert_integers(to, a->type, begin, stride, shape[last]);
        else
            copy_bytes(to, bytes, begin, stride, shape[last]);
        for (size_t i = last; i-- > 0 && ++at[i] == shape[i];)
            at[i] = 0;
    }
}

/* ---- the list of arrays ---- */

const struct h5_array *h5_arrays_find(const struct h5_arrays *arrays, const char *name)
{
    for (size_t i = 0; i < arrays->count; i++)
        if (strcmp(arrays->each[i].name, name) == 0)
            return &arrays->each[i];
    return NULL;
}

static void set_dense(struct h5_array *a)
{
    ptrdiff_t stride = (ptrdiff_t)h5_array_bytes(a->type);

    for (size_t i = a->rank; i-- > 0; stride *= (ptrdiff_t)a->shape[i])
        a->strides[i] = stride;
}

/* Sets *COUNT to the count of numbers; fails if that many bytes can't be. */
static bool count_numbers(size_t *count, const struct lfads_array *array)
{
    *count = 1;
    for (size_t i = 0; i < array->rank; i++)
        if (__builtin_mul_overflow(*count, array->shape[i], count) || *count > SIZE_MAX / 16)
            return false;
    return true;
}

enum lfads_status h5_arrays_add(struct h5_arrays *arrays, const char *name,
                                const struct lfads_array *array, bool copied,
                                struct lfads_error *err)
{
    struct h5_array *each = realloc(arrays->each, (arrays->count + 1) * sizeof *each);
    struct h5_array a = {.type = array->type, .rank = array->rank, .values = array->values};
    size_t count;

    if (each)
        arrays->each = each;
    if (!count_numbers(&count, array))
        return lfads_fail(err, LFADS_USAGE, "%s is larger than any memory", name);
    for (size_t i = 0; i < a.rank; i++)
        a.shape[i] = array->shape[i];
    if (array->strides)
        memcpy(a.strides, array->strides, a.rank * sizeof *a.strides);
    else
        set_dense(&a);
    if (copied)
        a.owned = malloc(count * h5_array_bytes(a.type) + 1);
    a.name = each && (a.owned || !copied) ? strdup(name) : NULL;
    if (!a.name) {
        free(a.owned);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for %s", name);
    }
    if (copied && count) {
        gather(a.owned, H5_AS_STORED, &a, 0, a.rank ? a.shape[0] : 1);
        a.values = a.owned;
        set_dense(&a);
    }
    arrays->each[arrays->count++] = a;
    return LFADS_OK;
}

void h5_arrays_release(struct h5_arrays *arrays)
{
    for (size_t i = 0; i < arrays->count; i++) {
        free(arrays->each[i].name);
        free(arrays->each[i].owned);
    }
    free(arrays->each);
    *arrays = (struct h5_arrays){.count = 0};
}

/* ---- answers ---- */

bool h5_arrays_shape(struct h5_shape *shape, const struct h5_arrays *arrays, const char *name)
{
    const struct h5_array *a = h5_arrays_find(arrays, name);

    *shape = (struct h5_shape){.count = 0};
    if (!a)
        return false;
    *shape = (struct h5_shape){.rank = a->rank,
                               .count = 1,
                               .numeric = true,
                               .whole = !numbers[a->type].real,
                               .holds = H5_NUMBERS,
                               .stored = {.holds = H5_NUMBERS}};
    for (size_t i = 0; i < a->rank; i++) {
        shape->dims[i] = a->shape[i];
        shape->count *= a->shape[i];
    }
    return true;
}

static bool read_rows(void *values, enum h5_type type, const struct h5_array *a, size_t first,
                      size_t rows, size_t count)
{
    size_t has = rows;

    for (size_t i = 1; i < a->rank; i++)
        has *= a->shape[i];
    if (has != count)
        return false;
    if (count)
        gather(values, type, a, first, rows);
    return true;
}

bool h5_array_read_rows(void *values, enum h5_type type, const struct h5_array *array, size_t first,
                        size_t rows, size_t count)
{
    const struct h5_array *a = array;

    return a->rank && first <= a->shape[0] && rows <= a->shape[0] - first &&
           read_rows(values, type, a, first, rows, count);
}

bool h5_array_read(void *values, enum h5_type type, const struct h5_array *array, size_t count)
{
    return read_rows(values, type, array, 0, array->rank ? array->shape[0] : 1, count);
}

static int compare(const void *a, const void *b)
{
    const struct h5_array *const *first = a, *const *second = b;

    return strcmp((*first)->name, (*second)->name);
}

static bool is_empty(const struct h5_array *a)
{
    bool empty = false;

    for (size_t i = 0; i < a->rank; i++)
        empty = empty || a->shape[i] == 0;
    return empty;
}

char *h5_arrays_names(size_t *bytes, const struct h5_arrays *arrays)
{
    const struct h5_array **sorted = calloc(arrays->count + 1, sizeof *sorted);
    char *names, *at;

    *bytes = 0;
    for (size_t i = 0; i < arrays->count; i++)
        *bytes += strlen(arrays->each[i].name) + 2;
    names = malloc(*bytes + 1);
    if (!names || !sorted) {
        free(names);
        free(sorted);
        return NULL;
    }
    for (size_t i = 0; i < arrays->count; i++)
        sorted[i] = &arrays->each[i];
    qsort(sorted, arrays->count, sizeof *sorted, compare);
    at = names;
    for (size_t i = 0; i < arrays->count; i++) {
        size_t length = strlen(sorted[i]->name) + 1;

        *at = is_empty(sorted[i]) ? 'e' : 'd';
        memcpy(at + 1, sorted[i]->name, length);
        at += length + 1;
    }
    free(sorted);
    return names;
}
