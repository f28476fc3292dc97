/* nearest.c - the known name that a misspelt word was meant to be.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/nearest.h"

#include <string.h>

enum { LONGEST_NAME = 64, LEAST_BEGINNING = 3 };

static size_t least_of(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/* Insertions, deletions and replacements that turn A into B. */
static size_t edits(const char *a, const char *b)
{
    size_t row[LONGEST_NAME + 1], length = strlen(b);

    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            row[j] = least_of(row[j] + 1, row[j - 1] + 1, replaced);
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

    if (length > LONGEST_NAME || strlen(name) > LONGEST_NAME)
        return;
    distance = edits(nearest->word, name);
    if (length >= LEAST_BEGINNING && strncmp(nearest->word, name, length) == 0 && distance > 1)
        distance = 1;
    if (distance < nearest->distance) {
        nearest->distance = distance;
        nearest->name = name;
    }
}
