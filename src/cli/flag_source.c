/* flag_source.c - finds flags among those of a command.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/flag_source.h"

#include "cli/foreign_flags.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const struct flag_source run_flags = {.sets = {LFADS_FLAGS_RUN}, .n_sets = 1};

size_t flags_count(const struct flag_source *source)
{
    size_t count = source->n_own;

    for (size_t i = 0; i < source->n_sets; i++)
        count += lfads_flags_count(source->sets[i]);
    return count;
}

/* Returns the index within the set of *OF, or among the program's own flags, where *OF is -1. */
static size_t locate(int *of, const struct flag_source *source, size_t index)
{
    for (size_t i = 0; i < source->n_sets; i++) {
        size_t count = lfads_flags_count(source->sets[i]);

        *of = (int)source->sets[i];
        if (index < count)
            return index;
        index -= count;
    }
    *of = -1;
    return index;
}

struct lfads_flag flags_at(const struct flag_source *source, size_t index)
{
    struct lfads_flag flag = {.size = sizeof flag};
    int of;
    size_t place = locate(&of, source, index);
    enum lfads_status status;

    if (of < 0)
        return source->own[place].is;
    status = lfads_flags_get(&flag, (enum lfads_flags_of)of, place, NULL);
    assert(status == LFADS_OK);
    (void)status;
    return flag;
}

bool flags_of(enum lfads_flags_of *of, size_t *own, const struct flag_source *source, size_t index)
{
    int set;
    size_t place = locate(&set, source, index);

    if (set < 0)
        *own = place;
    else
        *of = (enum lfads_flags_of)set;
    return set >= 0;
}

int flags_find(const struct flag_source *source, const char *name)
{
    size_t count = flags_count(source);

    for (size_t i = 0; i < count; i++)
        if (strcmp(flags_at(source, i).name, name) == 0)
            return (int)i;
    return -1;
}

const char *flags_nearest(const struct flag_source *source, const char *name)
{
    size_t count = flags_count(source);
    const char **names, *nearest;

    for (size_t i = 0; (nearest = foreign_flag_meant(name, i)) != NULL; i++)
        if (flags_find(source, nearest) >= 0)
            return nearest;
    names = calloc(count, sizeof *names);
    if (!names)
        return NULL;
    for (size_t i = 0; i < count; i++)
        names[i] = flags_at(source, i).name;
    nearest = lfads_nearest(name, names, count, NULL);
    free(names);
    return nearest;
}
