/* store.c - records in memory or in a file, made wider or moved when they no longer fit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/store.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { PIECE = 1 << 20 }; /* bytes that are converted at once */

size_t store_bytes(enum store_kind kind)
{
    static const size_t bytes[] = {
        [STORE_BYTES] = sizeof(uint8_t),
        [STORE_WORDS] = sizeof(uint16_t),
        [STORE_REALS] = sizeof(float),
    };

    return bytes[kind];
}

size_t store_length(const struct store *store) { return store->numbers * store_bytes(store->kind); }

size_t store_memory(const struct store *store)
{
    return store->memory ? store->records * store_length(store) : 0;
}

/* Memory or a file for all records of the store's kind. */
static enum lfads_status make_room(struct store *s, struct lfads_error *err)
{
    size_t bytes;

    s->memory = NULL;
    s->file = -1;
    if (__builtin_mul_overflow(s->records, store_length(s), &bytes) || bytes > SIZE_MAX / 4)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu trials of %zu numbers",
                          s->records, s->numbers);
    if (bytes <= s->place.memory)
        s->memory = malloc(bytes + 1);
    if (s->memory)
        return LFADS_OK;
    if (!s->place.directory)
        return lfads_fail(err, LFADS_NO_MEMORY,
                          "%zu trials of the data need %zu MiB, and there is no memory for them: "
                          "--data_in_memory=false keeps them on disk",
                          s->records, bytes >> 20);
    return file_unnamed(&s->file, s->place.directory, bytes, err);
}

enum lfads_status store_begin(struct store *store, size_t records, size_t numbers,
                              enum store_kind kind, const struct store_place *place,
                              struct lfads_error *err)
{
    *store = (struct store){.records = records, .numbers = numbers, .kind = kind, .place = *place};
    return make_room(store, err);
}

void store_end(struct store *store)
{
    free(store->memory);
    if (store->records && store->file >= 0)
        close(store->file);
    *store = (struct store){.file = -1};
}

static void pack(void *bytes, const float *values, enum store_kind kind, size_t count)
{
    uint8_t *small = bytes;
    uint16_t *words = bytes;

    switch (kind) {
    case STORE_BYTES:
        for (size_t i = 0; i < count; i++)
            small[i] = (uint8_t)(int32_t)values[i];
        break;
    case STORE_WORDS:
        for (size_t i = 0; i < count; i++)
            words[i] = (uint16_t)(int32_t)values[i];
        break;
    case STORE_REALS:
        memcpy(bytes, values, count * sizeof *values);
        break;
    }
}

void store_unpack(float *values, const void *bytes, enum store_kind kind, size_t count)
{
    const uint8_t *small = bytes;
    const uint16_t *words = bytes;

    switch (kind) {
    case STORE_BYTES:
        for (size_t i = 0; i < count; i++)
            values[i] = small[i];
        break;
    case STORE_WORDS:
        for (size_t i = 0; i < count; i++)
            values[i] = words[i];
        break;
    case STORE_REALS:
        memcpy(values, bytes, count * sizeof *values);
        break;
    }
}

/* Numbers FIRST to FIRST+COUNT-1 of all that the store holds, from or to floats; BYTES is room for
 * them as they are kept. */
static enum lfads_status put(struct store *s, const float *values, size_t first, size_t count,
                             void *bytes, struct lfads_error *err)
{
    size_t size = store_bytes(s->kind), at = first * size;

    if (s->memory) {
        pack((char *)s->memory + at, values, s->kind, count);
        return LFADS_OK;
    }
    pack(bytes, values, s->kind, count);
    return file_put(s->file, bytes, count * size, at, err);
}

static enum lfads_status get(float *values, const struct store *s, size_t first, size_t count,
                             void *bytes, struct lfads_error *err)
{
    size_t size = store_bytes(s->kind), at = first * size;
    enum lfads_status status = LFADS_OK;

    if (s->memory)
        bytes = (char *)s->memory + at;
    else
        status = file_get(bytes, s->file, count * size, at, err);
    if (status == LFADS_OK)
        store_unpack(values, bytes, s->kind, count);
    return status;
}

/* Keeps what was added as KIND, in a place that has room for all records of it. */
static enum lfads_status widen(struct store *s, enum store_kind kind, struct lfads_error *err)
{
    struct store wide = {
        .records = s->records, .numbers = s->numbers, .kind = kind, .place = s->place};
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
        store_end(&wide);
        return status;
    }
    wide.count = s->count;
    store_end(s);
    *s = wide;
    return LFADS_OK;
}

enum lfads_status store_add(struct store *store, const float *values, size_t count,
                            enum store_kind kind, struct lfads_error *err)
{
    size_t numbers = count * store->numbers;
    void *bytes = NULL;
    enum lfads_status status = LFADS_OK;

    assert(store->count + count <= store->records);
    if (kind > store->kind)
        status = widen(store, kind, err);
    if (status == LFADS_OK && !store->memory && !(bytes = malloc(numbers * sizeof *values + 1)))
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to keep the trials");
    if (status == LFADS_OK)
        status = put(store, values, store->count * store->numbers, numbers, bytes, err);
    free(bytes);
    if (status == LFADS_OK)
        store->count += count;
    return status;
}

enum lfads_status store_read(void *bytes, const struct store *store, size_t record,
                             struct lfads_error *err)
{
    size_t length = store_length(store), at = record * length;

    assert(record < store->count);
    if (!store->memory)
        return file_get(bytes, store->file, length, at, err);
    memcpy(bytes, (const char *)store->memory + at, length);
    return LFADS_OK;
}

void store_expect(const struct store *store, size_t record)
{
    size_t length = store_length(store);

    if (!store->memory)
        posix_fadvise(store->file, (off_t)(record * length), (off_t)length, POSIX_FADV_WILLNEED);
}
