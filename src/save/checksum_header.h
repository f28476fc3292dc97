/* checksum_header.h - a header with a file's length and checksum. It finds damage anywhere in the
 * file before HDF5 reads the file. (HDF5 has checksums of the numbers that it stores, but not of
 * its own tables: a damaged table can lose numbers silently or crash the library.)
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_CHECKSUM_HEADER_H
#define LFADS_SAVE_CHECKSUM_HEADER_H
#include "base/error.h"

enum { CHECKSUM_HEADER_BYTES = 512 };

/* Writes the length and the CRC-32 of the content after the first CHECKSUM_HEADER_BYTES into these
 * bytes. */
enum lfads_status checksum_header_write(const char *path, struct lfads_error *err);
/* Fails if the file has no header or does not match it. */
enum lfads_status checksum_header_check(const char *path, struct lfads_error *err);
#endif
