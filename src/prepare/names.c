/* names.c - names of arrays and columns as people write them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/names.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* The length of NAME before UNIT at its end; 0 if it does not end so. */
static size_t before_unit(const char *name, const char *unit)
{
    size_t length = strlen(name), size = strlen(unit);
    bool bracket = length > 0 && strchr(")]", name[length - 1]);

    length -= bracket;
    if (length <= size + 1 || strncasecmp(name + length - size, unit, size) != 0 ||
        !strchr(bracket ? "([" : "_ ", name[length - size - 1]))
        return 0;
    return length - size - 1;
}

size_t name_stem(double *per_second, const char *name)
{
    static const struct {
        const char *unit;
        double per_second;
    } units[] = {{"s", 1},
                 {"sec", 1},
                 {"secs", 1},
                 {"seconds", 1},
                 {"ms", 1e3},
                 {"msec", 1e3},
                 {"milliseconds", 1e3},
                 {"us", 1e6},
                 {"usec", 1e6},
                 {"microseconds", 1e6},
                 {"µs", 1e6},
                 {"μs", 1e6}};

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t stem = before_unit(name, units[i].unit);

        *per_second = units[i].per_second;
        if (stem > 0)
            return stem;
    }
    *per_second = 0;
    return strlen(name);
}

static bool same_letter(char a, char b)
{
    bool separated = (a == '/' || a == '.') && (b == '/' || b == '.');

    return separated || tolower((unsigned char)a) == tolower((unsigned char)b);
}

bool name_is(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (!same_letter(*a, *b))
            return false;
    return *a == *b;
}

static bool is_blank(char c) { return c && strchr(" _-#", c); }

bool name_means(const char *name, const char *word)
{
    double per_second;
    const char *end = name + name_stem(&per_second, name);

    for (;;) {
        while (name < end && is_blank(*name))
            name++;
        while (is_blank(*word))
            word++;
        if (name == end || !*word)
            return name == end && !*word;
        if (!same_letter(*name++, *word++))
            return false;
    }
}
