/* sparse.h - matrices of which a file stores what is not zero: by columns, as MATLAB does, or by
 * rows. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_SPARSE_H
#define LFADS_PREPARE_SPARSE_H
#include <stdbool.h>
#include <stddef.h>

/* Columns or rows are its lines. Indices are numbers of any size, as files have them. */
struct sparse {
    size_t lines, length;                   /* how many, and the entries of each */
    size_t stored;                          /* how many of PLACES and VALUES there are */
    const double *starts, *places, *values; /* [lines+1]: line i has the values from starts[i] to
                                               before starts[i+1], at these places in it */
};

/* Whether the indices are within bounds. */
bool sparse_is_sound(const struct sparse *sparse);
/* Adds the values to DENSE [lines,length], which is zeroed. */
void sparse_fill(double *dense, const struct sparse *sparse);
#endif
