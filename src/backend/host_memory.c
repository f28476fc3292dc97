/* host_memory.c - memory for backends on the host, where operations are complete on return.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/host_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void *host_memory_create(SELF, size_t bytes) { return memory_create(bytes); }
void host_memory_free(SELF, void *memory) { free(memory); }
size_t host_memory_available(SELF) { return memory_available(); }

void host_memory_copy(SELF, void *dst, const void *src, size_t bytes)
{
    if (bytes)
        memcpy(dst, src, bytes);
}

enum lfads_status backend_check_memory(const struct backend *be, size_t bytes, const char *what,
                                       const char *remedy, struct lfads_error *err)
{
    size_t available;

    if (be->host_memory)
        return memory_check(bytes, what, remedy, err);
    available = be->memory_available(be);
    return bytes <= available
               ? LFADS_OK
               : lfads_fail(
                     err, LFADS_NO_MEMORY,
                     "%s needs %zu MiB of the memory of %s, and %zu MiB of it are free: lower %s",
                     what, bytes >> 20, be->name, available >> 20, remedy);
}

enum lfads_status host_memory_finish(SELF, struct lfads_error *err)
{
    (void)err;
    return LFADS_OK;
}
