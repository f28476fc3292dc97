/* unused.h - says which given flags a run does not use, and which a continued training changes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_UNUSED_H
#define LFADS_CONFIG_UNUSED_H
#include "config/config.h"

/* What decides, besides the flags themselves, whether a flag has an effect. */
struct flag_situation {
    const char *kind;                 /* of the run (kinds.h) */
    const struct lfads_config *saved; /* the checkpoint's flags; NULL: there is none */
    size_t bins;                      /* of a trial */
    bool has_alignment;               /* some session has an alignment matrix */
};

/* Takes a line. */
typedef void flag_report(void *payload, const char *line);

/* Reports, a line for each reason, the flags that were given another value than the one that holds
 * without them and that have no effect in the run of CONFIG, whose flags are complete. A training
 * that goes on also reports the flags whose values differ from the checkpoint's. */
void unused_report(const struct lfads_config *config, const struct flag_situation *situation,
                   flag_report *report, void *payload);
#endif
