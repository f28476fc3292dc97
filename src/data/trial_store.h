/* trial_store.h - the trials of one set as records of equal length, in memory or in an unnamed file
 * that disappears with the process. The type of the numbers is the smallest that holds all of them
 * exactly. One thread adds the records once, in order; then any thread may read them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_TRIAL_STORE_H
#define LFADS_DATA_TRIAL_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/shared_memory.h"

enum number_type { NUMBER_UINT8, NUMBER_UINT16, NUMBER_FLOAT }; /* uint8_t, uint16_t, float */

/* Where a store may keep its records. */
struct storage_limits {
    size_t memory;                /* greatest bytes in memory; a larger store uses a file */
    const char *directory;        /* directory of the file; NULL: memory only */
    struct shared_memory *shared; /* takes the memory, as long as it can; NULL: malloc does */
};

struct trial_store {
    size_t count, records, numbers; /* records added; records in total; numbers per record */
    enum number_type type;
    void *memory;   /* [records,numbers] of its type; NULL: the records are in the file */
    bool is_shared; /* the memory is a segment of shared memory */
    size_t offset;  /* of that segment */
    int file;       /* -1: none */
    struct storage_limits limits;
};

/* Bytes of a number of TYPE. */
size_t trial_store_bytes(enum number_type type);
/* Bytes of a record. */
size_t trial_store_length(const struct trial_store *store);
/* Bytes that all records take in memory; 0 if they are in a file. */
size_t trial_store_memory(const struct trial_store *store);

/* Whether the records are in a file. */
bool trial_store_streams(const struct trial_store *store);

/* Sets up an empty store for RECORDS records of NUMBERS numbers, within LIMITS. What LIMITS point
 * to must live until the last record is added and trial_store_seal is called. Fails if there is not
 * enough space. End it with trial_store_end, after a failure too. */
enum lfads_status trial_store_begin(struct trial_store *store, size_t records, size_t numbers,
                                    enum number_type type, const struct storage_limits *limits,
                                    struct lfads_error *err);
/* Adds COUNT records of floats. TYPE must hold them; if it is wider than the store's type, the
 * store changes to TYPE. */
enum lfads_status trial_store_add(struct trial_store *store, const float *values, size_t count,
                                  enum number_type type, struct lfads_error *err);
/* Says that all records are there; the store forgets its limits. */
void trial_store_seal(struct trial_store *store);
/* Makes STORE, a copy of one that another process of this machine has sealed, a store of the same
 * records: in shared memory, which this process sees as MEMORY, or in FILE. End it with
 * trial_store_end, after a failure too. */
enum lfads_status trial_store_attach(struct trial_store *store, int memory,
                                     const struct shared_file *file, struct lfads_error *err);
/* Frees the store. Accepts an all-zero store and one that has ended. */
void trial_store_end(struct trial_store *store);

/* Copies record RECORD in the store's type: numbers * trial_store_bytes(type) bytes. */
enum lfads_status trial_store_read(void *bytes, const struct trial_store *store, size_t record,
                                   struct lfads_error *err);
/* Tells the system that the record is needed soon. */
void trial_store_prefetch(const struct trial_store *store, size_t record);
/* Converts COUNT numbers of TYPE to floats. */
void trial_store_unpack(float *values, const void *bytes, enum number_type type, size_t count);
#endif
