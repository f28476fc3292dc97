/* string_table.c - reads the footer of a sorted string table, and its blocks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tensorflow/string_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

enum { FOOTER = 48, MAGIC_BYTES = 8 };
static const uint64_t magic = UINT64_C(0xdb4775248b80fb57);

struct table {
    const char *path;
    unsigned char *bytes;
    size_t length;
};

/* Where a block's content is. */
struct place {
    uint64_t offset, length;
};

/* Reads a block's place from its bytes. The block must not begin before FIRST. */
static enum lfads_status read_place(struct place *place, const struct table *table,
                                    struct table_bytes *bytes, size_t first,
                                    struct lfads_error *err)
{
    size_t end = table->length - FOOTER;

    if (table_number(&place->offset, bytes) && table_number(&place->length, bytes) &&
        end >= TABLE_BLOCK_TRAILER && place->length <= end - TABLE_BLOCK_TRAILER &&
        place->offset >= first && place->offset <= end - TABLE_BLOCK_TRAILER - place->length)
        return LFADS_OK;
    return lfads_fail(err, LFADS_BAD_DATA, "%s is damaged: a block is not where it can be",
                      table->path);
}

/* Visits the entries of a block. */
static enum lfads_status visit_block(const struct table *table, const struct place *place,
                                     table_visit *visit, void *payload, struct lfads_error *err)
{
    struct table_block block;
    struct table_entry entry;
    bool more = true;
    enum lfads_status status =
        table_block_open(&block, table->bytes + place->offset, place->length, table->path, err);

    while (status == LFADS_OK && more) {
        status = table_block_next(&entry, &more, &block, table->path, err);
        if (status == LFADS_OK && more)
            status = visit(payload, &entry, table->path, err);
    }
    table_block_close(&block);
    return status;
}

/* An entry of the block that lists the others: its value says where one is. */
struct listing {
    const struct table *table;
    size_t end; /* of the last one: they follow each other, so none is read again and again */
    table_visit *visit;
    void *payload;
};

static enum lfads_status visit_listed(void *payload, const struct table_entry *entry,
                                      const char *path, struct lfads_error *err)
{
    struct listing *listing = payload;
    struct table_bytes value = entry->value;
    struct place place;
    enum lfads_status status = read_place(&place, listing->table, &value, listing->end, err);

    (void)path;
    if (status != LFADS_OK)
        return status;
    listing->end = place.offset + place.length + TABLE_BLOCK_TRAILER;
    return visit_block(listing->table, &place, listing->visit, listing->payload, err);
}

static enum lfads_status read_table(const struct table *table, table_visit *visit, void *payload,
                                    struct lfads_error *err)
{
    struct listing listing = {table, 0, visit, payload};
    struct table_bytes footer;
    struct place place;
    uint64_t unused;
    enum lfads_status status;

    if (table->length < FOOTER ||
        table_fixed(table->bytes + table->length - MAGIC_BYTES, MAGIC_BYTES) != magic)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s is no index of a TensorFlow checkpoint, or it is cut short",
                          table->path);
    footer.end = table->bytes + table->length - MAGIC_BYTES;
    footer.at = footer.end - (FOOTER - MAGIC_BYTES);
    /* first comes the place of a block of statistics, which TensorFlow leaves empty */
    for (int i = 0; i < 2; i++)
        if (!table_number(&unused, &footer))
            return lfads_fail(err, LFADS_BAD_DATA, "%s is damaged: its footer is", table->path);
    status = read_place(&place, table, &footer, 0, err);
    return status == LFADS_OK ? visit_block(table, &place, visit_listed, &listing, err) : status;
}

bool string_table_is(const char *path)
{
    unsigned char last[MAGIC_BYTES] = {0};
    FILE *file = fopen(path, "rb");
    bool is = file && fseek(file, -MAGIC_BYTES, SEEK_END) == 0 &&
              fread(last, 1, sizeof last, file) == sizeof last &&
              table_fixed(last, MAGIC_BYTES) == magic;

    if (file)
        fclose(file);
    return is;
}

enum lfads_status string_table_read(const char *path, table_visit *visit, void *payload,
                                    struct lfads_error *err)
{
    struct table table = {.path = path};
    enum lfads_status status =
        file_read_bytes(&table.bytes, &table.length, TABLE_MAX_BYTES, path, err);

    if (status == LFADS_OK)
        status = read_table(&table, visit, payload, err);
    free(table.bytes);
    return status;
}
