/* memory_group.c - what the control groups of a process leave it of memory: its own group and all
 * above it, in the kernel's first and second form.
 * SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Where a form keeps its groups below the mount point, and its files' names. */
struct form {
    const char *tree, *limit, *used, *cache[2];
};

static const struct form first = {
    "/memory",
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    {"total_inactive_file ", "total_active_file "},
};
static const struct form second = {
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

static size_t number_of(const char *directory, const char *file, const char *key)
{
    char path[PATH_MAX + 64];

    snprintf(path, sizeof path, "%s/%s", directory, file);
    return memory_number(path, key);
}

/* What one group leaves: files that are only kept in memory to be read faster give way. */
static size_t left_by(const char *directory, const struct form *form)
{
    size_t limit = number_of(directory, form->limit, "");
    size_t used = number_of(directory, form->used, "");
    size_t cache = number_of(directory, "memory.stat", form->cache[0]) +
                   number_of(directory, "memory.stat", form->cache[1]);

    used -= cache < used ? cache : used;
    return limit == 0 ? SIZE_MAX : limit > used ? limit - used : 0;
}

/* The least of a group and those above it; NAME as /proc/self/cgroup has it. */
static size_t left_by_all(const char *mount, const char *name, const struct form *form)
{
    char directory[PATH_MAX];
    size_t root = strlen(mount) + strlen(form->tree), least = SIZE_MAX;

    if (snprintf(directory, sizeof directory, "%s%s%s", mount, form->tree, name) >=
        (int)sizeof directory)
        return SIZE_MAX;
    for (;;) {
        size_t left = left_by(directory, form);
        char *slash = strrchr(directory, '/');

        least = left < least ? left : least;
        if (!slash || strlen(directory) <= root)
            return least;
        *slash = 0;
    }
}

size_t memory_left_by_groups(const char *membership, const char *mount)
{
    FILE *file = fopen(membership, "r");
    char line[PATH_MAX];
    size_t least = left_by_all(mount, "", &second), left;

    left = left_by_all(mount, "", &first);
    least = left < least ? left : least;
    while (file && fgets(line, sizeof line, file)) {
        const char *controllers = strchr(line, ':');
        const char *name = controllers ? strchr(controllers + 1, ':') : NULL;

        line[strcspn(line, "\n")] = 0;
        if (!name)
            continue;
        if (strncmp(controllers, "::", 2) == 0)
            left = left_by_all(mount, name + 1, &second);
        else if (strstr(controllers, ":memory:"))
            left = left_by_all(mount, name + 1, &first);
        least = left < least ? left : least;
    }
    if (file)
        fclose(file);
    return least;
}
