/* flag.c - converts values of flags from text and to text.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/flag.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/nearest.h"

enum { MAX_TEXT = 4095, MAX_NUMBER = 400 };

int flag_find(const struct flag_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->flags[i].name, name) == 0)
            return (int)i;
    return -1;
}

const char *flag_nearest(const struct flag_table *table, const char *name)
{
    struct nearest nearest = nearest_begin(name);

    for (size_t i = 0; i < table->count; i++)
        nearest_try(&nearest, table->flags[i].name);
    return nearest.name;
}

bool flag_takes_all(const struct flag *flag)
{
    return flag->type == FLAG_IS_INT && strcmp(flag->standard, "9223372036854775807") == 0;
}

static void *field(void *record, const struct flag *flag) { return (char *)record + flag->offset; }

static const void *const_field(const void *record, const struct flag *flag)
{
    return (const char *)record + flag->offset;
}

void flag_float_text(char *text, size_t size, double value)
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    /* Python uses exponents only below 1e-4 and from 1e16 */
    if (strchr(text, 'e') && fabs(value) >= 1e-4 && fabs(value) < 1e16)
        snprintf(text, size, "%.1f", value);
    if (!strpbrk(text, ".en")) /* inf and nan have an n */
        snprintf(text + strlen(text), size - strlen(text), ".0");
}

static void bound_text(char *text, size_t size, const struct flag *flag, double value)
{
    if (flag->type == FLAG_IS_INT && value >= 9.2e18)
        snprintf(text, size, "%" PRId64, INT64_MAX);
    else if (flag->type == FLAG_IS_INT)
        snprintf(text, size, "%.0f", value);
    else
        snprintf(text, size, "%g", value);
}

void flag_range(char *text, size_t size, const struct flag *flag)
{
    char min[40], max[40];

    bound_text(min, sizeof min, flag, flag->min);
    bound_text(max, sizeof max, flag, flag->max);
    switch (flag->type) {
    case FLAG_IS_STRING:
        snprintf(text, size, "%s%s", *flag->choices ? "one of " : "text", flag->choices);
        return;
    case FLAG_IS_BOOL:
        snprintf(text, size, "true or false");
        return;
    case FLAG_IS_INT:
        if (flag_takes_all(flag))
            snprintf(text, size, "an integer from %s, or all", min);
        else
            snprintf(text, size, "an integer from %s to %s", min, max);
        return;
    case FLAG_IS_FLOAT:
        if (flag->max >= HUGE_VAL)
            snprintf(text, size, "a number %s %s", flag->open_min ? "above" : "from", min);
        else
            snprintf(text, size, "a number %s %s to %s", flag->open_min ? "above" : "from", min,
                     max);
        return;
    }
}

static enum lfads_status refuse(const struct flag *flag, const char *text, struct lfads_error *err)
{
    char range[200];
    bool quoted = strpbrk(text, "'\"") || strstr(text, "\xE2\x80"); /* typographic ones, too */

    flag_range(range, sizeof range, flag);
    return lfads_fail(err, LFADS_USAGE, "--%s=%s is not allowed: it takes %s%s", flag->name, text,
                      range,
                      quoted                                             ? ", without quotes"
                      : flag->type == FLAG_IS_FLOAT && strchr(text, ',') ? ", with a decimal point"
                                                                         : "");
}

/* Returns the choice that TEXT is, in any case, and its LENGTH; NULL if it is none. */
static const char *find_choice(const char *choices, const char *text, size_t *length)
{
    for (const char *choice = choices; *choice;
         choice += strcspn(choice, "|") + (choice[strcspn(choice, "|")] == '|')) {
        *length = strcspn(choice, "|");
        if (*length == strlen(text) && strncasecmp(choice, text, *length) == 0)
            return choice;
    }
    return NULL;
}

static enum lfads_status set_string(char **value, const struct flag *flag, const char *text,
                                    struct lfads_error *err)
{
    size_t most = flag->max > 0 ? (size_t)flag->max : MAX_TEXT, length = strlen(text);
    const char *canonical = text;
    char *copy;

    if (length > most)
        return lfads_fail(err, LFADS_USAGE, "--%s=%.40s... is longer than %zu characters",
                          flag->name, text, most);
    if (*flag->choices)
        canonical = find_choice(flag->choices, text, &length);
    if (!canonical)
        return refuse(flag, text, err);
    copy = strndup(canonical, length);
    if (!copy)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for --%s", flag->name);
    free(*value);
    *value = copy;
    return LFADS_OK;
}

static bool set_bool(bool *value, const char *text)
{
    static const char *const words[] = {"true", "t", "1", "yes", "false", "f", "0", "no"};

    for (size_t i = 0; i < 8; i++)
        if (strcasecmp(text, words[i]) == 0) {
            *value = i < 4;
            return true;
        }
    return false;
}

bool flag_is_truth(const char *text)
{
    bool value;

    return set_bool(&value, text);
}

/* Reads a whole number that is written as a real, as 8.000000 or 1e3. */
static bool read_whole_real(long long *number, const char *text)
{
    const double most = 9007199254740992; /* up to which all integers are doubles */
    char *end;
    double value = strtod(text, &end);

    if (end == text || text[strspn(text, "+-.0123456789eE")] || *end || value != floor(value) ||
        fabs(value) > most)
        return false;
    *number = (long long)value;
    return true;
}

static bool set_int(int64_t *value, const struct flag *flag, const char *text)
{
    char *end;
    long long number;

    if (flag_takes_all(flag) && strcmp(text, "all") == 0) {
        *value = INT64_MAX;
        return true;
    }
    errno = 0;
    number = strtoll(text, &end, 10);
    if ((end == text || *end || errno) && !read_whole_real(&number, text))
        return false;
    if ((double)number < flag->min || (double)number > flag->max)
        return false;
    *value = number;
    return true;
}

static bool set_float(double *value, const struct flag *flag, const char *text)
{
    char *end;
    double number = strtod(text, &end);

    if (end == text || *end || !isfinite(number) || number < flag->min || number > flag->max ||
        (flag->open_min && number <= flag->min))
        return false;
    *value = number;
    return true;
}

/* Sets TRIMMED to TEXT without blanks at its ends; false if it is longer than any number. */
static bool trim(char trimmed[MAX_NUMBER], const char *text)
{
    size_t length;

    text += strspn(text, " \t\r\n");
    length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    if (length >= MAX_NUMBER)
        return false;
    memcpy(trimmed, text, length);
    trimmed[length] = 0;
    return true;
}

enum lfads_status flag_set(void *record, const struct flag_table *table, size_t index,
                           const char *given, struct lfads_error *err)
{
    const struct flag *flag = &table->flags[index];
    void *value = field(record, flag);
    char trimmed[MAX_NUMBER];
    const char *text = trimmed;
    bool valid = false;

    if ((flag->type == FLAG_IS_STRING && !*flag->choices) || !trim(trimmed, given))
        text = given;
    switch (flag->type) {
    case FLAG_IS_STRING:
        return set_string(value, flag, text, err);
    case FLAG_IS_BOOL:
        valid = set_bool(value, text);
        break;
    case FLAG_IS_INT:
        valid = set_int(value, flag, text);
        break;
    case FLAG_IS_FLOAT:
        valid = set_float(value, flag, text);
        break;
    }
    return valid ? LFADS_OK : refuse(flag, text, err);
}

enum lfads_status flag_defaults(void *record, const struct flag_table *table,
                                struct lfads_error *err)
{
    for (size_t i = 0; i < table->count; i++) {
        enum lfads_status status = flag_set(record, table, i, table->flags[i].standard, err);

        if (status != LFADS_OK)
            return status;
    }
    return LFADS_OK;
}

void flag_text(char *text, size_t size, const void *record, const struct flag *flag)
{
    const void *value = const_field(record, flag);

    switch (flag->type) {
    case FLAG_IS_STRING:
        snprintf(text, size, "%s", *(char *const *)value);
        return;
    case FLAG_IS_BOOL:
        snprintf(text, size, "%s", *(const bool *)value ? "true" : "false");
        return;
    case FLAG_IS_INT:
        snprintf(text, size, "%" PRId64, *(const int64_t *)value);
        return;
    case FLAG_IS_FLOAT:
        flag_float_text(text, size, *(const double *)value);
        return;
    }
}

const char *flag_string(const void *record, const struct flag *flag)
{
    return *(char *const *)const_field(record, flag);
}

const char *flag_value(char *text, size_t size, const void *record, const struct flag *flag)
{
    if (flag->type == FLAG_IS_STRING)
        return flag_string(record, flag);
    flag_text(text, size, record, flag);
    return text;
}

bool flag_equal(const void *a, const void *b, const struct flag *flag)
{
    const void *x = const_field(a, flag), *y = const_field(b, flag);

    switch (flag->type) {
    case FLAG_IS_STRING:
        return strcmp(*(char *const *)x, *(char *const *)y) == 0;
    case FLAG_IS_BOOL:
        return *(const bool *)x == *(const bool *)y;
    case FLAG_IS_INT:
        return *(const int64_t *)x == *(const int64_t *)y;
    case FLAG_IS_FLOAT:
        return memcmp(x, y, sizeof(double)) == 0;
    }
    return false;
}

bool flag_is_standard(const void *record, const struct flag *flag)
{
    char text[MAX_TEXT + 1];

    if (flag->type == FLAG_IS_FLOAT)
        return *(const double *)const_field(record, flag) == strtod(flag->standard, NULL);
    flag_text(text, sizeof text, record, flag);
    return strcmp(text, flag->standard) == 0;
}

void flag_release(void *record, const struct flag_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->flags[i].type == FLAG_IS_STRING)
            free(*(char **)field(record, &table->flags[i]));
}
