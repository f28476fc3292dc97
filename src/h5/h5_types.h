/* h5_types.h - types of numbers and the shape of a data set.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_TYPES_H
#define LFADS_H5_H5_TYPES_H
#include <stdbool.h>
#include <stddef.h>

enum { H5_MOST_RANK = 4, H5_ATTRIBUTE_SIZE = 64 };

/* Types of numbers in memory and on disk. */
enum h5_type { H5_FLOAT32, H5_FLOAT64, H5_INT64 };

struct h5_shape {
    size_t rank, dims[H5_MOST_RANK];
    size_t count;        /* product of dims; 1 for a scalar */
    bool numeric, whole; /* integers or reals; integers only */
    bool mask;           /* not numeric: truth values, which can be read as numbers 0 and 1 */
    bool lists;          /* not numeric: each element is a list of integers (h5_read_list) */
};
#endif
