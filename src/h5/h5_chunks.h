/* h5_chunks.h - compresses rows on several threads and gives them to HDF5 as finished chunks.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_CHUNKS_H
#define LFADS_H5_H5_CHUNKS_H
#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

/* Writes ROWS chunks, from row FIRST, to SET, which was created with shuffle and deflate. A chunk
 * has BYTES bytes: little-endian numbers of SIZE bytes. Shuffles each chunk and compresses it at
 * LEVEL, as those filters do. On failure sets *NO_MEMORY to whether memory was the reason. */
bool h5_chunks_write(hid_t set, size_t first, size_t rows, size_t bytes, size_t size,
                     const void *values, int level, size_t threads, bool *no_memory);
#endif
