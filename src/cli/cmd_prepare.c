/* cmd_prepare.c - the command prepare: turns recordings into data files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/terminal.h"

const struct flag_source prepare_flags = {.sets = {LFADS_FLAGS_PREPARE}, .n_sets = 1};

int cli_run_prepare(const struct command *command, int argc, char **argv)
{
    struct lfads_prepare_config *config;
    struct words words = {.count = 0};
    struct lfads_callbacks callbacks;
    struct terminal terminal;
    struct lfads_error err;
    enum lfads_status status = lfads_prepare_config_create(&config, &err);

    (void)command;
    if (status == LFADS_OK)
        status =
            line_parse(&(struct line){.source = &prepare_flags, .prepare = config, .words = &words},
                       argc, argv, &err);
    if (status == LFADS_OK && words.count == 0)
        status = cli_fail(&err, LFADS_USAGE,
                          "prepare needs a recording: lfads prepare FILE --output=FILE");
    if (status == LFADS_OK) {
        terminal_begin(&terminal, &callbacks, false, 0);
        status = lfads_prepare(words.word, words.count, config, &callbacks, &err);
        terminal_end(&terminal);
    }
    words_release(&words);
    lfads_prepare_config_free(config);
    return cli_finish(status, &err);
}
