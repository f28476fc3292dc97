/* cmd_tune.c - the command tune: population-based training and random search.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/terminal.h"

/* Those of tune alone, which --help and the manual list, and all that it takes. */
const struct flag_source tune_flags = {.sets = {LFADS_FLAGS_TUNE}, .n_sets = 1};
static const struct flag_source all_flags = {.sets = {LFADS_FLAGS_TUNE, LFADS_FLAGS_RUN},
                                             .n_sets = 2};

int cli_run_tune(const struct command *command, int argc, char **argv)
{
    struct words words = {.count = 0};
    struct parse_ignored ignored;
    struct line line = {.source = &all_flags, .words = &words, .ignored = &ignored};
    bool is_new = false;
    struct lfads_callbacks callbacks;
    struct terminal terminal;
    struct lfads_error err;
    struct lfads_ranks *ranks = NULL;
    enum lfads_status status = lfads_tune_config_create(&line.tune, &err);

    if (status == LFADS_OK)
        status = lfads_config_create(&line.config, &err);
    if (status == LFADS_OK)
        status = lfads_ranks_join(&ranks, &err);
    if (status == LFADS_OK)
        status = line_parse(&line, argc, argv, &err);
    if (status == LFADS_OK)
        status = lfads_config_set_default(line.config, "preset", "auto", &err);
    if (status == LFADS_OK)
        status = words_of_training(line.config, &words, command->name, "tuning.txt", &is_new, &err);
    status = lfads_ranks_agree(ranks, status, &err);
    if (status == LFADS_OK)
        status = lfads_config_share(line.config, ranks, &err);
    if (status == LFADS_OK)
        status = lfads_tune_config_share(line.tune, ranks, &err);
    if (status == LFADS_OK) {
        terminal_begin(&terminal, &callbacks, cli_is_quiet(line.config), 0);
        cli_mute(&callbacks, ranks);
        cli_say_ignored(&callbacks, &ignored);
        status = lfads_tune(line.config, line.tune, &callbacks, &err);
        terminal_end(&terminal);
    }
    words_release(&words);
    lfads_tune_config_free(line.tune);
    lfads_config_free(line.config);
    return cli_finish_together(ranks, status, &err);
}
