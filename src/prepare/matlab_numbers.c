/* matlab_numbers.c - the numbers of an array that libmatio read.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/matlab_numbers.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Number I of DATA. */
static double number_at(const void *data, enum matio_types type, size_t i)
{
    switch (type) {
    case MAT_T_DOUBLE:
        return ((const double *)data)[i];
    case MAT_T_SINGLE:
        return (double)((const float *)data)[i];
    case MAT_T_INT8:
        return ((const int8_t *)data)[i];
    case MAT_T_UINT8:
    case MAT_T_UTF8:
        return ((const uint8_t *)data)[i];
    case MAT_T_INT16:
        return ((const int16_t *)data)[i];
    case MAT_T_UINT16:
    case MAT_T_UTF16:
        return ((const uint16_t *)data)[i];
    case MAT_T_INT32:
        return ((const int32_t *)data)[i];
    case MAT_T_UINT32:
        return ((const uint32_t *)data)[i];
    case MAT_T_INT64:
        return (double)((const int64_t *)data)[i];
    case MAT_T_UINT64:
        return (double)((const uint64_t *)data)[i];
    default:
        return 0;
    }
}

/* Whether V is a sparse matrix with as many indices and values as it says, all within its axes. */
static bool is_sparse(const matvar_t *v)
{
    const mat_sparse_t *s = v->data;
    size_t last = 0;

    if (v->rank != 2 || !s || !s->jc || v->dims[1] >= UINT32_MAX || s->njc != v->dims[1] + 1)
        return false;
    for (size_t i = 0; i < s->njc; last = s->jc[i++])
        if (s->jc[i] < last)
            return false;
    if (last > s->nir || last > s->ndata || (last > 0 && (!s->ir || !s->data)))
        return false;
    for (size_t k = 0; k < last; k++)
        if (s->ir[k] >= v->dims[0])
            return false;
    return true;
}

size_t matlab_count(const matvar_t *v)
{
    size_t count = 1;

    if (!v || v->isComplex || v->rank < 0 ||
        (v->class_type >= MAT_C_STRUCT && v->class_type <= MAT_C_OBJECT) ||
        v->class_type == MAT_C_FUNCTION || v->class_type == MAT_C_OPAQUE ||
        v->class_type == MAT_C_CELL)
        return SIZE_MAX;
    for (int i = 0; i < v->rank; i++)
        if (__builtin_mul_overflow(count, v->dims[i], &count))
            return SIZE_MAX;
    if (v->class_type == MAT_C_SPARSE)
        return count < SIZE_MAX / 16 && is_sparse(v) ? count : SIZE_MAX;
    if (count > 0 && (!v->data || v->data_size <= 0 || v->nbytes / (size_t)v->data_size < count))
        return SIZE_MAX;
    return count;
}

void matlab_copy(double *numbers, const matvar_t *v)
{
    size_t count = matlab_count(v);
    const mat_sparse_t *sparse = v->data;

    if (v->class_type != MAT_C_SPARSE) {
        for (size_t i = 0; i < count; i++)
            numbers[i] = number_at(v->data, v->data_type, i);
        return;
    }
    memset(numbers, 0, count * sizeof *numbers);
    for (size_t column = 0; column < v->dims[1]; column++)
        for (size_t k = sparse->jc[column]; k < sparse->jc[column + 1]; k++)
            numbers[column * v->dims[0] + sparse->ir[k]] = number_at(sparse->data, v->data_type, k);
}
