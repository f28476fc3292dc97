/* help.h - writes a table of flags as text for --help, the manual page and the documentation.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_HELP_H
#define LFADS_CLI_HELP_H
#include <stdio.h>

#include "cli/flag_source.h"

enum help_form {
    HELP_TERMINAL, /* at most 80 columns wide */
    HELP_MAN,      /* source of a manual page */
    HELP_MARKDOWN  /* one table per group */
};

/* Writes the flags by groups, each with its default, its range and its help text. ORIGINAL: for
 * calls as the original's, which have more defaults. */
void help_write(FILE *out, const struct flag_source *source, enum help_form form, bool original);
#endif
