/* h5_check.h - checks a data set of a foreign file: everything that its header says, before a
 * number is read or memory is allocated for it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_CHECK_H
#define LFADS_H5_H5_CHECK_H
#include <hdf5.h>

#include "base/error.h"
#include "h5/h5_links.h"
#include "h5/h5_types.h"

/* An open file, in the process that reads it. */
struct h5_checked_file {
    hid_t id;
    uint64_t bytes;   /* its length */
    const char *path; /* for errors */
    size_t memory;    /* bytes that this process may take */
};

/* A data set that passed the checks. */
struct h5_checked {
    hid_t set, space, type; /* 0: not open */
    struct h5_shape shape;
    bool bits;     /* a byte of bits each, as PyTables stores truth values */
    size_t number; /* bytes of one number in the file */
    size_t strip;  /* bytes of the chunks of one row, cached while reading; 0: not chunked */
    size_t deep;   /* rows of a chunk; 1: not chunked */
};

/* Opens NAME at the root of the file, or refuses it. h5_check_close closes SET, after a failure
 * too. */
enum lfads_status h5_check_open(struct h5_checked *set, const struct h5_checked_file *file,
                                const char *name, struct lfads_error *err);
/* Whether the object is a data set that MATLAB marked as empty, or has no place for numbers. */
bool h5_check_empty(const struct h5_checked_file *file, const struct h5_place *place);
void h5_check_close(struct h5_checked *set);
#endif
