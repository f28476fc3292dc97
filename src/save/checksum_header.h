/* checksum_header.h - a file's length and checksum in its first bytes, so that damage anywhere is
 * noticed before HDF5 reads the file. (HDF5 checksums the numbers it stores, but not its own
 * tables: a damaged table can lose numbers silently, or crash the library.)
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_CHECKSUM_HEADER_H
#define LFADS_SAVE_CHECKSUM_HEADER_H
#include "base/error.h"

enum { CHECKSUM_HEADER_BYTES = 512 };

/* Writes length and CRC-32 of what follows the first CHECKSUM_HEADER_BYTES into these. */
enum lfads_status checksum_header_write(const char *path, struct lfads_error *err);
/* Fails where the file is not what was sealed, or has no seal. */
enum lfads_status checksum_header_check(const char *path, struct lfads_error *err);
#endif
