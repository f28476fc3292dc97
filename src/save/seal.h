/* seal.h - a file's length and checksum in its own first bytes, so that damage anywhere is noticed
 * before anything else reads it. (HDF5 checksums the numbers it stores, but not its own tables: a
 * damaged one can lose numbers silently, or crash the library.)
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_SEAL_H
#define LFADS_SAVE_SEAL_H
#include "base/error.h"

enum { SEAL_BYTES = 512 };

/* Writes length and CRC-32 of what follows the first SEAL_BYTES into these. */
enum lfads_status seal_write(const char *path, struct lfads_error *err);
/* Fails where the file is not what was sealed, or has no seal. */
enum lfads_status seal_check(const char *path, struct lfads_error *err);
#endif
