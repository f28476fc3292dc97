/* variables.c - the named arrays of a file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/variables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "prepare/names.h"

static void variable_free(struct variable *v)
{
    for (size_t i = 0; v->texts && i < v->count; i++)
        free(v->texts[i]);
    free(v->texts);
    free(v->numbers);
    free(v->ends);
    free(v->name);
}

void variables_free(struct variables *variables)
{
    for (size_t i = 0; i < variables->count; i++)
        variable_free(&variables->item[i]);
    free(variables->item);
    free(variables->skipped);
    variables->item = NULL;
    variables->skipped = NULL;
    variables->count = 0;
}

enum lfads_status variables_allocate(void *out, size_t count, size_t size, const char *path,
                                     struct lfads_error *err)
{
    size_t bytes, available = memory_available();
    void *memory = NULL;

    if (!__builtin_mul_overflow(count, size, &bytes) && bytes < available)
        memory = calloc(count + 1, size);
    memcpy(out, &memory, sizeof memory);
    if (memory)
        return LFADS_OK;
    return lfads_fail(
        err, LFADS_NO_MEMORY,
        "too little memory to prepare %s: one of its arrays needs %zu MiB, and %zu MiB "
        "can be had",
        path, count / (1 << 20) * size, available >> 20);
}

enum lfads_status variables_add(struct variable **out, struct variables *variables,
                                const char *name, size_t rank, const size_t *dims,
                                struct lfads_error *err)
{
    struct variable *items = NULL, *v;

    *out = NULL;
    if (rank > VARIABLE_AXES)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s has %zu axes, more than %d", variables->path,
                          name, rank, VARIABLE_AXES);
    items = realloc(variables->item, (variables->count + 1) * sizeof *items);
    if (!items)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path);
    variables->item = items;
    v = &items[variables->count];
    *v = (struct variable){.name = strdup(name), .rank = rank, .count = 1};
    if (!v->name)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path);
    for (size_t i = 0; i < rank; i++) {
        v->dims[i] = dims[i];
        if (__builtin_mul_overflow(v->count, dims[i], &v->count) || v->count > SIZE_MAX / 64) {
            free(v->name);
            return lfads_fail(err, LFADS_BAD_DATA, "%s: %s is larger than any memory",
                              variables->path, name);
        }
    }
    variables->count++;
    *out = v;
    return LFADS_OK;
}

enum lfads_status variables_add_numbers(struct variables *variables, const char *name,
                                        double *numbers, size_t count, struct lfads_error *err)
{
    struct variable *v;
    enum lfads_status status = variables_add(&v, variables, name, 1, &count, err);

    if (status == LFADS_OK)
        v->numbers = numbers;
    else
        free(numbers);
    return status;
}

enum lfads_status variables_add_texts(struct variables *variables, const char *name,
                                      const char *packed, size_t bytes, size_t rank,
                                      const size_t *dims, struct lfads_error *err)
{
    struct variable *v;
    const char *at = packed, *end = packed + bytes;
    enum lfads_status status = variables_add(&v, variables, name, rank, dims, err);

    if (status == LFADS_OK)
        status = variables_allocate(&v->texts, v->count, sizeof *v->texts, variables->path, err);
    for (size_t i = 0; status == LFADS_OK && i < v->count; i++) {
        size_t length = strnlen(at, (size_t)(end - at));

        if (length == (size_t)(end - at))
            return lfads_fail(err, LFADS_BAD_DATA, "%s: the texts of %s can't be read",
                              variables->path, name);
        v->texts[i] = strdup(at);
        if (!v->texts[i])
            return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path);
        at += length + 1;
    }
    return status;
}

void variables_remove(struct variables *variables, size_t i)
{
    variable_free(&variables->item[i]);
    variables->count--;
    memmove(&variables->item[i], &variables->item[i + 1],
            (variables->count - i) * sizeof *variables->item);
}

enum lfads_status variables_skip(struct variables *variables, const char *name, const char *why,
                                 struct lfads_error *err)
{
    size_t old = variables->skipped ? strlen(variables->skipped) : 0;
    size_t size = old + strlen(name) + strlen(why) + 8;
    char *text;

    if (old > 400)
        return LFADS_OK;
    text = realloc(variables->skipped, size);
    if (!text)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path);
    snprintf(text + old, size - old, "%s%.60s %s", old ? ", " : "", name, why);
    variables->skipped = text;
    return LFADS_OK;
}

struct variable *variables_find(const struct variables *variables, const char *name)
{
    for (size_t i = 0; i < variables->count; i++)
        if (name_is(variables->item[i].name, name))
            return &variables->item[i];
    return NULL;
}

/* The only array whose name means NAME; NULL: there are none or several. */
static struct variable *find_meant(const struct variables *variables, const char *name)
{
    struct variable *found = NULL;
    size_t count = 0;

    for (size_t i = 0; i < variables->count; i++)
        if (name_means(variables->item[i].name, name)) {
            found = &variables->item[i];
            count++;
        }
    return count == 1 ? found : NULL;
}

struct variable *variables_find_any(const struct variables *variables, const char *names)
{
    typedef struct variable *search(const struct variables *, const char *);
    static search *const ways[] = {variables_find, find_meant};

    for (size_t way = 0; way < 2; way++) {
        char name[64];
        int length = 0;

        for (const char *at = names; sscanf(at, "%63s%n", name, &length) == 1; at += length) {
            struct variable *found = ways[way](variables, name);

            if (found)
                return found;
        }
    }
    return NULL;
}

const char *variable_last_name(const struct variable *v)
{
    const char *last = v->name;

    for (const char *c = v->name; *c; c++)
        if ((*c == '/' || *c == '.') && c[1])
            last = c + 1;
    return last;
}

struct variable *variables_find_inside(const struct variables *variables, const char *names,
                                       bool (*also)(const struct variable *))
{
    char name[64];
    int length = 0;

    for (; sscanf(names, "%63s%n", name, &length) == 1; names += length) {
        struct variable *found = NULL;
        size_t count = 0;

        for (size_t i = 0; i < variables->count; i++)
            if (name_means(variable_last_name(&variables->item[i]), name) &&
                (!also || also(&variables->item[i]))) {
                found = &variables->item[i];
                count++;
            }
        if (count == 1)
            return found;
    }
    return NULL;
}

enum lfads_status variables_missing(const struct variables *variables, const char *what,
                                    const char *remedy, struct lfads_error *err)
{
    char names[400] = "";

    for (size_t i = 0; i < variables->count && strlen(names) < 300; i++) {
        size_t end = strlen(names);

        snprintf(names + end, sizeof names - end, "%s%.60s", i ? ", " : "",
                 variables->item[i].name);
    }
    return lfads_fail(err, LFADS_BAD_DATA, "%s: no %s among its arrays (%s%s%.400s): %s",
                      variables->path, what, *names ? names : "none can be read",
                      variables->skipped ? "; not read: " : "",
                      variables->skipped ? variables->skipped : "", remedy);
}

enum lfads_status variable_from_columns(struct variable *v, const char *path,
                                        struct lfads_error *err)
{
    size_t stride[VARIABLE_AXES] = {0}, at[VARIABLE_AXES] = {0}, from = 0, next = 1;
    double *moved;
    enum lfads_status status;

    if (v->rank < 2 || !v->numbers || v->ends)
        return LFADS_OK;
    status = variables_allocate(&moved, v->count, sizeof *moved, path, err);
    if (status != LFADS_OK)
        return status;
    for (size_t i = 0; i < v->rank; i++) {
        stride[i] = next;
        next *= v->dims[i];
    }
    for (size_t to = 0; to < v->count; to++) {
        moved[to] = v->numbers[from];
        for (size_t i = v->rank; i-- > 0;) {
            from += stride[i];
            if (++at[i] < v->dims[i])
                break;
            from -= at[i] * stride[i];
            at[i] = 0;
        }
    }
    free(v->numbers);
    v->numbers = moved;
    return LFADS_OK;
}

void variable_squeeze(struct variable *v)
{
    size_t rank = 0;

    for (size_t i = 0; i < v->rank; i++)
        if (v->dims[i] != 1)
            v->dims[rank++] = v->dims[i];
    if (rank == 0)
        v->dims[rank++] = 1;
    v->rank = rank;
}

bool variable_is_whole(const struct variable *v)
{
    size_t count = v->ends ? v->count ? v->ends[v->count - 1] : 0 : v->count;

    for (size_t i = 0; v->numbers && i < count; i++)
        if (isfinite(v->numbers[i]) && v->numbers[i] != floor(v->numbers[i]))
            return false;
    return v->numbers != NULL;
}

void variable_text(char *text, size_t size, const struct variable *v, size_t i)
{
    if (v->texts) {
        snprintf(text, size, "%s", v->texts[i]);
        return;
    }
    if (fabs(v->numbers[i]) < 1e15 && v->numbers[i] == floor(v->numbers[i])) {
        snprintf(text, size, "%.0f", v->numbers[i]);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, v->numbers[i]);
        if (strtod(text, NULL) == v->numbers[i])
            return;
    }
}
