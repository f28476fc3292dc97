/* nearest.c - finds the known name that a misspelt word most likely means.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/nearest.h"

#include <ctype.h>
#include <lfads/config.h>
#include <string.h>

enum { MAX_NAME = 64, MIN_PREFIX = 3 };

static size_t min_of_three(size_t a, size_t b, size_t c)
{
    size_t min = a < b ? a : b;

    return min < c ? min : c;
}

/* Upper and lower case are the same letter, and so are the blanks of names. */
static char plain(char letter)
{
    return letter == '-' ? '_' : (char)tolower((unsigned char)letter);
}

/* The edit distance: insertions, deletions and replacements that turn A into B. */
static size_t count_edits(const char *a, const char *b)
{
    size_t row[MAX_NAME + 1], length = strlen(b);

    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t replaced = diagonal + (plain(a[i - 1]) != plain(b[j - 1]));

            diagonal = row[j];
            row[j] = min_of_three(row[j] + 1, row[j - 1] + 1, replaced);
        }
    }
    return row[length];
}

struct nearest nearest_begin(const char *word)
{
    return (struct nearest){.word = word, .distance = strlen(word) / 3 + 2};
}

void nearest_try(struct nearest *nearest, const char *name)
{
    size_t length = strlen(nearest->word), distance;

    if (length > MAX_NAME || strlen(name) > MAX_NAME)
        return;
    distance = count_edits(nearest->word, name);
    if (length >= MIN_PREFIX && strncmp(nearest->word, name, length) == 0 && distance > 1)
        distance = 1;
    else if (length > MIN_PREFIX && strstr(name, nearest->word) && distance > 2)
        distance = 2;
    if (distance < nearest->distance && 2 * distance < length + 1) {
        nearest->distance = distance;
        nearest->name = name;
    }
}

const char *lfads_nearest(const char *word, const char *const *names, size_t count, size_t *edits)
{
    struct nearest nearest;

    if (!word || !names)
        return NULL;
    nearest = nearest_begin(word);
    for (size_t i = 0; i < count; i++)
        if (names[i])
            nearest_try(&nearest, names[i]);
    if (edits)
        *edits = nearest.name ? nearest.distance : 0;
    return nearest.name;
}
