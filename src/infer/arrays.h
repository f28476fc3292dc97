/* arrays.h - reads whole arrays of HDF5 files that are scored, and checks them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_ARRAYS_H
#define LFADS_INFER_ARRAYS_H
#include "h5/h5.h"

/* An array of a file, in double precision. */
struct array {
    char name[96];
    size_t rank, dims[H5_MOST_RANK], count;
    double *values; /* [count]; array_free frees them */
};

/* Sets *OUT to COUNT zeros for NAME of the file at PATH; the caller frees them. Fails if memory for
 * them can't be had. */
enum lfads_status array_allocate(double **out, size_t count, const char *name, const char *path,
                                 struct lfads_error *err);
/* Reads array NAME of FILE, numbers or truth values. Fails if it lacks it, or the array has not
 * RANK axes; axes of length 1 may be missing or there besides (shape_fit.h). */
enum lfads_status array_read(struct array *array, const struct h5_file *file, const char *name,
                             size_t rank, struct lfads_error *err);
/* The same; leaves the array empty (values NULL) if the file lacks it. */
enum lfads_status array_find(struct array *array, const struct h5_file *file, const char *name,
                             size_t rank, struct lfads_error *err);
void array_free(struct array *array);
/* Sets the infinite ones of COUNT numbers to NaN: they say as little. */
void array_forget_infinite(double *values, size_t count);
/* How many of COUNT numbers are NaN. */
size_t array_missing(const double *values, size_t count);
/* Fails unless the array's axis AXIS has SIZE entries, as WHAT has. */
enum lfads_status array_expect(const struct array *array, const struct h5_file *file, size_t axis,
                               size_t size, const char *what, struct lfads_error *err);
/* Fails at the first number that is infinite, below MIN or, without MAY_LACK, NaN. */
enum lfads_status array_check(const struct array *array, const struct h5_file *file, double min,
                              bool may_lack, struct lfads_error *err);
#endif
