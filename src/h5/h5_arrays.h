/* h5_arrays.h - named arrays in memory, which are read as the data sets of a file are.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_ARRAYS_H
#define LFADS_H5_H5_ARRAYS_H
#include "base/error.h"
#include "h5/h5_types.h"

struct h5_array {
    char *name;
    enum lfads_number type;
    size_t rank, shape[H5_MOST_RANK];
    ptrdiff_t strides[H5_MOST_RANK]; /* bytes */
    const void *values;
    void *owned; /* values, if they are a copy; else NULL */
};
struct h5_arrays {
    struct h5_array *each; /* [count] */
    size_t count;
};

/* Bytes of a number. */
size_t h5_array_bytes(enum lfads_number type);
/* Adds ARRAY, whose type and rank are right, under a NAME that is not there yet. COPIED: the
 * numbers are copied, without gaps. h5_arrays_release frees what ARRAYS holds. */
enum lfads_status h5_arrays_add(struct h5_arrays *arrays, const char *name,
                                const struct lfads_array *array, bool copied,
                                struct lfads_error *err);
void h5_arrays_release(struct h5_arrays *arrays);
/* Returns the array, NULL if there is none. */
const struct h5_array *h5_arrays_find(const struct h5_arrays *arrays, const char *name);

/* Sets SHAPE; false if there is no such array. */
bool h5_arrays_shape(struct h5_shape *shape, const struct h5_arrays *arrays, const char *name);
/* Reads rows FIRST to FIRST+ROWS-1 of an array that has axes, converted to TYPE; false if it has no
 * such rows or they are not COUNT numbers. */
bool h5_array_read_rows(void *values, enum h5_type type, const struct h5_array *array, size_t first,
                        size_t rows, size_t count);
/* Reads all numbers; false if they are not COUNT. */
bool h5_array_read(void *values, enum h5_type type, const struct h5_array *array, size_t count);
/* Returns the names in the order of their bytes, each with d in front (of an empty array: e) and
 * NUL behind, BYTES in all; the caller frees them. NULL: no memory. */
char *h5_arrays_names(size_t *bytes, const struct h5_arrays *arrays);
#endif
