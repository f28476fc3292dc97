/* bundle_open.c - reads and checks the index of a TensorFlow checkpoint.
 * SPDX-License-Identifier: Apache-2.0 */
#include <bundle.pb-c.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tensorflow/bundle_private.h"
#include "tensorflow/string_table.h"

enum { VERSION = 1, MOST_SHARDS = 99999, MOST_VARIABLES = 1 << 20 };

static enum lfads_status damaged(const char *path, const char *name, const char *what,
                                 struct lfads_error *err)
{
    return lfads_fail(err, LFADS_BAD_DATA, "%s is damaged: the %s of %.300s can't be", path, what,
                      *name ? name : "its header");
}

static enum lfads_status no_memory(const char *path, struct lfads_error *err)
{
    return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
}

/* protobuf-c's memory, which remembers whether it was lacking: protobuf-c does not say so. */
struct message_memory {
    ProtobufCAllocator allocator;
    bool lacking;
};

static void *take(void *memory, size_t size)
{
    void *taken = malloc(size);

    if (!taken)
        ((struct message_memory *)memory)->lacking = true;
    return taken;
}

static void give_back(void *memory, void *taken)
{
    (void)memory;
    free(taken);
}

static void message_memory_begin(struct message_memory *memory)
{
    *memory = (struct message_memory){{take, give_back, memory}, false};
}

/* Reads the value of the empty key, which is the first. */
static enum lfads_status read_header(struct bundle *bundle, const struct table_entry *entry,
                                     const char *path, struct lfads_error *err)
{
    struct message_memory memory;
    LfadsBundle__Header *header;
    enum lfads_status status = LFADS_OK;

    message_memory_begin(&memory);
    header = lfads_bundle__header__unpack(
        &memory.allocator, (size_t)(entry->value.end - entry->value.at), entry->value.at);
    if (memory.lacking)
        status = no_memory(path, err);
    else if (!header || header->num_shards < 1 || header->num_shards > MOST_SHARDS)
        status = damaged(path, "", "number of files", err);
    else if (header->endianness != 0)
        status =
            lfads_fail(err, LFADS_BAD_DATA,
                       "%s: the checkpoint was written on a big-endian machine, and such can't "
                       "be read: write it anew on a little-endian one with TensorFlow",
                       path);
    else if (header->version && header->version->min_consumer > VERSION)
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s has version %d of TensorFlow's format, and this program reads "
                            "version %d",
                            path, header->version->min_consumer, VERSION);
    else
        bundle->shards = (size_t)header->num_shards;
    if (header)
        lfads_bundle__header__free_unpacked(header, &memory.allocator);
    return status;
}

/* Sets the dimensions and the count. */
static bool read_shape(struct bundle_variable *variable, const LfadsBundle__Shape *shape)
{
    variable->count = 1;
    variable->rank = shape ? shape->n_dim : 0;
    if (shape && (shape->unknown_rank || shape->n_dim > BUNDLE_RANK))
        return false;
    for (size_t i = 0; i < variable->rank; i++) {
        int64_t size = shape->dim[i]->size;

        if (size < 0 || __builtin_mul_overflow(variable->count, (size_t)size, &variable->count))
            return false;
        variable->dims[i] = (size_t)size;
    }
    return true;
}

/* The number of bytes follows from the shape, for the types that are read. */
static bool has_right_size(const struct bundle_variable *variable)
{
    size_t each = bundle_type_bytes(variable->type), bytes;

    return !each ||
           (!__builtin_mul_overflow(each, variable->count, &bytes) && bytes == variable->bytes);
}

static enum lfads_status set_variable(struct bundle_variable *variable, const struct bundle *bundle,
                                      const LfadsBundle__Entry *entry, const char *path,
                                      struct lfads_error *err)
{
    if (entry->n_slices)
        return lfads_fail(
            err, LFADS_BAD_DATA,
            "%s: the variable %.300s is stored in parts, and such can't be read: save "
            "the model without partitioned variables",
            path, variable->name);
    if (!read_shape(variable, entry->shape))
        return damaged(path, variable->name, "shape", err);
    if (entry->shard_id < 0 || (size_t)entry->shard_id >= bundle->shards)
        return damaged(path, variable->name, "file", err);
    if (entry->offset < 0 || entry->size < 0)
        return damaged(path, variable->name, "place", err);
    variable->type = entry->dtype;
    variable->shard = (size_t)entry->shard_id;
    variable->offset = (size_t)entry->offset;
    variable->bytes = (size_t)entry->size;
    variable->checksum = entry->crc32c;
    return has_right_size(variable) ? LFADS_OK : damaged(path, variable->name, "size", err);
}

/* Makes room for a variable, and copies the key that names it. */
static enum lfads_status add_name(struct bundle *b, const struct table_entry *entry,
                                  const char *path, struct lfads_error *err)
{
    struct bundle_variable *larger;

    if (memchr(entry->key, 0, entry->key_length) || b->count == MOST_VARIABLES ||
        (b->count && strcmp(entry->key, b->variables[b->count - 1].name) <= 0))
        return damaged(path, entry->key, "name", err);
    if (b->count == b->allocated) {
        b->allocated = 2 * b->allocated + 64;
        larger = realloc(b->variables, b->allocated * sizeof *larger);
        if (!larger)
            return no_memory(path, err);
        b->variables = larger;
    }
    b->variables[b->count] = (struct bundle_variable){.name = strdup(entry->key)};
    if (!b->variables[b->count].name)
        return no_memory(path, err);
    b->count++;
    return LFADS_OK;
}

static enum lfads_status add_variable(struct bundle *b, const struct table_entry *entry,
                                      const char *path, struct lfads_error *err)
{
    struct message_memory memory;
    LfadsBundle__Entry *message;
    enum lfads_status status = add_name(b, entry, path, err);

    if (status != LFADS_OK)
        return status;
    message_memory_begin(&memory);
    message = lfads_bundle__entry__unpack(
        &memory.allocator, (size_t)(entry->value.end - entry->value.at), entry->value.at);
    if (!message)
        return memory.lacking ? no_memory(path, err)
                              : damaged(path, entry->key, "description", err);
    status = set_variable(&b->variables[b->count - 1], b, message, path, err);
    lfads_bundle__entry__free_unpacked(message, &memory.allocator);
    return status;
}

static enum lfads_status visit(void *payload, const struct table_entry *entry, const char *path,
                               struct lfads_error *err)
{
    struct bundle *b = payload;

    if (b->shards)
        return add_variable(b, entry, path, err);
    return entry->key_length ? damaged(path, "", "place", err) : read_header(b, entry, path, err);
}

/* Sets *BYTES to the length of a file of numbers. */
static enum lfads_status measure_shard(size_t *bytes, const struct bundle *b, size_t shard,
                                       struct lfads_error *err)
{
    char path[FILE_PATH];
    enum lfads_status status = bundle_shard_path(path, b, shard, err);
    FILE *file = status == LFADS_OK ? file_open(path) : NULL;
    long length;

    if (status != LFADS_OK)
        return status;
    if (!file)
        return lfads_fail(err, errno == ENOENT ? LFADS_BAD_DATA : LFADS_IO,
                          "can't read %s: %m; a TensorFlow checkpoint is all files that begin with "
                          "%s",
                          path, b->path);
    length = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    fclose(file);
    if (length < 0)
        return lfads_fail(err, LFADS_IO, "can't read %s", path);
    *bytes = (size_t)length;
    return LFADS_OK;
}

/* Every variable must be within its file. LENGTHS: [shards]. */
static enum lfads_status check_places(const struct bundle *b, const size_t *lengths,
                                      struct lfads_error *err)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct bundle_variable *v = &b->variables[i];
        size_t length = lengths[v->shard];

        if (v->bytes > length || v->offset > length - v->bytes)
            return lfads_fail(err, LFADS_BAD_DATA,
                              "%s.data-%05zu-of-%05zu is cut short or of another checkpoint: it "
                              "has %zu bytes, and %.300s is beyond",
                              b->path, v->shard, b->shards, length, v->name);
    }
    return LFADS_OK;
}

static enum lfads_status check_shards(const struct bundle *b, struct lfads_error *err)
{
    size_t *lengths = calloc(b->shards, sizeof *lengths);
    enum lfads_status status = LFADS_OK;

    if (!lengths)
        return no_memory(b->path, err);
    for (size_t shard = 0; shard < b->shards && status == LFADS_OK; shard++)
        status = measure_shard(&lengths[shard], b, shard, err);
    if (status == LFADS_OK)
        status = check_places(b, lengths, err);
    free(lengths);
    return status;
}

bool bundle_exists(const char *path)
{
    char index[FILE_PATH];

    return !file_exists(path) &&
           snprintf(index, sizeof index, "%s.index", path) < (int)sizeof index &&
           file_exists(index);
}

enum lfads_status bundle_open(struct bundle **out, const char *path, struct lfads_error *err)
{
    struct bundle *b = calloc(1, sizeof *b);
    char index[FILE_PATH];
    enum lfads_status status = LFADS_OK;

    *out = NULL;
    if (!b)
        return no_memory(path, err);
    if (snprintf(b->path, sizeof b->path, "%s", path) >= FILE_PATH ||
        snprintf(index, sizeof index, "%s.index", path) >= FILE_PATH)
        status = lfads_fail(err, LFADS_IO, "the path %.200s is too long", path);
    if (status == LFADS_OK)
        status = string_table_read(index, visit, b, err);
    if (status == LFADS_OK && !b->shards)
        status = damaged(index, "", "place", err);
    if (status == LFADS_OK)
        status = check_shards(b, err);
    if (status != LFADS_OK) {
        bundle_close(b);
        return status;
    }
    *out = b;
    return LFADS_OK;
}
