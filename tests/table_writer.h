/* table_writer.h - writes sorted string tables, right or wrong, with checksums that fit.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TABLE_WRITER_H
#define LFADS_TABLE_WRITER_H
#include <stddef.h>
#include <stdint.h>

/* A file in memory. Begins as zeros; table_writer_release frees it. */
struct table_writer {
    uint8_t *bytes, *listing; /* the file so far; the entries of the block that lists the others */
    size_t length, listed;
};

/* Adds a block of CONTENT with its byte COMPRESSION and checksum; lists it. */
void table_writer_add(struct table_writer *writer, const uint8_t *content, size_t length,
                      uint8_t compression);
/* Lists a block that is where the caller says. */
void table_writer_list(struct table_writer *writer, uint64_t offset, uint64_t length);
/* Adds the list of blocks and the footer. */
void table_writer_finish(struct table_writer *writer);
void table_writer_release(struct table_writer *writer);
#endif
