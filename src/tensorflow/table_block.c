/* table_block.c - reads a block of a sorted string table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tensorflow/table_block.h"

#include <snappy-c.h>
#include <stdlib.h>
#include <string.h>

#include "tensorflow/crc32c.h"

enum { PLAIN = 0, SNAPPY = 1 }; /* compressions */
enum {
    SNAPPY_MOST = 32,
    WORD = 4
}; /* Snappy's greatest gain is 64 bytes from 3; bytes of a count */

static enum lfads_status damaged(const char *path, const char *what, struct lfads_error *err)
{
    return lfads_fail(err, LFADS_BAD_DATA, "%s is damaged: %s", path, what);
}

bool table_number(uint64_t *number, struct table_bytes *bytes)
{
    *number = 0;
    for (unsigned shift = 0; shift < 64 && bytes->at < bytes->end; shift += 7) {
        uint64_t byte = *bytes->at++;

        *number |= (byte & 127) << shift;
        if (byte < 128)
            return true;
    }
    return false;
}

uint64_t table_fixed(const unsigned char *bytes, size_t count)
{
    uint64_t number = 0;

    for (size_t i = count; i-- > 0;)
        number = number << 8 | bytes[i];
    return number;
}

static enum lfads_status decompress(struct table_block *block, const unsigned char *stored,
                                    size_t *length, const char *path, struct lfads_error *err)
{
    const char *from = (const char *)stored;
    size_t wanted;

    if (snappy_uncompressed_length(from, *length, &wanted) != SNAPPY_OK ||
        wanted > TABLE_MAX_BYTES || wanted / SNAPPY_MOST > *length)
        return damaged(path, "a compressed block has not the form of Snappy's", err);
    block->own = malloc(wanted + 1);
    if (!block->own)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
    if (snappy_uncompress(from, *length, (char *)block->own, &wanted) != SNAPPY_OK)
        return damaged(path, "a compressed block has not the form of Snappy's", err);
    *length = wanted;
    return LFADS_OK;
}

/* Sets the bytes of the entries. After them the block has a list of offsets, for searches, and the
 * list's count. */
static enum lfads_status begin(struct table_block *block, const unsigned char *content,
                               size_t length, const char *path, struct lfads_error *err)
{
    uint64_t offsets = length < WORD ? 0 : table_fixed(content + length - WORD, WORD);

    if (length < WORD || offsets > length / WORD - 1)
        return damaged(path, "a block is too short for its entries", err);
    block->rest = (struct table_bytes){content, content + length - WORD * (offsets + 1)};
    return LFADS_OK;
}

enum lfads_status table_block_open(struct table_block *block, const unsigned char *stored,
                                   size_t length, const char *path, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;
    unsigned char compression = stored[length];

    *block = (struct table_block){.own = NULL};
    if (crc32c_masked(stored, length + 1) != table_fixed(stored + length + 1, WORD))
        return damaged(path, "the checksum of a block is wrong", err);
    if (compression == SNAPPY)
        status = decompress(block, stored, &length, path, err);
    else if (compression != PLAIN)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: a block's compression is number %d, and %d (none) and %d (Snappy) "
                          "can be read",
                          path, compression, PLAIN, SNAPPY);
    if (status != LFADS_OK)
        return status;
    return begin(block, block->own ? block->own : stored, length, path, err);
}

void table_block_close(struct table_block *block)
{
    free(block->own);
    block->own = NULL;
}

enum lfads_status table_block_next(struct table_entry *entry, bool *more, struct table_block *block,
                                   const char *path, struct lfads_error *err)
{
    struct table_bytes *rest = &block->rest;
    uint64_t shared, added, value;

    *more = rest->at < rest->end;
    if (!*more)
        return LFADS_OK;
    if (!table_number(&shared, rest) || !table_number(&added, rest) || !table_number(&value, rest))
        return damaged(path, "a block ends within an entry", err);
    if (shared > block->key_length || added > TABLE_KEY - shared)
        return damaged(path, "a key is longer than keys are, or than it says", err);
    if (added > (size_t)(rest->end - rest->at) || value > (size_t)(rest->end - rest->at) - added)
        return damaged(path, "a block ends within an entry", err);
    memcpy(block->key + shared, rest->at, added);
    block->key_length = shared + added;
    block->key[block->key_length] = 0;
    rest->at += added + value;
    *entry = (struct table_entry){block->key, block->key_length, {rest->at - value, rest->at}};
    return LFADS_OK;
}
