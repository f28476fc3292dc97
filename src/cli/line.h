/* line.h - what a command line is parsed into: handles of the library, a record of the command's
 * own flags, words.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_LINE_H
#define LFADS_CLI_LINE_H
#include "cli/flag_source.h"
#include "cli/parse.h"
#include "cli/words.h"

/* Where the flags of SOURCE go. What none of its flags belongs to is NULL. */
struct line {
    const struct flag_source *source;
    struct lfads_config *config;
    struct lfads_tune_config *tune;
    struct lfads_synth_config *synth;
    struct lfads_prepare_config *prepare;
    void *request;                 /* of the command's own flags */
    struct words *words;           /* NULL: words that are no flags are refused */
    struct parse_ignored *ignored; /* as in struct parse_target */
};

/* Sets what LINE names from the words of a command line; a request first to the defaults. */
enum lfads_status line_parse(const struct line *line, int argc, char **argv,
                             struct lfads_error *err);
#endif
