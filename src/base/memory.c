/* memory.c - memory on huge pages: recurrent networks walk through megabytes in small strides, and
 * with small pages the processor spends its time looking these up.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *memory_create(size_t bytes)
{
    const size_t line = 64, page = (size_t)1 << 21;
    size_t unit = bytes >= page ? page : line, whole;
    void *memory;

    if (__builtin_add_overflow(bytes, unit, &whole))
        return NULL;
    whole = whole / unit * unit;
    memory = aligned_alloc(unit, whole);
    if (!memory)
        return NULL;
    if (unit == page)
        madvise(memory, whole, MADV_HUGEPAGE); /* advice: the system may have none */
    memset(memory, 0, whole);
    return memory;
}
