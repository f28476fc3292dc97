/* trial_store.h - the trials of one set as records of equal length: in memory, or in an unnamed
 * file that disappears with the process. Each number takes the fewest bytes that hold all of them
 * exactly. One thread adds the records once, in order; then any thread reads them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_TRIAL_STORE_H
#define LFADS_DATA_TRIAL_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum number_type { NUMBER_UINT8, NUMBER_UINT16, NUMBER_FLOAT }; /* uint8_t, uint16_t, float */

/* Where records may be kept. */
struct storage_limits {
    size_t memory;         /* bytes at most in memory; what is larger goes to a file */
    const char *directory; /* of the file; NULL: there is none, all has to be in memory */
};

struct trial_store {
    size_t count, records, numbers; /* records in it and in all; numbers of each */
    enum number_type type;
    void *memory; /* [records,numbers] of its type, or NULL: they are in the file */
    int file;     /* -1: none */
    struct storage_limits limits;
};

/* Bytes of a number. */
size_t trial_store_bytes(enum number_type type);
/* Bytes of a record. */
size_t trial_store_length(const struct trial_store *store);
/* Bytes that all records take in memory: 0 where they are in a file. */
size_t trial_store_memory(const struct trial_store *store);

/* Whether its records are in a file. */
bool trial_store_streams(const struct trial_store *store);

/* An empty store of RECORDS records of NUMBERS each, which fits where LIMITS says (its directory
 * must outlive the adding). Fails where there is no room. trial_store_end frees it, in every case.
 */
enum lfads_status trial_store_begin(struct trial_store *store, size_t records, size_t numbers,
                                    enum number_type type, const struct storage_limits *limits,
                                    struct lfads_error *err);
/* Adds COUNT records of floats; where TYPE, which holds these, is wider than the store's, the store
 * takes TYPE from then on. */
enum lfads_status trial_store_add(struct trial_store *store, const float *values, size_t count,
                                  enum number_type type, struct lfads_error *err);
/* Takes an all-zero one, or one that is ended. */
void trial_store_end(struct trial_store *store);

/* Copies record RECORD as it is kept, numbers * trial_store_bytes(type) bytes. */
enum lfads_status trial_store_read(void *bytes, const struct trial_store *store, size_t record,
                                   struct lfads_error *err);
/* Tells the system that the record will be read soon. */
void trial_store_expect(const struct trial_store *store, size_t record);
/* Floats of COUNT numbers that are kept as TYPE. */
void trial_store_unpack(float *values, const void *bytes, enum number_type type, size_t count);
#endif
