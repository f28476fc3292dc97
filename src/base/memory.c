/* memory.c - memory on huge pages. Recurrent networks read megabytes in short strides; with small
 * pages the processor would spend its time on address translation.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sizes.h"

enum {
    CACHE_LINE = 64,
    HUGE_PAGE = 1 << 21,
    DEFAULT_STACK = 1 << 23, /* the usual limit */
    MALLOC_ARENA = 1 << 26,  /* address space that malloc reserves per thread */
    LIBRARY_BYTES = 6 << 20,
    LIBRARY_BYTES_PER_THREAD = 1 << 20
};

static size_t unit_of(size_t bytes) { return bytes >= HUGE_PAGE ? HUGE_PAGE : CACHE_LINE; }

size_t memory_rounded(size_t bytes)
{
    size_t unit = unit_of(bytes), rounded;

    return __builtin_add_overflow(bytes, unit, &rounded) ? SIZE_MAX : rounded / unit * unit;
}

void *memory_create(size_t bytes)
{
    size_t unit = unit_of(bytes), rounded = memory_rounded(bytes);
    void *memory;

    if (rounded == SIZE_MAX)
        return NULL;
    memory = aligned_alloc(unit, rounded);
    if (!memory)
        return NULL;
    if (unit == HUGE_PAGE)
        madvise(memory, rounded, MADV_HUGEPAGE); /* only advice: the system may refuse */
    memset(memory, 0, rounded);
    return memory;
}

size_t memory_mapped(void)
{
    return memory_number("/proc/self/statm", "") * (size_t)sysconf(_SC_PAGESIZE);
}

size_t memory_resident(void) { return memory_number("/proc/self/status", "VmRSS:") * 1024; }

size_t memory_shared(void)
{
    size_t system = memory_number("/proc/meminfo", "MemAvailable:") * 1024;
    size_t left = memory_left_by_groups("/proc/self/cgroup", "/sys/fs/cgroup");

    return system ? size_min(left, system) : left;
}

size_t memory_available(void)
{
    size_t available = memory_shared();
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        size_t mapped = memory_mapped();

        available = size_min(available, limit.rlim_cur > mapped ? limit.rlim_cur - mapped : 0);
    }
    return available;
}

size_t memory_of_libraries(size_t threads)
{
    return LIBRARY_BYTES + threads * LIBRARY_BYTES_PER_THREAD;
}

size_t memory_of_threads(size_t threads)
{
    struct rlimit space, stack;

    if (getrlimit(RLIMIT_AS, &space) != 0 || space.rlim_cur == RLIM_INFINITY ||
        getrlimit(RLIMIT_STACK, &stack) != 0)
        return 0;
    return threads * (MALLOC_ARENA +
                      (stack.rlim_cur == RLIM_INFINITY ? DEFAULT_STACK : (size_t)stack.rlim_cur));
}

enum lfads_status memory_check(size_t bytes, const char *what, const char *remedy,
                               struct lfads_error *err)
{
    size_t available = memory_available();

    return bytes <= available
               ? LFADS_OK
               : lfads_fail(err, LFADS_NO_MEMORY,
                            "%s needs %zu MiB of memory, and %zu MiB can be had: lower %s", what,
                            bytes >> 20, available >> 20, remedy);
}
