/* cmd_run.c - the commands on a model: training, sampling, writing its parameters. They share one
 * table of flags, and each calls one function of the library.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/terminal.h"
#include "config/kinds.h"
#include "config/parse.h"
#include "config/preset.h"

static enum lfads_status set_flag(void *payload, size_t index, const char *text,
                                  struct lfads_error *err)
{
    return config_set(payload, index, text, err);
}

/* Refuses a --kind that contradicts the command. */
static enum lfads_status check_kind(const struct lfads_config *config,
                                    const struct command *command, struct lfads_error *err)
{
    if (!config->given[flag_find(config_table(), "kind")] ||
        strcmp(config->kind, command->kind) == 0)
        return LFADS_OK;
    snprintf(err->text, sizeof err->text, "--kind=%s contradicts the command %s: leave one out",
             config->kind, command->name);
    return LFADS_USAGE;
}

/* Runs COMMAND or, if it is NULL, the one of COMMANDS whose kind the flags give. */
static int run(const struct command *command, const struct command *commands, int argc, char **argv)
{
    struct lfads_config *config;
    struct lfads_callbacks callbacks;
    struct parse_ignored ignored;
    struct terminal terminal;
    struct lfads_error err;
    enum lfads_status status = lfads_config_create(&config, &err);

    if (status == LFADS_OK)
        status = parse_flags(argc, argv, config_table(), set_flag, config, &ignored, &err);
    if (status == LFADS_OK && command)
        status = check_kind(config, command, &err);
    /* scripts of the original call the program by --kind and get the original's values */
    if (status == LFADS_OK && command && strcmp(command->kind, KIND_TRAIN) == 0)
        status = preset_set(config, "preset", PRESET_AUTO, &err);
    if (status == LFADS_OK) {
        for (const struct command *c = commands; !command && c->name; c++)
            if (c->kind && strcmp(c->kind, config->kind) == 0)
                command = c;
        assert(command); /* every choice of the flag is a command's kind */
        terminal_begin(&terminal, &callbacks, config->quiet, config->max_epochs);
        cli_say_ignored(&callbacks, &ignored);
        status = command->model(config, &callbacks, &err);
        terminal_end(&terminal);
    }
    lfads_config_free(config);
    return cli_finish(status, &err);
}

int cli_run_model(const struct command *command, int argc, char **argv)
{
    assert(command);
    return run(command, NULL, argc, argv);
}

int cli_run_kind(const struct command *commands, int argc, char **argv)
{
    return run(NULL, commands, argc, argv);
}
