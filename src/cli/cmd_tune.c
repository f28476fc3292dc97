/* cmd_tune.c - the command tune: population-based training and random search.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/terminal.h"
#include "config/preset.h"
#include "config/tune_config.h"
#include "config/words.h"

/* What a command line is parsed into. */
struct words_payload {
    struct tune_request *request;
    struct words *words;
};

static enum lfads_status set_flag(void *payload, size_t index, const char *text,
                                  struct lfads_error *err)
{
    const struct words_payload *p = payload;

    return tune_request_set(p->request, index, text, err);
}

static enum lfads_status take_word(void *payload, const char *word, struct lfads_error *err)
{
    const struct words_payload *p = payload;

    return words_add(p->words, word, err);
}

int cli_run_tune(const struct command *command, int argc, char **argv)
{
    struct tune_request request = {.tune = NULL, .config = NULL};
    struct words words = {.count = 0};
    struct words_payload payload = {&request, &words};
    bool is_new = false;
    struct lfads_callbacks callbacks;
    struct parse_ignored ignored;
    struct terminal terminal;
    struct lfads_error err;
    struct lfads_ranks *ranks = NULL;
    enum lfads_status status = lfads_tune_config_create(&request.tune, &err);

    if (status == LFADS_OK)
        status = lfads_config_create(&request.config, &err);
    if (status == LFADS_OK)
        status = lfads_ranks_join(&ranks, &err);
    if (status == LFADS_OK)
        status = parse_flags(
            argc, argv, tune_command_table(),
            &(struct parse_target){
                .set = set_flag, .take = take_word, .payload = &payload, .ignored = &ignored},
            &err);
    if (status == LFADS_OK)
        status = preset_set(request.config, "preset", PRESET_AUTO, &err);
    if (status == LFADS_OK)
        status =
            words_of_training(request.config, &words, command->name, "tuning.txt", &is_new, &err);
    status = lfads_ranks_agree(ranks, status, &err);
    if (status == LFADS_OK)
        status = lfads_config_share(request.config, ranks, &err);
    if (status == LFADS_OK)
        status = lfads_tune_config_share(request.tune, ranks, &err);
    if (status == LFADS_OK) {
        terminal_begin(&terminal, &callbacks, request.config->quiet, 0);
        cli_mute(&callbacks, ranks);
        cli_say_ignored(&callbacks, &ignored);
        status = lfads_tune(request.config, request.tune, &callbacks, &err);
        terminal_end(&terminal);
    }
    words_release(&words);
    lfads_tune_config_free(request.tune);
    lfads_config_free(request.config);
    return cli_finish_together(ranks, status, &err);
}
