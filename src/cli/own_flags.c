/* own_flags.c - sets the fields that a command's own flags are, and says which had no effect.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/own_flags.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cli/fail.h"

enum { VALUE = 4096, MOST_FLAGS = 32 };

enum lfads_status own_flags_set(void *record, const struct flag_source *source, size_t index,
                                const char *text, struct lfads_error *err)
{
    const struct own_flag *flag = &source->own[index];
    void *field = (char *)record + flag->offset;
    char value[VALUE], *copy;
    enum lfads_status status = lfads_flag_read(value, sizeof value, &flag->is, text, err);

    if (status != LFADS_OK)
        return status;
    switch (flag->is.type) {
    case LFADS_FLAG_TEXT:
        copy = strdup(value);
        if (!copy)
            return cli_fail(err, LFADS_NO_MEMORY, "no memory for --%s", flag->is.name);
        free(*(char **)field);
        *(char **)field = copy;
        break;
    case LFADS_FLAG_TRUTH:
        *(bool *)field = strcmp(value, "true") == 0;
        break;
    case LFADS_FLAG_INTEGER:
        *(int64_t *)field = strtoll(value, NULL, 10);
        break;
    case LFADS_FLAG_REAL:
        *(double *)field = strtod(value, NULL);
        break;
    }
    return LFADS_OK;
}

enum lfads_status own_flags_begin(void *record, const struct flag_source *source,
                                  struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < source->n_own && status == LFADS_OK; i++)
        status = own_flags_set(record, source, i, source->own[i].is.standard, err);
    return status;
}

void own_flags_release(void *record, const struct flag_source *source)
{
    for (size_t i = 0; i < source->n_own; i++)
        if (source->own[i].is.type == LFADS_FLAG_TEXT)
            free(*(char **)((char *)record + source->own[i].offset));
}

static bool is_standard(const void *record, const struct own_flag *flag)
{
    const void *field = (const char *)record + flag->offset;
    const char *standard = flag->is.standard;

    switch (flag->is.type) {
    case LFADS_FLAG_TEXT:
        return strcmp(*(char *const *)field, standard) == 0;
    case LFADS_FLAG_TRUTH:
        return *(const bool *)field == (strcmp(standard, "true") == 0);
    case LFADS_FLAG_INTEGER:
        return *(const int64_t *)field == strtoll(standard, NULL, 10);
    case LFADS_FLAG_REAL:
        return *(const double *)field == strtod(standard, NULL);
    }
    return true;
}

void own_flags_say_idle(FILE *to, const struct flag_source *source, const void *record,
                        const struct idle_row *rows, size_t count)
{
    bool said[MOST_FLAGS] = {false};

    assert(source->n_own <= MOST_FLAGS);
    for (size_t r = 0; r < count; r++) {
        const char *names = rows[r].holds ? rows[r].flags : "";
        char name[64];
        bool any = false;

        for (int length; sscanf(names, "%63s%n", name, &length) == 1; names += length) {
            int index = flags_find(source, name);

            if (index < 0 || said[index] || is_standard(record, &source->own[index]))
                continue;
            fprintf(to, "%s%s", any ? ", --" : "without effect: --", name);
            said[index] = any = true;
        }
        if (any)
            fprintf(to, " (%s)\n", rows[r].why);
    }
}
