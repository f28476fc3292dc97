/* h5_chunks.h - rows compressed by threads and handed to HDF5 as finished chunks.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_CHUNKS_H
#define LFADS_H5_H5_CHUNKS_H
#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

/* Writes ROWS chunks from row FIRST on, of BYTES each (numbers of SIZE bytes, little-endian) to
 * SET, which was made with shuffle and deflate: each shuffled and compressed at LEVEL as those
 * filters would. *NO_MEMORY says whether that is why it failed. */
bool h5_chunks_write(hid_t set, size_t first, size_t rows, size_t bytes, size_t size,
                     const void *values, int level, size_t threads, bool *no_memory);
#endif
