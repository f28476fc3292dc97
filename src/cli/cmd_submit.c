/* cmd_submit.c - the command submit: writes a submission to the Neural Latents Benchmark.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/own_flags.h"

/* The flags of this command. */
struct request {
    char *model_run, *train_run, *nlb_set, *output, *add_to;
};

static const struct own_flag flags[] = {
    OWN_TEXT(model_run,
             "results of the evaluated trials: model_runs_..._valid_... in the save directory"),
    OWN_TEXT(train_run, "results of the training trials; empty: those beside --model_run"),
    OWN_TEXT(nlb_set,
             "group to write: the data set, with _20 for bins of 20 ms, such as mc_maze_20"),
    OWN_TEXT(output, "submission to write; one that exists is replaced"),
    OWN_TEXT(
        add_to,
        "submission whose other groups --output gets too; may be --output itself; empty: none"),
};

const struct flag_source submit_flags = OWN_SOURCE(flags);

static enum lfads_status submit(const struct request *request, struct lfads_error *err)
{
    const struct lfads_nlb_submission submission = {
        .size = sizeof submission,
        .eval_run_file = request->model_run,
        .train_run_file = *request->train_run ? request->train_run : NULL,
        .set = request->nlb_set,
        .output_file = request->output,
        .add_to_file = *request->add_to ? request->add_to : NULL};

    if (*request->model_run && *request->nlb_set && *request->output)
        return lfads_submit_nlb(&submission, err);
    *err = (struct lfads_error){.status = LFADS_USAGE,
                                .text = "submit needs --model_run, --nlb_set and --output"};
    return LFADS_USAGE;
}

int cli_run_submit(const struct command *command, int argc, char **argv)
{
    struct request request = {.output = NULL};
    struct lfads_error err;
    enum lfads_status status =
        line_parse(&(struct line){.source = &submit_flags, .request = &request}, argc, argv, &err);

    (void)command;
    if (status == LFADS_OK)
        status = submit(&request, &err);
    own_flags_release(&request, &submit_flags);
    return cli_finish(status, &err);
}
