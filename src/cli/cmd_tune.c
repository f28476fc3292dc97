/* cmd_tune.c - the command tune: population-based training and random search.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/terminal.h"
#include "config/preset.h"
#include "config/tune_config.h"

int cli_run_tune(const struct command *command, int argc, char **argv)
{
    struct tune_request request = {.tune = NULL, .config = NULL};
    struct lfads_callbacks callbacks;
    struct parse_ignored ignored;
    struct terminal terminal;
    struct lfads_error err;
    enum lfads_status status = lfads_tune_config_create(&request.tune, &err);

    (void)command;
    if (status == LFADS_OK)
        status = lfads_config_create(&request.config, &err);
    if (status == LFADS_OK)
        status = parse_flags(argc, argv, tune_command_table(),
                             &(struct parse_target){
                                 .set = tune_request_set, .payload = &request, .ignored = &ignored},
                             &err);
    if (status == LFADS_OK)
        status = preset_set(request.config, "preset", PRESET_AUTO, &err);
    if (status == LFADS_OK) {
        terminal_begin(&terminal, &callbacks, request.config->quiet, 0);
        cli_say_ignored(&callbacks, &ignored);
        status = lfads_tune(request.config, request.tune, &callbacks, &err);
        terminal_end(&terminal);
    }
    lfads_tune_config_free(request.tune);
    lfads_config_free(request.config);
    return cli_finish(status, &err);
}
