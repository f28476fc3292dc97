/* h5_types.h - types of numbers and the shape of a data set.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_TYPES_H
#define LFADS_H5_H5_TYPES_H
#include <stdbool.h>
#include <stddef.h>

enum { H5_MOST_RANK = 4, H5_ATTRIBUTE_SIZE = 64 };

/* Types of numbers in memory and on disk. H5_AS_STORED: as struct h5_stored says. */
enum h5_type { H5_FLOAT32, H5_FLOAT64, H5_INT64, H5_AS_STORED };

/* What the elements of a data set are. */
enum h5_holds {
    H5_OTHER,
    H5_NUMBERS,    /* integers or reals */
    H5_TRUTHS,     /* h5py's truth values, which can be read as numbers 0 and 1 */
    H5_LISTS,      /* lists of integers (h5_read_list, h5_read_reals) */
    H5_REAL_LISTS, /* lists of reals (h5_read_reals) */
    H5_TEXTS,      /* of fixed length */
    H5_STRINGS,    /* of any length */
    H5_LETTERS,    /* of a text, as MATLAB stores it: integers that are no numbers */
    H5_COMPLEX,    /* complex numbers */
    H5_RECORDS,    /* of several fields */
    H5_OBJECTS,    /* of MATLAB's classes: strings, tables, dates */
    H5_REFERENCES, /* to other objects, as in a cell array of MATLAB */
    H5_HOLDS
};

/* How a file stores an element, so that another file can store it alike. */
struct h5_stored {
    enum h5_holds holds;
    size_t size; /* bytes; 0: it can't be stored alike. Of strings of any length: 1 */
    bool real, is_signed, big_endian; /* of numbers */
    bool utf8;                        /* of texts */
    int padding;                      /* of texts: HDF5's H5T_str_t */
};

struct h5_shape {
    size_t rank, dims[H5_MOST_RANK];
    size_t count;        /* product of dims; 1 for a scalar */
    bool numeric, whole; /* integers, reals or truth values; integers only */
    enum h5_holds holds;
    struct h5_stored stored;
};

/* Returns what HOLDS is in words, such as "complex numbers". */
const char *h5_holds_name(enum h5_holds holds);
#endif
