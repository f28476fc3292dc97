/* help.h - a table of flags as text for --help.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_HELP_H
#define LFADS_CONFIG_HELP_H
#include "config/flag.h"

/* Sets *TEXT, the caller's to free, to the flags by groups, each with what it takes, its default
 * and its sentence, at most 80 columns wide; NULL without memory. */
void help_text(char **text, const struct flag_table *table);
#endif
