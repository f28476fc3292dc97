/* memory.h - large, zeroed, aligned memory for arrays that are read and written over and over.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_MEMORY_H
#define LFADS_BASE_MEMORY_H
#include <stddef.h>

#include "base/error.h"

/* BYTES of zeros aligned to a cache line, on huge pages where the system gives them; NULL where
 * there is no memory. The caller frees it with free(). */
void *memory_create(size_t bytes);

/* Bytes that this process may still take: what the system has, its control group allows and its own
 * limit leaves; the largest number where none says anything. */
size_t memory_available(void);
/* Bytes of address space that this process has taken. */
size_t memory_mapped(void);
/* Fails where BYTES are not available: WHAT needs them ("training"), REMEDY lowers them. */
enum lfads_status memory_check(size_t bytes, const char *what, const char *remedy,
                               struct lfads_error *err);
#endif
