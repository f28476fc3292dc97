/* arrays.c - reads whole arrays and checks their shapes and numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/arrays.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "data/shape_fit.h"

enum lfads_status array_allocate(double **out, size_t count, const char *name, const char *path,
                                 struct lfads_error *err)
{
    size_t bytes, available = memory_available();

    *out = NULL;
    if (__builtin_mul_overflow(count, sizeof **out, &bytes) || bytes > available)
        return lfads_fail(
            err, LFADS_NO_MEMORY,
            "evaluating needs %zu MiB of memory for %s of %s, and %zu MiB can be had: "
            "evaluate fewer trials",
            count / (1 << 20) * sizeof **out, name, path, available >> 20);
    *out = calloc(count + 1, sizeof **out);
    return *out ? LFADS_OK : lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
}

enum lfads_status array_read(struct array *array, const struct h5_file *file, const char *name,
                             size_t rank, struct lfads_error *err)
{
    struct h5_shape shape;
    enum lfads_status status;

    *array = (struct array){.rank = rank};
    snprintf(array->name, sizeof array->name, "%s", name);
    status = h5_shape(&shape, file, name, err);
    if (status != LFADS_OK)
        return status;
    if (!shape.numeric)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s does not hold numbers: it holds %s",
                          file->path, name, h5_holds_name(shape.holds));
    if (rank == 1 && shape.rank > 1)
        shape_as_vector(&shape);
    if (!shape_fit(&shape, rank, (const size_t[H5_MOST_RANK]){SHAPE_ANY}))
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: %s has %zu axes, and numbers with %zu are needed", file->path, name,
                          shape.rank, rank);
    for (size_t i = 0; i < rank; i++)
        array->dims[i] = shape.dims[i];
    array->count = shape.count;
    status = array_allocate(&array->values, shape.count, name, file->path, err);
    if (status == LFADS_OK)
        status = h5_read(array->values, H5_FLOAT64, file, name, shape.count, err);
    if (status != LFADS_OK)
        array_free(array);
    return status;
}

enum lfads_status array_find(struct array *array, const struct h5_file *file, const char *name,
                             size_t rank, struct lfads_error *err)
{
    *array = (struct array){.rank = 0};
    return h5_has(file, name) ? array_read(array, file, name, rank, err) : LFADS_OK;
}

void array_free(struct array *array)
{
    free(array->values);
    array->values = NULL;
}

size_t array_missing(const double *values, size_t count)
{
    size_t missing = 0;

    for (size_t i = 0; i < count; i++)
        missing += isnan(values[i]) != 0;
    return missing;
}

void array_forget_infinite(double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (isinf(values[i]))
            values[i] = (double)NAN;
}

enum lfads_status array_expect(const struct array *array, const struct h5_file *file, size_t axis,
                               size_t size, const char *what, struct lfads_error *err)
{
    return array->dims[axis] == size
               ? LFADS_OK
               : lfads_fail(err, LFADS_BAD_DATA,
                            "%s: %s has %zu entries on axis %zu, and %zu are needed, as in %s",
                            file->path, array->name, array->dims[axis], axis, size, what);
}

enum lfads_status array_check(const struct array *array, const struct h5_file *file, double min,
                              bool may_lack, struct lfads_error *err)
{
    size_t trial = array->dims[0] > 0 ? array->count / array->dims[0] : 1;

    for (size_t i = 0; i < array->count; i++) {
        double value = array->values[i];

        if (isinf(value) || value < min || (isnan(value) && !may_lack))
            return lfads_fail(
                err, LFADS_BAD_DATA,
                "%s: %s is %g in trial %zu, place %zu, and a finite number%s is needed", file->path,
                array->name, value, i / trial, i % trial, min == 0 ? " from 0 on" : "");
    }
    return LFADS_OK;
}
