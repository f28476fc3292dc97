/* shape_fit.c - axes of length 1 that were lost or added.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/shape_fit.h"

#include <stdio.h>
#include <string.h>

/* Whether axes AXES [RANK] are as EXPECTED and begin with the file's rows. */
static bool fits(const size_t *axes, size_t rank, const size_t *expected, size_t rows)
{
    for (size_t i = 0; i < rank; i++)
        if (expected[i] != SHAPE_ANY && axes[i] != expected[i])
            return false;
    return rank == 0 || axes[0] == 1 || axes[0] == rows;
}

/* Sets AXES [RANK] to LONG [COUNT] in order, with 1 on the axes of the set ONES; false if there are
 * not just as many places. */
static bool place(size_t *axes, size_t rank, unsigned ones, const size_t *lengths, size_t count)
{
    size_t used = 0;

    for (size_t i = 0; i < rank; i++) {
        bool one = ones >> i & 1;

        if (!one && used == count)
            return false;
        axes[i] = one ? 1 : lengths[used++];
    }
    return used == count;
}

bool shape_fit(struct h5_shape *shape, size_t rank, const size_t *expected)
{
    size_t lengths[H5_MOST_RANK], found[H5_MOST_RANK] = {0}, count = 0, ways = 0;
    size_t rows = shape->rank ? shape->dims[0] : 1;

    if (shape->rank == rank || (shape->rank == 0 && rank > 1))
        return shape->rank == rank;
    for (size_t i = 0; i < shape->rank; i++)
        if (shape->dims[i] != 1)
            lengths[count++] = shape->dims[i];
    for (unsigned ones = 0; ones < 1u << rank; ones++) {
        size_t axes[H5_MOST_RANK] = {0};

        if (!place(axes, rank, ones, lengths, count) || !fits(axes, rank, expected, rows))
            continue;
        memcpy(found, axes, sizeof found);
        ways++;
    }
    if (ways != 1)
        return false;
    shape->rank = rank;
    memcpy(shape->dims, found, sizeof found);
    return true;
}

void shape_as_vector(struct h5_shape *shape)
{
    for (size_t i = 0; i < shape->rank; i++)
        if (shape->count > 1 && shape->dims[i] == shape->count) {
            shape->rank = 1;
            shape->dims[0] = shape->count;
        }
}

void shape_text(char text[SHAPE_TEXT], const struct h5_shape *shape)
{
    size_t at = (size_t)snprintf(text, SHAPE_TEXT, "[");

    for (size_t i = 0; i < shape->rank; i++)
        at += (size_t)snprintf(text + at, SHAPE_TEXT - at, "%s%zu", i ? "," : "", shape->dims[i]);
    snprintf(text + at, SHAPE_TEXT - at, "]");
}

enum lfads_status shape_read_rows(void *values, enum h5_type type, const struct h5_file *file,
                                  const char *name, size_t length, size_t first, size_t rows,
                                  size_t count, struct lfads_error *err)
{
    return length == 1 && rows == 1
               ? h5_read(values, type, file, name, count, err)
               : h5_read_rows(values, type, file, name, first, rows, count, err);
}
