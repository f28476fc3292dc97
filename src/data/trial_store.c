/* trial_store.c - records in memory or in a file, made wider or moved when they no longer fit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/trial_store.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { PIECE = 1 << 20 }; /* bytes that are converted at once */

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

/* Memory or a file for all records of the store's type. */
static enum lfads_status make_room(struct trial_store *s, struct lfads_error *err)
{
    size_t bytes;

    s->memory = NULL;
    s->file = -1;
    if (__builtin_mul_overflow(s->records, trial_store_length(s), &bytes) || bytes > SIZE_MAX / 4)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu trials of %zu numbers",
                          s->records, s->numbers);
    if (bytes <= s->limits.memory)
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
    return make_room(store, err);
}

void trial_store_end(struct trial_store *store)
{
    free(store->memory);
    if (store->records && store->file >= 0)
        close(store->file);
    *store = (struct trial_store){.file = -1};
}

static void pack(void *bytes, const float *values, enum number_type type, size_t count)
{
    uint8_t *small = bytes;
    uint16_t *words = bytes;

    switch (type) {
    case NUMBER_UINT8:
        for (size_t i = 0; i < count; i++)
            small[i] = (uint8_t)(int32_t)values[i];
        break;
    case NUMBER_UINT16:
        for (size_t i = 0; i < count; i++)
            words[i] = (uint16_t)(int32_t)values[i];
        break;
    case NUMBER_FLOAT:
        memcpy(bytes, values, count * sizeof *values);
        break;
    }
}

void trial_store_unpack(float *values, const void *bytes, enum number_type type, size_t count)
{
    const uint8_t *small = bytes;
    const uint16_t *words = bytes;

    switch (type) {
    case NUMBER_UINT8:
        for (size_t i = 0; i < count; i++)
            values[i] = small[i];
        break;
    case NUMBER_UINT16:
        for (size_t i = 0; i < count; i++)
            values[i] = words[i];
        break;
    case NUMBER_FLOAT:
        memcpy(values, bytes, count * sizeof *values);
        break;
    }
}

/* Numbers FIRST to FIRST+COUNT-1 of all that the store holds, from or to floats; BYTES is room for
 * them as they are kept. */
static enum lfads_status put(struct trial_store *s, const float *values, size_t first, size_t count,
                             void *bytes, struct lfads_error *err)
{
    size_t size = trial_store_bytes(s->type), at = first * size;

    if (s->memory) {
        pack((char *)s->memory + at, values, s->type, count);
        return LFADS_OK;
    }
    pack(bytes, values, s->type, count);
    return file_put(s->file, bytes, count * size, at, err);
}

static enum lfads_status get(float *values, const struct trial_store *s, size_t first, size_t count,
                             void *bytes, struct lfads_error *err)
{
    size_t size = trial_store_bytes(s->type), at = first * size;
    enum lfads_status status = LFADS_OK;

    if (s->memory)
        bytes = (char *)s->memory + at;
    else
        status = file_get(bytes, s->file, count * size, at, err);
    if (status == LFADS_OK)
        trial_store_unpack(values, bytes, s->type, count);
    return status;
}

/* Keeps what was added as TYPE, in a limits that has room for all records of it. */
static enum lfads_status widen(struct trial_store *s, enum number_type type,
                               struct lfads_error *err)
{
    struct trial_store wide = {
        .records = s->records, .numbers = s->numbers, .type = type, .limits = s->limits};
    size_t all = s->count * s->numbers, most = PIECE / sizeof(float);
    float *values = malloc(PIECE);
    void *bytes = malloc(PIECE);
    enum lfads_status status = make_room(&wide, err);

    if (status == LFADS_OK && (!values || !bytes))
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to keep the trials");
    for (size_t first = 0; first < all && status == LFADS_OK; first += most) {
        size_t some = all - first < most ? all - first : most;

        status = get(values, s, first, some, bytes, err);
        if (status == LFADS_OK)
            status = put(&wide, values, first, some, bytes, err);
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
        status = put(store, values, store->count * store->numbers, numbers, bytes, err);
    free(bytes);
    if (status == LFADS_OK)
        store->count += count;
    return status;
}

enum lfads_status trial_store_read(void *bytes, const struct trial_store *store, size_t record,
                                   struct lfads_error *err)
{
    size_t length = trial_store_length(store), at = record * length;

    assert(record < store->count);
    if (!store->memory)
        return file_get(bytes, store->file, length, at, err);
    memcpy(bytes, (const char *)store->memory + at, length);
    return LFADS_OK;
}

void trial_store_expect(const struct trial_store *store, size_t record)
{
    size_t length = trial_store_length(store);

    if (!store->memory)
        posix_fadvise(store->file, (off_t)(record * length), (off_t)length, POSIX_FADV_WILLNEED);
}
