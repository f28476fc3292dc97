/* own_flags.h - the flags of a command that the library has none for: rows, and the record whose
 * fields they are.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_OWN_FLAGS_H
#define LFADS_CLI_OWN_FLAGS_H
#include <stdio.h>

#include "cli/flag_source.h"

/* Rows of a table over struct request of the file. */
#define OWN_ROW(name, type, standard, choices, min, max, help)                                     \
    {                                                                                              \
        {sizeof(struct lfads_flag),                                                                \
         #name,                                                                                    \
         type,                                                                                     \
         "data",                                                                                   \
         standard,                                                                                 \
         choices,                                                                                  \
         min,                                                                                      \
         max,                                                                                      \
         false,                                                                                    \
         help,                                                                                     \
         false,                                                                                    \
         false},                                                                                   \
            offsetof(struct request, name)                                                         \
    }
#define OWN_TEXT(name, help) OWN_ROW(name, LFADS_FLAG_TEXT, "", "", 0, 0, help)
#define OWN_CHOICE(name, standard, choices, help)                                                  \
    OWN_ROW(name, LFADS_FLAG_TEXT, standard, choices, 0, 0, help)
#define OWN_TRUTH(name, help) OWN_ROW(name, LFADS_FLAG_TRUTH, "false", "", 0, 0, help)
#define OWN_INTEGER(name, standard, min, max, help)                                                \
    OWN_ROW(name, LFADS_FLAG_INTEGER, standard, "", min, max, help)
#define OWN_REAL(name, standard, min, max, help)                                                   \
    OWN_ROW(name, LFADS_FLAG_REAL, standard, "", min, max, help)

/* The source of a table of such rows. */
#define OWN_SOURCE(rows)                                                                           \
    {                                                                                              \
        .own = (rows), .n_own = sizeof(rows) / sizeof *(rows)                                      \
    }

/* Sets every field of RECORD, which is zeroed, to its default. own_flags_release frees them. */
enum lfads_status own_flags_begin(void *record, const struct flag_source *source,
                                  struct lfads_error *err);
/* Sets the field of flag number INDEX from TEXT. On failure RECORD is unchanged. */
enum lfads_status own_flags_set(void *record, const struct flag_source *source, size_t index,
                                const char *text, struct lfads_error *err);
void own_flags_release(void *record, const struct flag_source *source);

/* Flags, names between blanks, that have no effect where HOLDS, and the reason WHY. */
struct idle_row {
    bool holds;
    const char *why, *flags;
};
/* Prints to TO, a line for each of the ROWS that hold, those of its flags whose value in RECORD is
 * not the default. A flag is named once, by the first row. */
void own_flags_say_idle(FILE *to, const struct flag_source *source, const void *record,
                        const struct idle_row *rows, size_t count);
#endif
