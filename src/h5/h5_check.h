/* h5_check.h - what a data set of a foreign file may be. Everything that its header says is looked
 * at before a number is read or memory is taken for it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_CHECK_H
#define LFADS_H5_H5_CHECK_H
#include <hdf5.h>

#include "base/error.h"
#include "h5/h5_types.h"

/* A file that is read, in its own process. */
struct h5_checked_file {
    hid_t id;
    uint64_t bytes;   /* its length */
    const char *path; /* for errors */
    size_t memory;    /* bytes that this process may take */
};

/* A data set that may be read. */
struct h5_checked {
    hid_t set, space, type; /* 0: not open */
    struct h5_shape shape;
    size_t number; /* bytes of one, in the file */
    size_t strip;  /* bytes of the chunks that make up a row, kept while reading; 0: not chunked */
    size_t deep;   /* rows in a chunk; 1: not chunked */
};

/* Opens NAME at the file's root, or refuses it. SET is closed by h5_check_close, after a failure
 * too. */
enum lfads_status h5_check_open(struct h5_checked *set, const struct h5_checked_file *file,
                                const char *name, struct lfads_error *err);
void h5_check_close(struct h5_checked *set);
#endif
