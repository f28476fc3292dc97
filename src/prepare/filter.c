/* filter.c - which rows of a table a user's conditions choose.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/filter.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 256 };

enum lfads_status filter_column(const struct variable **out, const struct variables *table,
                                const char *name, const char *what, const char *flag,
                                struct lfads_error *err)
{
    char names[400] = "";

    const char *last = strrchr(name, '/') ? strrchr(name, '/') : strrchr(name, '.');

    *out = variables_find(table, name);
    if (!*out && last) /* columns in a group or structure go by their own names */
        *out = variables_find(table, last + 1);
    if (*out)
        return LFADS_OK;
    for (size_t i = 0; i < table->count && strlen(names) < 300; i++) {
        size_t end = strlen(names);

        snprintf(names + end, sizeof names - end, "%s%.60s", i ? ", " : "", table->item[i].name);
    }
    return lfads_fail(err, LFADS_USAGE,
                      "--%s: the table of %s of %s has no column %.80s with an entry for each (%s)",
                      flag, what, table->path, name, *names ? names : "there is no such table");
}

/* Whether TEXT is true or false; Python writes them with capitals. */
static bool is_truth(const char *text, size_t length)
{
    return (length == 4 && strncasecmp(text, "true", 4) == 0) ||
           (length == 5 && strncasecmp(text, "false", 5) == 0);
}

/* The number that VALUE is as a whole; false if it is none. Truth values are 0 and 1. */
static bool number_of(double *number, const char *value, size_t length)
{
    char text[LONGEST], *end;

    if (length == 0 || length >= sizeof text)
        return false;
    memcpy(text, value, length);
    text[length] = 0;
    if (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0) {
        *number = *text == 't' || *text == 'T';
        return true;
    }
    *number = strtod(text, &end);
    return *end == 0;
}

bool filter_equal(const struct variable *v, size_t i, const char *value, size_t length)
{
    double number;

    if (v->texts && is_truth(v->texts[i], strlen(v->texts[i])) && is_truth(value, length))
        return tolower((unsigned char)*v->texts[i]) == tolower((unsigned char)*value);
    if (v->texts)
        return strlen(v->texts[i]) == length && memcmp(v->texts[i], value, length) == 0;
    return v->numbers && number_of(&number, value, length) && v->numbers[i] == number;
}

/* Whether one of the alternatives in TEXT, LENGTH bytes long, is entry I. */
static bool equals_any(const struct variable *v, size_t i, const char *text, size_t length)
{
    size_t from = 0;

    while (from <= length) {
        const char *bar = memchr(text + from, '|', length - from);
        size_t end = bar ? (size_t)(bar - text) : length;

        if (filter_equal(v, i, text + from, end - from))
            return true;
        from = end + 1;
    }
    return false;
}

/* Whether entry I of V compares as OPERATOR says. */
static bool holds(const struct variable *v, size_t i, const char *operator, const char * value,
                  size_t length, double number)
{
    double own = v->numbers ? v->numbers[i] : 0;

    if (strcmp(operator, "=") == 0)
        return equals_any(v, i, value, length);
    if (strcmp(operator, "!=") == 0)
        return !equals_any(v, i, value, length);
    if (operator[0] == '<')
        return operator[1] ? own <= number : own<number;
    return operator[1] ? own >= number : own> number;
}

/* Applies the condition TEXT, LENGTH bytes long. */
static enum lfads_status apply(bool *chosen, size_t rows, const char *text, size_t length,
                               const struct variables *table, const char *what, const char *flag,
                               struct lfads_error *err)
{
    const struct variable *v;
    size_t name_length = strcspn(text, "=<>!"), operator_length, before = 0, after = 0;
    char name[LONGEST], operator[3] = "";
    const char *value;
    double number = 0;
    enum lfads_status status;

    operator_length = name_length < length ? strspn(text + name_length, "=<>!") : 0;
    if (name_length == 0 || name_length >= sizeof name || operator_length == 0 ||
        operator_length > 2)
        return lfads_fail(err, LFADS_USAGE,
                          "--%s: %.*s is not COLUMN=VALUE (nor !=, <, <=, >, >= for =)", flag,
                          (int)(length < 100 ? length : 100), text);
    snprintf(name, sizeof name, "%.*s", (int)name_length, text);
    memcpy(operator, text + name_length, operator_length);
    value = text + name_length + operator_length;
    length -= name_length + operator_length;
    status = filter_column(&v, table, name, what, flag, err);
    if (status != LFADS_OK)
        return status;
    if (strchr("<>", *operator) && (v->texts || !number_of(&number, value, length)))
        return lfads_fail(err, LFADS_USAGE, "--%s: %s%s%.*s compares what is no number", flag,
                          name, operator, (int)(length < 100 ? length : 100), value);
    for (size_t i = 0; i < rows; i++) {
        before += chosen[i];
        chosen[i] = chosen[i] && holds(v, i, operator, value, length, number);
        after += chosen[i];
    }
    return before == 0 || after > 0
               ? LFADS_OK
               : lfads_fail(err, LFADS_USAGE, "--%s: %s%s%.*s holds for none of %zu %s", flag,
                            name, operator, (int)(length < 100 ? length : 100), value, before,
                            what);
}

enum lfads_status filter_rows(bool *chosen, size_t rows, const char *text,
                              const struct variables *table, const char *what, const char *flag,
                              struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    while (*text && status == LFADS_OK) {
        size_t length = strcspn(text, ",");

        status = apply(chosen, rows, text, length, table, what, flag, err);
        text += length + (text[length] == ',');
    }
    return status;
}

enum lfads_status filter_ids(bool *chosen, size_t rows, const char *text,
                             const struct variables *table, const char *flag,
                             struct lfads_error *err)
{
    const struct variable *id = &table->item[0];

    memset(chosen, 0, rows * sizeof *chosen);
    while (*text) {
        size_t length = strcspn(text, ","), dash = 0, found = 0;
        double low = 0, high = 0;

        for (size_t i = 1; i + 1 < length && !dash; i++)
            if (text[i] == '-' && number_of(&low, text, i) &&
                number_of(&high, text + i + 1, length - i - 1))
                dash = i;
        for (size_t i = 0; i < rows; i++)
            if (dash && id->numbers ? id->numbers[i] >= low && id->numbers[i] <= high
                                    : filter_equal(id, i, text, length)) {
                chosen[i] = true;
                found++;
            }
        if (!found)
            return lfads_fail(err, LFADS_USAGE, "--%s: there is no unit %.*s in %s", flag,
                              (int)(length < 100 ? length : 100), text, table->path);
        text += length + (text[length] == ',');
    }
    return LFADS_OK;
}
