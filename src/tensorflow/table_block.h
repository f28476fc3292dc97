/* table_block.h - a block of a sorted string table: decompresses it, and reads its entries.
 *
 * An entry has only the end of its key, after as many bytes of the previous key as it says.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TENSORFLOW_TABLE_BLOCK_H
#define LFADS_TENSORFLOW_TABLE_BLOCK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { TABLE_KEY = 1024 };          /* greatest length of a key */
enum { TABLE_MAX_BYTES = 1 << 26 }; /* greatest length of a file, and of a block */
enum { TABLE_BLOCK_TRAILER = 5 };   /* bytes after a block's content */

/* Bytes of a file, read from the front. */
struct table_bytes {
    const unsigned char *at, *end;
};

struct table_entry {
    const char *key; /* ends in NUL, and may contain others */
    size_t key_length;
    struct table_bytes value;
};

/* A block that is read from its first entry to its last. */
struct table_block {
    unsigned char *own;      /* its decompressed content, or NULL */
    struct table_bytes rest; /* entries that follow */
    char key[TABLE_KEY + 1]; /* of the last one read */
    size_t key_length;
};

/* Checks the block of LENGTH bytes at STORED, which TABLE_BLOCK_TRAILER bytes follow, and begins to
 * read it. table_block_close frees what it holds, after a failure too; the bytes must outlive it.
 * PATH is the file's name, for errors. */
enum lfads_status table_block_open(struct table_block *block, const unsigned char *stored,
                                   size_t length, const char *path, struct lfads_error *err);
void table_block_close(struct table_block *block);
/* Sets *ENTRY to the next entry, valid until the next call, and *MORE to whether there was one. */
enum lfads_status table_block_next(struct table_entry *entry, bool *more, struct table_block *block,
                                   const char *path, struct lfads_error *err);

/* Reads a number of seven bits a byte, the lowest first. Returns false if it does not end within 64
 * bits or the bytes. */
bool table_number(uint64_t *number, struct table_bytes *bytes);
/* Returns the number in COUNT bytes, the lowest first. */
uint64_t table_fixed(const unsigned char *bytes, size_t count);
#endif
