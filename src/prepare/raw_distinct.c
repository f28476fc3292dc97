/* raw_distinct.c - finds the distinct entries of an array that names units or trials.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/raw.h"

enum { MOST_RANGE = 1 << 22 };

/* An entry that names a unit, and which it is. */
struct name {
    double number;
    const char *text;
    size_t at;
};

static int compare_names(const void *a, const void *b)
{
    const struct name *x = a, *y = b;

    if (x->text && y->text)
        return strcmp(x->text, y->text);
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Sets *LOW and *RANGE if all entries are integers of a small range; false if not. */
static bool small_range(double *low, size_t *range, const struct variable *v)
{
    double high = -(double)INFINITY;

    *low = (double)INFINITY;
    for (size_t i = 0; v->numbers && i < v->count; i++) {
        if (!isfinite(v->numbers[i]) || v->numbers[i] != floor(v->numbers[i]))
            return false;
        *low = v->numbers[i] < *low ? v->numbers[i] : *low;
        high = v->numbers[i] > high ? v->numbers[i] : high;
    }
    if (!v->numbers || v->count == 0 || high - *low >= MOST_RANGE)
        return false;
    *range = (size_t)(high - *low) + 1;
    return true;
}

/* The same as raw_find_distinct for integers from LOW in a range: a table in place of sorting. */
static enum lfads_status find_in_range(uint32_t *of, struct variables *table, size_t *count,
                                       const struct variable *v, double low, size_t range,
                                       struct lfads_error *err)
{
    uint32_t *rank = NULL;
    double *ids = NULL;
    enum lfads_status status = variables_allocate(&rank, range, sizeof *rank, table->path, err);

    if (status == LFADS_OK)
        status = variables_allocate(&ids, range, sizeof *ids, table->path, err);
    if (status != LFADS_OK) {
        free(rank);
        return status;
    }
    *count = 0;
    for (size_t i = 0; i < v->count; i++)
        rank[(size_t)(v->numbers[i] - low)] = 1;
    for (size_t i = 0; i < range; i++)
        if (rank[i]) {
            ids[*count] = low + (double)i;
            rank[i] = (uint32_t)(*count)++;
        }
    for (size_t i = 0; i < v->count; i++)
        of[i] = rank[(size_t)(v->numbers[i] - low)];
    free(rank);
    return variables_add_numbers(table, "id", ids, *count, err);
}

enum lfads_status raw_find_distinct(uint32_t **of, struct variables *table, size_t *count,
                                    const struct variable *v, struct lfads_error *err)
{
    struct name *names = NULL;
    struct variable *id = NULL;
    size_t distinct = 0, range;
    double low;
    enum lfads_status status = variables_allocate(of, v->count, sizeof **of, table->path, err);

    if (status == LFADS_OK && small_range(&low, &range, v))
        return find_in_range(*of, table, count, v, low, range, err);
    if (status == LFADS_OK)
        status = variables_allocate(&names, v->count, sizeof *names, table->path, err);
    for (size_t i = 0; i < v->count && status == LFADS_OK; i++) {
        names[i] = (struct name){v->numbers ? v->numbers[i] : 0, v->texts ? v->texts[i] : NULL, i};
        if (v->numbers && !isfinite(v->numbers[i]))
            status = lfads_fail(err, LFADS_BAD_DATA, "%s: entry %zu of %s is no number",
                                table->path, i, v->name);
    }
    if (status == LFADS_OK)
        qsort(names, v->count, sizeof *names, compare_names);
    for (size_t i = 0; i < v->count && status == LFADS_OK; i++) {
        distinct += i == 0 || compare_names(&names[i - 1], &names[i]) != 0;
        (*of)[names[i].at] = (uint32_t)(distinct - 1);
    }
    if (status == LFADS_OK)
        status = variables_add(&id, table, "id", 1, &distinct, err);
    if (status == LFADS_OK)
        status =
            v->numbers
                ? variables_allocate(&id->numbers, distinct, sizeof *id->numbers, table->path, err)
                : variables_allocate(&id->texts, distinct, sizeof *id->texts, table->path, err);
    for (size_t i = 0; i < v->count && status == LFADS_OK; i++) {
        size_t at = (*of)[names[i].at];

        if (v->numbers)
            id->numbers[at] = names[i].number;
        else if (!id->texts[at] && !(id->texts[at] = strdup(names[i].text)))
            status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", table->path);
    }
    free(names);
    *count = distinct;
    return status;
}
