/* trial_store.c - keeps records in memory or in a file; changes their type or moves them if they no
 * longer fit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/trial_store.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { PIECE = 1 << 20 }; /* bytes converted at a time */

size_t trial_store_bytes(enum number_type type)
{
    static const size_t bytes[] = {
        [NUMBER_UINT8] = sizeof(uint8_t),
        [NUMBER_UINT16] = sizeof(uint16_t),
        [NUMBER_FLOAT] = sizeof(float),
    };

    return bytes[type];
}

size_t trial_store_length(const struct trial_store *store)
{
    return store->numbers * trial_store_bytes(store->type);
}

size_t trial_store_memory(const struct trial_store *store)
{
    return store->memory ? store->records * trial_store_length(store) : 0;
}

bool trial_store_streams(const struct trial_store *store)
{
    return store->count > 0 && !store->memory;
}

/* Allocates memory or a file for all records of the store's type. */
static enum lfads_status allocate(struct trial_store *s, struct lfads_error *err)
{
    size_t bytes;

    s->memory = NULL;
    s->is_shared = false;
    s->file = -1;
    if (__builtin_mul_overflow(s->records, trial_store_length(s), &bytes) || bytes > SIZE_MAX / 4)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu trials of %zu numbers",
                          s->records, s->numbers);
    if (bytes <= s->limits.memory && s->limits.shared)
        s->memory = shared_memory_take(s->limits.shared, &s->offset, bytes);
    s->is_shared = s->memory != NULL;
    if (bytes <= s->limits.memory && !s->memory)
        s->memory = malloc(bytes + 1);
    if (s->memory)
        return LFADS_OK;
    if (!s->limits.directory)
        return lfads_fail(err, LFADS_NO_MEMORY,
                          "%zu trials of the data need %zu MiB, and there is no memory for them: "
                          "--data_in_memory=false keeps them on disk",
                          s->records, bytes >> 20);
    return file_unnamed(&s->file, s->limits.directory, bytes, err);
}

enum lfads_status trial_store_begin(struct trial_store *store, size_t records, size_t numbers,
                                    enum number_type type, const struct storage_limits *limits,
                                    struct lfads_error *err)
{
    *store = (struct trial_store){
        .records = records, .numbers = numbers, .type = type, .limits = *limits};
    return allocate(store, err);
}

void trial_store_end(struct trial_store *store)
{
    size_t bytes = trial_store_memory(store);

    if (store->is_shared && store->limits.shared)
        shared_memory_drop(store->limits.shared, store->offset, bytes);
    if (store->is_shared)
        shared_memory_unmap(store->memory, bytes);
    else
        free(store->memory);
    if (store->records && store->file >= 0)
        close(store->file);
    *store = (struct trial_store){.file = -1};
}

void trial_store_seal(struct trial_store *store)
{
    store->limits = (struct storage_limits){.memory = 0};
}

enum lfads_status trial_store_attach(struct trial_store *store, int memory,
                                     const struct shared_file *file, struct lfads_error *err)
{
    const struct trial_store sent = *store;

    store->memory = NULL;
    store->file = -1;
    if (sent.memory)
        return shared_memory_attach(&store->memory, memory, sent.offset, trial_store_memory(&sent),
                                    err);
    return trial_store_streams(&sent) ? shared_file_open(&store->file, file, err) : LFADS_OK;
}

static void pack(void *bytes, const float *values, enum number_type type, size_t count)
{
    uint8_t *u8 = bytes;
    uint16_t *u16 = bytes;

    switch (type) {
    case NUMBER_UINT8:
        for (size_t i = 0; i < count; i++)
            u8[i] = (uint8_t)(int32_t)values[i];
        break;
    case NUMBER_UINT16:
        for (size_t i = 0; i < count; i++)
            u16[i] = (uint16_t)(int32_t)values[i];
        break;
    case NUMBER_FLOAT:
        memcpy(bytes, values, count * sizeof *values);
        break;
    }
}

void trial_store_unpack(float *values, const void *bytes, enum number_type type, size_t count)
{
    const uint8_t *u8 = bytes;
    const uint16_t *u16 = bytes;

    switch (type) {
    case NUMBER_UINT8:
        for (size_t i = 0; i < count; i++)
            values[i] = u8[i];
        break;
    case NUMBER_UINT16:
        for (size_t i = 0; i < count; i++)
            values[i] = u16[i];
        break;
    case NUMBER_FLOAT:
        memcpy(values, bytes, count * sizeof *values);
        break;
    }
}

/* Write or read numbers FIRST to FIRST+COUNT-1 of the store as floats. BYTES is scratch space for
 * them in the store's type. */
static enum lfads_status write_numbers(struct trial_store *s, const float *values, size_t first,
                                       size_t count, void *bytes, struct lfads_error *err)
{
    size_t size = trial_store_bytes(s->type), offset = first * size;

    if (s->memory) {
        pack((char *)s->memory + offset, values, s->type, count);
        return LFADS_OK;
    }
    pack(bytes, values, s->type, count);
    return file_put(s->file, bytes, count * size, offset, err);
}

static enum lfads_status read_numbers(float *values, const struct trial_store *s, size_t first,
                                      size_t count, void *bytes, struct lfads_error *err)
{
    size_t size = trial_store_bytes(s->type), offset = first * size;
    enum lfads_status status = LFADS_OK;

    if (s->memory)
        bytes = (char *)s->memory + offset;
    else
        status = file_get(bytes, s->file, count * size, offset, err);
    if (status == LFADS_OK)
        trial_store_unpack(values, bytes, s->type, count);
    return status;
}

/* Converts the records added so far to TYPE, in memory or a file that fits all records of that
 * type. */
static enum lfads_status widen(struct trial_store *s, enum number_type type,
                               struct lfads_error *err)
{
    struct trial_store wide = {
        .records = s->records, .numbers = s->numbers, .type = type, .limits = s->limits};
    size_t total = s->count * s->numbers, per_piece = PIECE / sizeof(float);
    float *values = malloc(PIECE);
    void *bytes = malloc(PIECE);
    enum lfads_status status = allocate(&wide, err);

    if (status == LFADS_OK && (!values || !bytes))
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to keep the trials");
    for (size_t first = 0; first < total && status == LFADS_OK; first += per_piece) {
        size_t n = total - first < per_piece ? total - first : per_piece;

        status = read_numbers(values, s, first, n, bytes, err);
        if (status == LFADS_OK)
            status = write_numbers(&wide, values, first, n, bytes, err);
    }
    free(values);
    free(bytes);
    if (status != LFADS_OK) {
        trial_store_end(&wide);
        return status;
    }
    wide.count = s->count;
    trial_store_end(s);
    *s = wide;
    return LFADS_OK;
}

enum lfads_status trial_store_add(struct trial_store *store, const float *values, size_t count,
                                  enum number_type type, struct lfads_error *err)
{
    size_t numbers = count * store->numbers;
    void *bytes = NULL;
    enum lfads_status status = LFADS_OK;

    assert(store->count + count <= store->records);
    if (type > store->type)
        status = widen(store, type, err);
    if (status == LFADS_OK && !store->memory && !(bytes = malloc(numbers * sizeof *values + 1)))
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to keep the trials");
    if (status == LFADS_OK)
        status = write_numbers(store, values, store->count * store->numbers, numbers, bytes, err);
    free(bytes);
    if (status == LFADS_OK)
        store->count += count;
    return status;
}

enum lfads_status trial_store_read(void *bytes, const struct trial_store *store, size_t record,
                                   struct lfads_error *err)
{
    size_t length = trial_store_length(store), offset = record * length;

    assert(record < store->count);
    if (!store->memory)
        return file_get(bytes, store->file, length, offset, err);
    memcpy(bytes, (const char *)store->memory + offset, length);
    return LFADS_OK;
}

void trial_store_prefetch(const struct trial_store *store, size_t record)
{
    size_t length = trial_store_length(store);

    if (!store->memory)
        posix_fadvise(store->file, (off_t)(record * length), (off_t)length, POSIX_FADV_WILLNEED);
}
