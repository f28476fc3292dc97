/* host_memory.h - the memory functions of backends that compute in the host's memory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_HOST_MEMORY_H
#define LFADS_BACKEND_HOST_MEMORY_H
#include "backend/backend.h"

void *host_memory_create(SELF, size_t bytes);
void host_memory_free(SELF, void *memory);
size_t host_memory_available(SELF);
void host_memory_copy(SELF, void *dst, const void *src, size_t bytes);
enum lfads_status host_memory_finish(SELF, struct lfads_error *err);

/* Fails if BYTES are not available in BE's memory; arguments as for memory_check (base/memory.h).
 */
enum lfads_status backend_check_memory(const struct backend *be, size_t bytes, const char *what,
                                       const char *remedy, struct lfads_error *err);

/* Initialises the memory functions of such a backend's table. */
#define HOST_MEMORY                                                                                \
    .host_memory = true, .memory_create = host_memory_create, .memory_free = host_memory_free,     \
    .memory_available = host_memory_available, .upload = host_memory_copy,                         \
    .download = host_memory_copy, .download_later = host_memory_copy,                              \
    .host_create = host_memory_create, .host_free = host_memory_free, .finish = host_memory_finish
#endif
