/* string_table.h - reads a sorted string table, LevelDB's format of files of keys and values, which
 * TensorFlow's indices have.
 *
 * A file is a series of blocks and a footer. A block is its content, a byte that names its
 * compression, and a checksum of both. The footer says where the block is that lists the others.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TENSORFLOW_STRING_TABLE_H
#define LFADS_TENSORFLOW_STRING_TABLE_H
#include "tensorflow/table_block.h"

/* Takes an entry of the table in the file PATH; a failure ends the reading. */
typedef enum lfads_status table_visit(void *payload, const struct table_entry *entry,
                                      const char *path, struct lfads_error *err);

/* Whether the file PATH ends as such a table does. */
bool string_table_is(const char *path);
/* Passes the entries of the file PATH to VISIT, in the file's order. Fails if a checksum is wrong
 * or the file is not such a table, of at most 64 MiB. */
enum lfads_status string_table_read(const char *path, table_visit *visit, void *payload,
                                    struct lfads_error *err);
#endif
