/* table_writer.c - writes sorted string tables.
 * SPDX-License-Identifier: Apache-2.0 */
#include "table_writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tensorflow/crc32c.h"

enum { NUMBER = 10, FOOTER = 48 };

static void add(uint8_t **bytes, size_t *length, const void *more, size_t count)
{
    *bytes = realloc(*bytes, *length + count + 1);
    assert(*bytes);
    memcpy(*bytes + *length, more, count);
    *length += count;
}

static size_t put_number(uint8_t *bytes, uint64_t number)
{
    size_t count = 0;

    for (; number >= 128; number >>= 7)
        bytes[count++] = (uint8_t)(number | 128);
    bytes[count++] = (uint8_t)number;
    return count;
}

static void put_fixed(uint8_t *bytes, uint64_t number, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)(number >> (8 * i));
}

static void add_block(struct table_writer *w, const uint8_t *content, size_t length,
                      uint8_t compression)
{
    size_t begin = w->length;
    uint8_t checksum[4];

    add(&w->bytes, &w->length, content, length);
    add(&w->bytes, &w->length, &compression, 1);
    put_fixed(checksum, crc32c_masked(w->bytes + begin, length + 1), sizeof checksum);
    add(&w->bytes, &w->length, checksum, sizeof checksum);
}

void table_writer_list(struct table_writer *writer, uint64_t offset, uint64_t length)
{
    uint8_t place[2 * NUMBER];
    size_t count = put_number(place, offset);
    uint8_t head[4] = {0, 1, 0, 'k'}; /* nothing of the previous key, and one letter */

    count += put_number(place + count, length);
    head[2] = (uint8_t)count;
    add(&writer->listing, &writer->listed, head, sizeof head);
    add(&writer->listing, &writer->listed, place, count);
}

void table_writer_add(struct table_writer *writer, const uint8_t *content, size_t length,
                      uint8_t compression)
{
    table_writer_list(writer, writer->length, length);
    add_block(writer, content, length, compression);
}

void table_writer_finish(struct table_writer *writer)
{
    static const uint8_t offsets[8] = {0, 0, 0, 0, 1}; /* one, of the first entry */
    uint8_t footer[FOOTER] = {0};
    size_t place = writer->length, count = 2;

    add(&writer->listing, &writer->listed, offsets, sizeof offsets);
    add_block(writer, writer->listing, writer->listed, 0);
    count += put_number(footer + count, place);
    put_number(footer + count, writer->listed);
    put_fixed(footer + FOOTER - 8, UINT64_C(0xdb4775248b80fb57), 8);
    add(&writer->bytes, &writer->length, footer, sizeof footer);
}

void table_writer_release(struct table_writer *writer)
{
    free(writer->bytes);
    free(writer->listing);
    *writer = (struct table_writer){.length = 0};
}
