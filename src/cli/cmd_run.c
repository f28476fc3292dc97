/* cmd_run.c - the commands on a model: training, sampling, writing its parameters. They share one
 * table of flags, and each calls one function of the library.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/terminal.h"
#include "config/file_list.h"
#include "config/kinds.h"
#include "config/parse.h"
#include "config/preset.h"

/* What a command line is parsed into. */
struct parsed {
    struct lfads_config *config;
    struct words *words;
};

static enum lfads_status set_flag(void *payload, size_t index, const char *text,
                                  struct lfads_error *err)
{
    const struct parsed *parsed = payload;

    return config_set(parsed->config, index, text, err);
}

static enum lfads_status take_word(void *payload, const char *word, struct lfads_error *err)
{
    const struct parsed *parsed = payload;

    return words_add(parsed->words, word, err);
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

/* Runs COMMAND with CONFIG, once for each of FILES, data files of new trials, or once without. */
static enum lfads_status call(struct lfads_config *config, const struct command *command,
                              const struct words *files, const struct lfads_callbacks *callbacks,
                              struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    if (files->count == 0)
        return command->model(config, callbacks, err);
    for (size_t i = 0; i < files->count && status == LFADS_OK; i++) {
        char *list = NULL;

        if (!file_list_add(&list, files->word[i]))
            return LFADS_NO_MEMORY;
        status = lfads_config_set(config, "data_files", list, err);
        free(list);
        if (status == LFADS_OK)
            status = command->model(config, callbacks, err);
    }
    return status;
}

static enum lfads_status run_on_terminal(struct lfads_config *config, const struct command *command,
                                         const struct words *files, bool is_new,
                                         const struct parse_ignored *ignored,
                                         struct lfads_error *err)
{
    struct lfads_callbacks callbacks;
    struct terminal terminal;
    enum lfads_status status;

    terminal_begin(&terminal, &callbacks, config->quiet, config->max_epochs);
    cli_mute(&callbacks, config->ranks);
    cli_say_ignored(&callbacks, ignored);
    status = call(config, command, files, &callbacks, err);
    terminal_end(&terminal);
    if (is_new && status == LFADS_OK && lfads_ranks_number(config->ranks) == 0 && !config->seeds)
        printf("The model is in %s; lfads posterior-sample %s denoises its trials\n",
               config->lfads_save_dir, config->lfads_save_dir);
    return status;
}

static bool takes_trials(const struct command *command)
{
    return strcmp(command->kind, KIND_POSTERIOR_SAMPLE) == 0 ||
           strcmp(command->kind, KIND_POSTERIOR_MEAN) == 0;
}

int cli_run_model(const struct command *command, int argc, char **argv)
{
    struct lfads_config *config;
    struct words words = {.count = 0};
    struct parsed parsed;
    struct lfads_error err;
    struct parse_ignored ignored;
    const struct parse_target target = {
        .set = set_flag, .take = take_word, .payload = &parsed, .ignored = &ignored};
    bool trains = strcmp(command->kind, KIND_TRAIN) == 0, is_new = false;
    struct lfads_ranks *ranks = NULL;
    enum lfads_status status = lfads_config_create(&config, &err);

    parsed = (struct parsed){config, &words};
    if (status == LFADS_OK)
        status = lfads_ranks_join(&ranks, &err);
    if (status == LFADS_OK && !trains)
        status = cli_check_alone(ranks, command->name, &err);
    if (status == LFADS_OK)
        status = parse_flags(argc, argv, config_table(), &target, &err);
    if (status == LFADS_OK)
        status = check_kind(config, command, &err);
    /* scripts of the original call the program by --kind and get the original's values */
    if (status == LFADS_OK && trains)
        status = preset_set(config, "preset", PRESET_AUTO, &err);
    if (status == LFADS_OK)
        status = config_check(config, &err);
    if (status == LFADS_OK && trains)
        status = words_of_training(config, &words, command->name, config->checkpoint_pb_load_name,
                                   &is_new, &err);
    else if (status == LFADS_OK)
        status = words_of_model(config, &words, command->name, takes_trials(command), &err);
    if (trains)
        words.count = 0; /* they are flags now */
    status = lfads_ranks_agree(ranks, status, &err);
    if (status == LFADS_OK)
        status = lfads_config_share(config, ranks, &err);
    if (status == LFADS_OK)
        status = run_on_terminal(config, command, &words, is_new, &ignored, &err);
    words_release(&words);
    lfads_config_free(config);
    return cli_finish_together(ranks, status, &err);
}

int cli_run_kind(const struct command *commands, int argc, char **argv)
{
    const struct command *command = commands;
    const struct words none = {.count = 0};
    struct lfads_config *config;
    struct parsed parsed;
    struct lfads_error err;
    struct parse_ignored ignored;
    const struct parse_target target = {.set = set_flag, .payload = &parsed, .ignored = &ignored};
    struct lfads_ranks *ranks = NULL;
    enum lfads_status status = lfads_config_create(&config, &err);

    parsed = (struct parsed){.config = config};
    if (status == LFADS_OK)
        status = lfads_ranks_join(&ranks, &err);
    if (status == LFADS_OK)
        status = parse_flags(argc, argv, config_table(), &target, &err);
    if (status == LFADS_OK && strcmp(config->kind, KIND_TRAIN) != 0)
        status = cli_check_alone(ranks, config->kind, &err);
    status = lfads_ranks_agree(ranks, status, &err);
    if (status == LFADS_OK)
        status = lfads_config_share(config, ranks, &err);
    if (status == LFADS_OK) {
        while (command->name && (!command->kind || strcmp(command->kind, config->kind) != 0))
            command++;
        assert(command->name); /* every choice of the flag is a command's kind */
        status = run_on_terminal(config, command, &none, false, &ignored, &err);
    }
    lfads_config_free(config);
    return cli_finish_together(ranks, status, &err);
}
