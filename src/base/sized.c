/* sized.c - copies structs between programs and libraries of different ages.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/sized.h"

#include <string.h>

#include "base/sizes.h"

enum { LARGEST = 1 << 16 }; /* no struct has more bytes: the size was not set */

static enum lfads_status read_size(size_t *size, const void *sized, const char *call,
                                   struct lfads_error *err)
{
    memcpy(size, sized, sizeof *size);
    return *size > sizeof *size && *size < LARGEST
               ? LFADS_OK
               : lfads_fail(err, LFADS_USAGE,
                            "%s: size is %zu: set it to the sizeof of the struct first", call,
                            *size);
}

enum lfads_status sized_fill(void *out, const void *full, size_t bytes, const char *call,
                             struct lfads_error *err)
{
    const size_t head = sizeof(size_t);
    size_t size;
    enum lfads_status status = read_size(&size, out, call, err);

    if (status != LFADS_OK)
        return status;
    memset((char *)out + head, 0, size - head);
    memcpy((char *)out + head, (const char *)full + head, size_min(size, bytes) - head);
    return LFADS_OK;
}

enum lfads_status sized_take(void *full, const void *in, size_t bytes, const char *call,
                             struct lfads_error *err)
{
    size_t size;
    enum lfads_status status = read_size(&size, in, call, err);

    memset(full, 0, bytes);
    if (status == LFADS_OK)
        memcpy(full, in, size_min(size, bytes));
    return status;
}
