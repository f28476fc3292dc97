/* entry.h - chooses a name in a directory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_ENTRY_H
#define LFADS_BASE_ENTRY_H
#include <stdbool.h>

#include "base/file.h"

/* Whether NAME is to be taken rather than BEST, "" for none; WHAT is the caller's. */
typedef bool entry_better(void *what, const char *name, const char *best);

/* Sets BEST to the name in DIRECTORY that BETTER takes rather than all others, those that begin
 * with a dot left out; false, and "", if there is none or the directory can't be read. */
bool entry_choose(char best[FILE_PATH], const char *directory, entry_better *better, void *what);
#endif
