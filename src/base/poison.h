/* poison.h - gaps between the arrays of one allocation, which AddressSanitizer lets nobody touch:
 * without them it would not see an array overrun into the next one. Builds without it have no gaps.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_POISON_H
#define LFADS_BASE_POISON_H
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LFADS_POISON
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define LFADS_POISON
#endif

#ifdef LFADS_POISON
#include <sanitizer/asan_interface.h>

enum { POISON_GAP = 64 }; /* bytes */

/* Makes BYTES of memory at MEMORY usable and the GAP bytes after them unusable. MEMORY and the end
 * of the gap are aligned to 8 bytes. */
static inline void poison_after(void *memory, size_t bytes, size_t gap)
{
    __asan_unpoison_memory_region(memory, bytes);
    __asan_poison_memory_region((char *)memory + bytes, gap);
}
#else
enum { POISON_GAP = 0 };

static inline void poison_after(void *memory, size_t bytes, size_t gap)
{
    (void)memory;
    (void)bytes;
    (void)gap;
}
#endif
#endif
