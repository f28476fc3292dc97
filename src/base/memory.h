/* memory.h - large, zeroed, aligned memory for arrays that are read and written over and over.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_MEMORY_H
#define LFADS_BASE_MEMORY_H
#include <stddef.h>

/* BYTES of zeros aligned to a cache line, on huge pages where the system gives them; NULL where
 * there is no memory. The caller frees it with free(). */
void *memory_create(size_t bytes);
#endif
