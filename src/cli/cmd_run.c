/* cmd_run.c - the commands on a model: training, sampling, writing its parameters. They share one
 * table of flags, and each calls one function of the library.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/terminal.h"

/* Refuses a --kind that contradicts the command. */
static enum lfads_status check_kind(struct lfads_config *config, const struct command *command,
                                    struct lfads_error *err)
{
    const char *kind = lfads_config_get(config, "kind");

    if (!lfads_config_is_given(config, "kind") || strcmp(kind, command->kind) == 0)
        return LFADS_OK;
    return cli_fail(err, LFADS_USAGE, "--kind=%s contradicts the command %s: leave one out", kind,
                    command->name);
}

/* Runs COMMAND with CONFIG, once for each of FILES, data files of new trials, or once without. */
static enum lfads_status call(struct lfads_config *config, const struct command *command,
                              const struct words *files, const struct lfads_callbacks *callbacks,
                              struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    if (files->count == 0)
        return command->model(config, callbacks, err);
    for (size_t i = 0; i < files->count && status == LFADS_OK; i++) {
        status = lfads_config_set_files(config, &files->word[i], 1, err);
        if (status == LFADS_OK)
            status = command->model(config, callbacks, err);
    }
    return status;
}

static enum lfads_status run_on_terminal(const struct line *line, const struct command *command,
                                         const struct words *files, bool is_new,
                                         const struct lfads_ranks *ranks, struct lfads_error *err)
{
    struct lfads_config *config = line->config;
    struct lfads_callbacks callbacks;
    struct terminal terminal;
    enum lfads_status status;

    terminal_begin(&terminal, &callbacks, cli_is_quiet(config), cli_integer(config, "max_epochs"));
    cli_mute(&callbacks, ranks);
    cli_say_ignored(&callbacks, line->ignored);
    status = call(config, command, files, &callbacks, err);
    terminal_end(&terminal);
    if (is_new && status == LFADS_OK && lfads_ranks_number(ranks) == 0 &&
        cli_integer(config, "seeds") == 0)
        printf("The model is in %s; lfads posterior-sample %s denoises its trials\n",
               lfads_config_get(config, "lfads_save_dir"),
               lfads_config_get(config, "lfads_save_dir"));
    return status;
}

static bool takes_trials(const struct command *command)
{
    return command->model == lfads_posterior_sample || command->model == lfads_posterior_mean;
}

int cli_run_model(const struct command *command, int argc, char **argv)
{
    struct lfads_config *config;
    struct words words = {.count = 0};
    struct parse_ignored ignored;
    struct line line = {.source = &run_flags, .words = &words, .ignored = &ignored};
    struct lfads_error err;
    bool trains = command->model == lfads_train, is_new = false;
    struct lfads_ranks *ranks = NULL;
    enum lfads_status status = lfads_config_create(&config, &err);

    line.config = config;
    if (status == LFADS_OK)
        status = lfads_ranks_join(&ranks, &err);
    if (status == LFADS_OK && !trains)
        status = cli_check_alone(ranks, command->name, &err);
    if (status == LFADS_OK)
        status = line_parse(&line, argc, argv, &err);
    if (status == LFADS_OK)
        status = check_kind(config, command, &err);
    /* scripts of the original call the program by --kind and get the original's values */
    if (status == LFADS_OK && trains)
        status = lfads_config_set_default(config, "preset", "auto", &err);
    if (status == LFADS_OK)
        status = lfads_config_check(config, &err);
    if (status == LFADS_OK && trains)
        status =
            words_of_training(config, &words, command->name,
                              lfads_config_get(config, "checkpoint_pb_load_name"), &is_new, &err);
    else if (status == LFADS_OK)
        status = words_of_model(config, &words, command->name, takes_trials(command), &err);
    if (trains)
        words.count = 0; /* they are flags now */
    status = lfads_ranks_agree(ranks, status, &err);
    if (status == LFADS_OK)
        status = lfads_config_share(config, ranks, &err);
    if (status == LFADS_OK)
        status = run_on_terminal(&line, command, &words, is_new, ranks, &err);
    words_release(&words);
    lfads_config_free(config);
    return cli_finish_together(ranks, status, &err);
}

int cli_run_kind(const struct command *commands, int argc, char **argv)
{
    const struct command *command = commands;
    const struct words none = {.count = 0};
    struct lfads_config *config;
    const char *kind = NULL;
    struct parse_ignored ignored;
    struct line line = {.source = &run_flags, .ignored = &ignored};
    struct lfads_error err;
    struct lfads_ranks *ranks = NULL;
    enum lfads_status status = lfads_config_create(&config, &err);

    line.config = config;
    if (status == LFADS_OK)
        status = lfads_ranks_join(&ranks, &err);
    if (status == LFADS_OK)
        status = line_parse(&line, argc, argv, &err);
    if (status == LFADS_OK && strcmp(lfads_config_get(config, "kind"), "train") != 0)
        status = cli_check_alone(ranks, lfads_config_get(config, "kind"), &err);
    status = lfads_ranks_agree(ranks, status, &err);
    if (status == LFADS_OK)
        status = lfads_config_share(config, ranks, &err);
    if (status == LFADS_OK) {
        kind = lfads_config_get(config, "kind");
        while (command->name && (!command->kind || strcmp(command->kind, kind) != 0))
            command++;
        assert(command->name); /* every choice of the flag is a command's kind */
        status = run_on_terminal(&line, command, &none, false, ranks, &err);
    }
    lfads_config_free(config);
    return cli_finish_together(ranks, status, &err);
}
