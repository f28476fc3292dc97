/* shape_fit.h - finds the axes that a data set is meant to have where axes of length 1 were lost,
 * as MATLAB loses them, or added. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_SHAPE_FIT_H
#define LFADS_DATA_SHAPE_FIT_H
#include "h5/h5.h"

enum { SHAPE_ANY = 0 };

/* Sets SHAPE, which is a file's, to RANK axes of the lengths EXPECTED [RANK], of which SHAPE_ANY
 * may be any. A shape of RANK axes is left as it is. False if there is no way, or more than one,
 * and SHAPE is then unchanged. The numbers of the first index of the result are the file's rows, or
 * all of them if its length is 1. */
bool shape_fit(struct h5_shape *shape, size_t rank, const size_t *expected);
/* Makes a shape whose axes but one have length 1, as MATLAB and NumPy write vectors, one of one
 * axis; leaves others. Its numbers are then to be read all at once. */
void shape_as_vector(struct h5_shape *shape);
/* Sets TEXT to the shape, such as "[16,20]". */
enum { SHAPE_TEXT = 120 };
void shape_text(char text[SHAPE_TEXT], const struct h5_shape *shape);

/* Reads COUNT numbers, indices FIRST to FIRST+ROWS-1 of the first of LENGTH, of a data set whose
 * shape was fitted. */
enum lfads_status shape_read_rows(void *values, enum h5_type type, const struct h5_file *file,
                                  const char *name, size_t length, size_t first, size_t rows,
                                  size_t count, struct lfads_error *err);
#endif
