/* cmd_prepare.c - the command prepare: turns recordings into data files.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/terminal.h"
#include "config/parse.h"
#include "config/prepare_config.h"

/* What a command line is parsed into. */
struct parsed {
    struct lfads_prepare_config *config;
    struct words words;
};

static enum lfads_status set_flag(void *payload, size_t index, const char *text,
                                  struct lfads_error *err)
{
    const struct parsed *parsed = payload;

    return flag_set(parsed->config, prepare_config_table(), index, text, err);
}

static enum lfads_status take_word(void *payload, const char *word, struct lfads_error *err)
{
    struct parsed *parsed = payload;

    return words_add(&parsed->words, word, err);
}

int cli_run_prepare(const struct command *command, int argc, char **argv)
{
    struct parsed parsed = {.words = {.count = 0}};
    struct lfads_callbacks callbacks;
    struct terminal terminal;
    struct lfads_error err;
    enum lfads_status status = lfads_prepare_config_create(&parsed.config, &err);

    (void)command;
    if (status == LFADS_OK)
        status = parse_flags(
            argc, argv, prepare_config_table(),
            &(struct parse_target){.set = set_flag, .take = take_word, .payload = &parsed}, &err);
    if (status == LFADS_OK && parsed.words.count == 0) {
        snprintf(err.text, sizeof err.text,
                 "prepare needs a recording: lfads prepare FILE --output=FILE");
        status = LFADS_USAGE;
    }
    if (status == LFADS_OK) {
        terminal_begin(&terminal, &callbacks, false, 0);
        status =
            lfads_prepare(parsed.words.word, parsed.words.count, parsed.config, &callbacks, &err);
        terminal_end(&terminal);
    }
    words_release(&parsed.words);
    lfads_prepare_config_free(parsed.config);
    return cli_finish(status, &err);
}
