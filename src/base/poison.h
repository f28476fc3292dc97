/* poison.h - memory of ours that nobody may touch, for AddressSanitizer: gaps between the arrays of
 * one allocation, whose overruns it would otherwise take for the next array's. In builds without it
 * there are no gaps and nothing is done.
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

/* Makes BYTES of memory at AT usable, and the GAP bytes after them not. AT is aligned to 8 bytes,
 * and so is what follows the gap. */
static inline void poison_after(void *at, size_t bytes, size_t gap)
{
    __asan_unpoison_memory_region(at, bytes);
    __asan_poison_memory_region((char *)at + bytes, gap);
}
#else
enum { POISON_GAP = 0 };

static inline void poison_after(void *at, size_t bytes, size_t gap)
{
    (void)at;
    (void)bytes;
    (void)gap;
}
#endif
#endif
