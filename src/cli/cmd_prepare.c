/* cmd_prepare.c - the command prepare: turns recordings into data files.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/terminal.h"
#include "config/parse.h"
#include "config/prepare_config.h"

static enum lfads_status set_flag(void *payload, size_t index, const char *text,
                                  struct lfads_error *err)
{
    return flag_set(payload, prepare_config_table(), index, text, err);
}

int cli_run_prepare(const struct command *command, int argc, char **argv)
{
    struct lfads_prepare_config *config;
    struct lfads_callbacks callbacks;
    struct terminal terminal;
    struct lfads_error err;
    int files = 0;
    enum lfads_status status;

    (void)command;
    while (files < argc && argv[files][0] != '-')
        files++;
    if (files == 0) {
        fprintf(stderr, "lfads: prepare needs the recording's file first, then its flags\n");
        return EXIT_USAGE;
    }
    status = lfads_prepare_config_create(&config, &err);
    if (status == LFADS_OK)
        status = parse_flags(argc - files, argv + files, prepare_config_table(),
                             &(struct parse_target){.set = set_flag, .payload = config}, &err);
    if (status == LFADS_OK) {
        terminal_begin(&terminal, &callbacks, false, 0);
        status = lfads_prepare((const char *const *)argv, (size_t)files, config, &callbacks, &err);
        terminal_end(&terminal);
    }
    lfads_prepare_config_free(config);
    return cli_finish(status, &err);
}
