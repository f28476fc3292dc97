/* crc32c.c - the checksum in TensorFlow's files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tensorflow/crc32c.h"

#include <isa-l/crc.h>

enum { PIECE = 1 << 30 }; /* ISA-L's lengths are ints */

uint32_t crc32c_masked(const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint32_t crc = ~0u;

    while (length > 0) {
        size_t piece = length < PIECE ? length : PIECE;

        crc = crc32_iscsi((unsigned char *)at, (int)piece, crc);
        at += piece;
        length -= piece;
    }
    crc = ~crc;
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}
