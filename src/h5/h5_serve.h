/* h5_serve.h - the code of the process that reads a file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_SERVE_H
#define LFADS_H5_H5_SERVE_H
#include <stddef.h>
#include <stdint.h>

/* What the process receives from its parent. */
struct h5_source {
    int channel, file; /* the socket to the parent; the open file */
    uint64_t bytes;    /* the file's length */
    const char *path;  /* for errors */
    size_t memory;     /* bytes that it may allocate, in addition to what it has */
};
/* Limits the process, then answers requests until the parent closes its end. */
void h5_serve(const struct h5_source *source);
#endif
