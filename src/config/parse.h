/* parse.h - a command line of flags, as users of the original type them (from-tensorflow.md,
 * "Flags"). SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_PARSE_H
#define LFADS_CONFIG_PARSE_H
#include "config/flag.h"

/* Sets flag number INDEX of what is being configured; PAYLOAD is parse_flags' own. */
typedef enum lfads_status parse_setter(void *payload, size_t index, const char *text,
                                       struct lfads_error *err);

/* Parses ARGV[0..ARGC-1], flags only: --name=value, --name value, -name=value; of booleans --name,
 * --noname, --name=true and the like; --flagfile=FILE for a file with a flag a line and # comments.
 * A flag given twice: the last counts. Anything else is refused with the nearest known name. */
enum lfads_status parse_flags(int argc, char **argv, const struct flag_table *table,
                              parse_setter *set, void *payload, struct lfads_error *err);
#endif
