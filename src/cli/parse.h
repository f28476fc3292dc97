/* parse.h - parses a command line of flags, as users of the original type them (from-tensorflow.md,
 * "Flags").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_PARSE_H
#define LFADS_CLI_PARSE_H
#include "cli/flag_source.h"

/* Sets flag number INDEX of the source. PAYLOAD is what the caller gave parse_flags. */
typedef enum lfads_status parse_setter(void *payload, size_t index, const char *text,
                                       struct lfads_error *err);

/* Takes WORD, which is no flag; PAYLOAD as above. */
typedef enum lfads_status parse_taker(void *payload, const char *word, struct lfads_error *err);

/* The flags of other programs that were passed over: "--tf_debug_cli, --verbosity"; "": none. */
struct parse_ignored {
    char names[512];
};

/* Where a command line goes. */
struct parse_target {
    parse_setter *set;
    parse_taker *take; /* NULL: words that are no flags are refused */
    void *payload;
    /* Flags that programs around the original write are passed over and named here
     * (foreign_flags.h); NULL: they are unknown. */
    struct parse_ignored *ignored;
};

/* Parses ARGV[0..ARGC-1]: flags, and words that are none. A flag is --name=value, --name value,
 * -name=value; for booleans --name, --noname, --name=true, --name true; --flagfile=FILE for a file
 * with one flag per line and # comments. If a flag is given twice, the last one counts. Where words
 * are taken, all after -- are words. Fails for anything else; the error suggests the most similar
 * known name.
 */
enum lfads_status parse_flags(int argc, char **argv, const struct flag_source *source,
                              const struct parse_target *target, struct lfads_error *err);
#endif
