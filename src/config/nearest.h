/* nearest.h - finds the known name that a misspelt word most likely means.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_NEAREST_H
#define LFADS_CONFIG_NEAREST_H
#include <stddef.h>

/* A search in progress. NAME is the best name so far; NULL if none is similar enough. */
struct nearest {
    const char *word, *name;
    size_t distance; /* only a name with a smaller distance replaces NAME */
};

struct nearest nearest_begin(const char *word);
/* Takes NAME if it is more similar to the word than the names before: by edit distance, or because
 * NAME begins with the word or has it in it. */
void nearest_try(struct nearest *nearest, const char *name);
#endif
