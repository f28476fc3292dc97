/* cmd_synth.c - the command synth: makes synthetic data.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/terminal.h"
#include "config/parse.h"
#include "config/synth_config.h"

static enum lfads_status set_flag(void *payload, size_t index, const char *text,
                                  struct lfads_error *err)
{
    return flag_set(payload, synth_config_table(), index, text, err);
}

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
        status = parse_flags(
            argc - 1, argv + 1, synth_config_table(),
            &(struct parse_target){.set = set_flag, .payload = config, .ignored = &ignored}, &err);
    if (status == LFADS_OK) {
        terminal_begin(&terminal, &callbacks, false, 0);
        cli_say_ignored(&callbacks, &ignored);
        status = lfads_synth(argv[0], config, &callbacks, &err);
        terminal_end(&terminal);
    }
    lfads_synth_config_free(config);
    return cli_finish(status, &err);
}
