/* parse.h - parses a command line of flags, as users of the original type them (from-tensorflow.md,
 * "Flags").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_PARSE_H
#define LFADS_CONFIG_PARSE_H
#include "config/flag.h"

/* Sets flag number INDEX of the caller's record. PAYLOAD is what the caller gave parse_flags. */
typedef enum lfads_status parse_setter(void *payload, size_t index, const char *text,
                                       struct lfads_error *err);

/* The flags of other programs that were passed over: "--tf_debug_cli, --verbosity"; "": none. */
struct parse_ignored {
    char names[512];
};

/* Parses ARGV[0..ARGC-1], which must be flags only: --name=value, --name value, -name=value; for
 * booleans --name, --noname, --name=true; --flagfile=FILE for a file with one flag per line and #
 * comments. If a flag is given twice, the last one counts. Flags that programs around the original
 * write are passed over and named in IGNORED (foreign_flags.h); where it is NULL they are unknown.
 * Fails for anything else; the error suggests the most similar known name. */
enum lfads_status parse_flags(int argc, char **argv, const struct flag_table *table,
                              parse_setter *set, void *payload, struct parse_ignored *ignored,
                              struct lfads_error *err);
#endif
