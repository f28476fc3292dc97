/* memory.h - large, zeroed, aligned memory for arrays that are read and written over and over.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_MEMORY_H
#define LFADS_BASE_MEMORY_H
#include <stddef.h>

#include "base/error.h"

/* BYTES of zeros aligned to a cache line, on huge pages where the system gives them; NULL where
 * there is no memory. The caller frees it with free(). */
void *memory_create(size_t bytes);

/* The bytes that memory_create takes for BYTES: whole pages; SIZE_MAX for too many. */
size_t memory_rounded(size_t bytes);
/* Bytes that this process may still take: what the system has, its control group allows and its own
 * limit leaves; the largest number where none says anything. */
size_t memory_available(void);
/* Bytes of address space that this process has taken, and of memory that it holds. */
size_t memory_mapped(void);
size_t memory_resident(void);
/* Bytes that libraries take while THREADS compute, beyond what they do at the start: the code that
 * oneDNN makes, HDF5's caches, the allocator's spare. */
size_t memory_of_libraries(size_t threads);
/* Bytes of address space that THREADS more threads may reserve: none where it is not limited. */
size_t memory_of_threads(size_t threads);
/* The number after KEY at the beginning of a line of the file, a system's table; 0 where there is
 * none. */
size_t memory_number(const char *path, const char *key);
/* Bytes that the control groups leave which the file MEMBERSHIP (of the form of /proc/self/cgroup)
 * names, below MOUNT. */
size_t memory_left_by_groups(const char *membership, const char *mount);
/* Fails where BYTES are not available: WHAT needs them ("training"), REMEDY lowers them. */
enum lfads_status memory_check(size_t bytes, const char *what, const char *remedy,
                               struct lfads_error *err);
#endif
