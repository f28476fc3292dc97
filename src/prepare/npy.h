/* npy.h - decodes one array in NumPy's format from a stream of bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_NPY_H
#define LFADS_PREPARE_NPY_H
#include <stdint.h>

#include "prepare/variables.h"

/* Bytes that are read in order, from a file or from a member of an archive. */
struct npy_stream {
    void *source;
    /* Reads exactly LENGTH bytes; false if there are fewer. */
    bool (*take)(void *source, void *bytes, size_t length);
    uint64_t length; /* bytes that the stream can have at most */
};

/* Adds the array under NAME. An array of a type that is neither numbers, truth values nor texts is
 * noted as skipped. */
enum lfads_status npy_read(struct variables *variables, const char *name,
                           const struct npy_stream *stream, struct lfads_error *err);
/* Whether NumPy's letter TYPE and SIZE bytes are those of a number that is read. */
bool npy_is_number(char type, size_t size);
/* The number in SIZE bytes, the most significant first if they are SWAPPED. */
double npy_number(const unsigned char *bytes, char type, size_t size, bool swapped);
/* Adds an array of objects under NAME, whose pickle is BYTES [LENGTH]. */
enum lfads_status npy_read_objects(struct variables *variables, const char *name, size_t rank,
                                   const size_t *dims, const unsigned char *bytes, size_t length,
                                   struct lfads_error *err);
#endif
