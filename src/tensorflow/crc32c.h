/* crc32c.h - the checksum in TensorFlow's files.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TENSORFLOW_CRC32C_H
#define LFADS_TENSORFLOW_CRC32C_H
#include <stddef.h>
#include <stdint.h>

/* Returns the CRC-32C of the bytes in the form that the files hold. It is rotated and offset,
 * because a CRC over data that contain their CRC is weak. */
uint32_t crc32c_masked(const void *bytes, size_t length);
#endif
