/* memory_group.c - the memory that control groups leave to a process: its own group and all above
 * it, of cgroup version 1 and 2.
 * SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* How a version of cgroups names things: the groups' directory below the mount point, and the files
 * in it. */
struct version {
    const char *tree, *limit, *used, *cache[2];
};

static const struct version version1 = {
    "/memory",
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    {"total_inactive_file ", "total_active_file "},
};
static const struct version version2 = {
    "",
    "memory.max",
    "memory.current",
    {"inactive_file ", "active_file "},
};

size_t memory_number(const char *path, const char *key)
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
    return (size_t)number;
}

static size_t read_number(const char *directory, const char *file, const char *key)
{
    char path[PATH_MAX + 64];

    snprintf(path, sizeof path, "%s/%s", directory, file);
    return memory_number(path, key);
}

/* What one group leaves. Its page cache counts as free: the kernel drops it on demand. */
static size_t group_available(const char *directory, const struct version *version)
{
    size_t limit = read_number(directory, version->limit, "");
    size_t used = read_number(directory, version->used, "");
    size_t cache = read_number(directory, "memory.stat", version->cache[0]) +
                   read_number(directory, "memory.stat", version->cache[1]);

    used -= cache < used ? cache : used;
    return limit == 0 ? SIZE_MAX : limit > used ? limit - used : 0;
}

/* The minimum over a group and all groups above it. NAME is a path as in /proc/self/cgroup. */
static size_t path_available(const char *mount, const char *name, const struct version *version)
{
    char directory[PATH_MAX];
    size_t root = strlen(mount) + strlen(version->tree), min = SIZE_MAX;

    if (snprintf(directory, sizeof directory, "%s%s%s", mount, version->tree, name) >=
        (int)sizeof directory)
        return SIZE_MAX;
    for (;;) {
        size_t available = group_available(directory, version);
        char *slash = strrchr(directory, '/');

        min = available < min ? available : min;
        if (!slash || strlen(directory) <= root)
            return min;
        *slash = 0;
    }
}

size_t memory_left_by_groups(const char *membership, const char *mount)
{
    FILE *file = fopen(membership, "r");
    char line[PATH_MAX];
    size_t min = path_available(mount, "", &version2), available;

    available = path_available(mount, "", &version1);
    min = available < min ? available : min;
    while (file && fgets(line, sizeof line, file)) {
        const char *controllers = strchr(line, ':');
        const char *name = controllers ? strchr(controllers + 1, ':') : NULL;

        line[strcspn(line, "\n")] = 0;
        if (!name)
            continue;
        if (strncmp(controllers, "::", 2) == 0)
            available = path_available(mount, name + 1, &version2);
        else if (strstr(controllers, ":memory:"))
            available = path_available(mount, name + 1, &version1);
        min = available < min ? available : min;
    }
    if (file)
        fclose(file);
    return min;
}
