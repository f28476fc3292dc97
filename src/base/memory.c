/* memory.c - memory on huge pages: recurrent networks walk through megabytes in small strides, and
 * with small pages the processor spends its time looking these up.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

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

/* The number after KEY in a file of the system's, times UNIT; 0 where there is none. */
static size_t system_number(const char *path, const char *key, size_t unit)
{
    FILE *file = fopen(path, "r");
    char line[256];
    unsigned long long number = 0;

    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, key, strlen(key)) == 0 &&
            sscanf(line + strlen(key), "%llu", &number) == 1)
            break;
    fclose(file);
    return (size_t)number * unit;
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* What a limit leaves of which USED is taken; a limit of 0 is none. */
static size_t left(size_t limit, size_t used)
{
    return limit == 0 ? SIZE_MAX : limit > used ? limit - used : 0;
}

size_t memory_mapped(void)
{
    return system_number("/proc/self/statm", "", (size_t)sysconf(_SC_PAGESIZE));
}

size_t memory_available(void)
{
    const char *group = "/sys/fs/cgroup/memory.max", *old = "/sys/fs/cgroup/memory/";
    size_t system = system_number("/proc/meminfo", "MemAvailable:", 1024);
    size_t available = system ? system : SIZE_MAX;
    struct rlimit own;
    char limit[80], used[80];

    available = least(available, left(system_number(group, "", 1),
                                      system_number("/sys/fs/cgroup/memory.current", "", 1)));
    snprintf(limit, sizeof limit, "%smemory.limit_in_bytes", old);
    snprintf(used, sizeof used, "%smemory.usage_in_bytes", old);
    available = least(available, left(system_number(limit, "", 1), system_number(used, "", 1)));
    if (getrlimit(RLIMIT_AS, &own) == 0 && own.rlim_cur != RLIM_INFINITY)
        available = least(available, left((size_t)own.rlim_cur, memory_mapped()));
    return available;
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
