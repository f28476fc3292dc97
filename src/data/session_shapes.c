/* session_shapes.c - what the data sets of a file must be: numbers, of the shape that is needed.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "data/session_private.h"
#include "data/shape_fit.h"

enum lfads_status session_reader_wrong_shape(const struct reading *r, const char *name,
                                             const struct h5_shape *shape, const char *wanted)
{
    char text[SHAPE_TEXT], remedy[160] = "";

    shape_text(text, shape);
    if (shape->rank == 4 && shape->dims[0] == 1)
        snprintf(remedy, sizeof remedy,
                 ": leave out the axis of length 1 in front (%.40s[0] in NumPy)", name);
    return lfads_fail(r->err, LFADS_BAD_DATA, "%s: %s has the shape %s, and %s is needed%s",
                      r->file.path, name, text, wanted, remedy);
}

/* What to do about elements that are no numbers. */
static const char *remedy(enum h5_holds holds)
{
    switch (holds) {
    case H5_LISTS:
    case H5_REAL_LISTS:
        return ": make one array of it, with NaN where a trial has ended (--missing_data=skip)";
    case H5_REFERENCES:
    case H5_RECORDS:
    case H5_OBJECTS:
        return ": store one array of numbers";
    case H5_COMPLEX:
        return ": store the real part";
    default:
        return ": store numbers";
    }
}

enum lfads_status session_reader_shape(struct h5_shape *shape, const struct reading *r,
                                       const char *name, size_t rank, const size_t *expected,
                                       const char *wanted)
{
    enum lfads_status status = h5_shape(shape, &r->file, name, r->err);

    if (status != LFADS_OK)
        return status;
    if (!shape->numeric)
        return lfads_fail(r->err, LFADS_BAD_DATA, "%s: %s does not hold numbers: it holds %s%s",
                          r->file.path, name, h5_holds_name(shape->holds), remedy(shape->holds));
    return shape_fit(shape, rank, expected) ? LFADS_OK
                                            : session_reader_wrong_shape(r, name, shape, wanted);
}
