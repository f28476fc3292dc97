/* cmd_synth.c - the command synth: makes synthetic data.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/terminal.h"

const struct flag_source synth_flags = {.sets = {LFADS_FLAGS_SYNTH}, .n_sets = 1};

int cli_run_synth(const struct command *command, int argc, char **argv)
{
    struct lfads_synth_config *config;
    struct lfads_callbacks callbacks;
    struct parse_ignored ignored;
    struct terminal terminal;
    struct lfads_error err;
    enum lfads_status status;

    (void)command;
    if (argc < 1 || argv[0][0] == '-') {
        fprintf(stderr,
                "lfads: synth needs the name of a generator first: chaotic, labeled or itb\n");
        return EXIT_USAGE;
    }
    status = lfads_synth_config_create(&config, &err);
    if (status == LFADS_OK)
        status =
            line_parse(&(struct line){.source = &synth_flags, .synth = config, .ignored = &ignored},
                       argc - 1, argv + 1, &err);
    if (status == LFADS_OK) {
        terminal_begin(&terminal, &callbacks, false, 0);
        cli_say_ignored(&callbacks, &ignored);
        status = lfads_synth(argv[0], config, &callbacks, &err);
        terminal_end(&terminal);
    }
    lfads_synth_config_free(config);
    return cli_finish(status, &err);
}
