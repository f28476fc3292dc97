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

/* Whether FLAG, number INDEX of its table, was given a value that would not hold without it. */
typedef bool flag_asked(void *payload, const struct flag *flag, size_t index);

/* Reports in one line, with the reason WHY, which of FLAGS, names between blanks, were asked for
 * and have no effect; nothing if there are none. PAYLOAD is for ASKED and REPORT. */
void unused_report_list(const struct flag_table *table, const char *flags, const char *why,
                        flag_asked *asked, flag_report *report, void *payload);

/* Flags, names between blanks, that have no effect where HOLDS, and the reason WHY. */
struct unused_row {
    bool holds;
    const char *why, *flags;
};

/* Reports, a line for each row that holds, those of its flags whose value in RECORD is not the
 * default. A flag is reported once, by the first row. PAYLOAD is REPORT's. */
void unused_report_rows(const struct flag_table *table, const void *record,
                        const struct unused_row *rows, size_t count, flag_report *report,
                        void *payload);

/* Reports, a line for each reason, the flags that were given another value than the one that holds
 * without them and that have no effect in the run of CONFIG, whose flags are complete. A training
 * that goes on also reports the flags whose values differ from the checkpoint's. */
void unused_report(const struct lfads_config *config, const struct flag_situation *situation,
                   flag_report *report, void *payload);
#endif
