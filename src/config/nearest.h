/* nearest.h - the known name that a misspelt word was meant to be.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_NEAREST_H
#define LFADS_CONFIG_NEAREST_H
#include <stddef.h>

/* A search in progress: the best name so far, NULL where none is near enough to be of help. */
struct nearest {
    const char *word, *name;
    size_t distance; /* a name has to be nearer than this */
};

struct nearest nearest_begin(const char *word);
/* Takes NAME if it is nearer than what was tried before: by insertions, deletions and replacements
 * of letters, or because the word is its beginning. */
void nearest_try(struct nearest *nearest, const char *name);
#endif
