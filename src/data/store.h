/* store.h - the trials of one set as records of equal length, each number in as few bytes as hold
 * all of them exactly: in memory, or in a file without a name that is gone with the process. Added
 * once, in order, by one thread; then read by any. HDF5, which is not safe among threads, has no
 * part in it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_STORE_H
#define LFADS_DATA_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum store_kind { STORE_BYTES, STORE_WORDS, STORE_REALS }; /* uint8_t, uint16_t, float */

/* Where records may be kept. */
struct store_place {
    size_t memory;         /* bytes at most in memory; what is larger goes to a file */
    const char *directory; /* of the file; NULL: there is none, all has to be in memory */
};

struct store {
    size_t count, records, numbers; /* records in it and in all; numbers of each */
    enum store_kind kind;
    void *memory; /* [records,numbers] of its kind, or NULL: they are in the file */
    int file;     /* -1: none */
    struct store_place place;
};

/* Bytes of a number. */
size_t store_bytes(enum store_kind kind);
/* Bytes of a record. */
size_t store_length(const struct store *store);
/* Bytes that all records take in memory: 0 where they are in a file. */
size_t store_memory(const struct store *store);

/* An empty store of RECORDS records of NUMBERS each, which fits where PLACE says (its directory
 * must outlive the adding). Fails where there is no room. store_end frees it, in every case. */
enum lfads_status store_begin(struct store *store, size_t records, size_t numbers,
                              enum store_kind kind, const struct store_place *place,
                              struct lfads_error *err);
/* Adds COUNT records of floats; where KIND, which holds these, is wider than the store's, the store
 * takes KIND from then on. */
enum lfads_status store_add(struct store *store, const float *values, size_t count,
                            enum store_kind kind, struct lfads_error *err);
/* Takes an all-zero one, or one that is ended. */
void store_end(struct store *store);

/* Copies record RECORD as it is kept, numbers * store_bytes(kind) bytes. */
enum lfads_status store_read(void *bytes, const struct store *store, size_t record,
                             struct lfads_error *err);
/* Tells the system that the record will be read soon. */
void store_expect(const struct store *store, size_t record);
/* Floats of COUNT numbers that are kept as KIND. */
void store_unpack(float *values, const void *bytes, enum store_kind kind, size_t count);
#endif
