/* memory.h - large, zeroed, aligned memory for arrays that are used again and again; how much
 * memory the process has and may take.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_MEMORY_H
#define LFADS_BASE_MEMORY_H
#include <stddef.h>

#include "base/error.h"

/* Returns BYTES of zeros, aligned to a cache line, on huge pages if the system provides them; NULL
 * if there is no memory. The caller frees it with free(). */
void *memory_create(size_t bytes);

/* The bytes that memory_create allocates for BYTES: whole cache lines or pages; SIZE_MAX on
 * overflow. */
size_t memory_rounded(size_t bytes);
/* Bytes that this process may still take: the least of what the system has free, what its control
 * group leaves and what its own limit leaves; SIZE_MAX if none of them is known. */
size_t memory_available(void);
/* The same without this process's own limit: what it and its children may take together. */
size_t memory_shared(void);
/* Bytes of address space that this process uses, and of memory that it holds. */
size_t memory_mapped(void);
size_t memory_resident(void);
/* Bytes that libraries take while THREADS threads compute, in addition to what they take at the
 * start: oneDNN's generated code, HDF5's caches, the allocator's reserve. */
size_t memory_of_libraries(size_t threads);
/* Bytes of address space that THREADS more threads may reserve; 0 if address space is not limited.
 */
size_t memory_of_threads(size_t threads);
/* Returns the number after KEY at the beginning of a line of the file (a table of the system's); 0
 * if there is none. */
size_t memory_number(const char *path, const char *key);
/* Bytes that control groups leave: those that the file MEMBERSHIP names (in the format of
 * /proc/self/cgroup), below MOUNT, and the groups above them. */
size_t memory_left_by_groups(const char *membership, const char *mount);
/* Fails if fewer than BYTES are available. WHAT needs them ("training"); REMEDY names what to
 * lower. */
enum lfads_status memory_check(size_t bytes, const char *what, const char *remedy,
                               struct lfads_error *err);
#endif
