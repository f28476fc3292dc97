/* cmd_submit.c - the command submit: writes a submission to the Neural Latents Benchmark.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"

/* The flags of this command. */
struct request {
    char *model_run, *train_run, *nlb_set, *output, *add_to;
};

#define AT(name) offsetof(struct request, name)

static const struct flag flags[] = {
    {"model_run", FLAG_IS_STRING, FLAG_DATA, AT(model_run), "", "", 0, 0, false,
     "results of the evaluated trials: model_runs_..._valid_... in the save directory"},
    {"train_run", FLAG_IS_STRING, FLAG_DATA, AT(train_run), "", "", 0, 0, false,
     "results of the training trials; empty: those beside --model_run"},
    {"nlb_set", FLAG_IS_STRING, FLAG_DATA, AT(nlb_set), "", "", 0, 0, false,
     "group to write: the data set, with _20 for bins of 20 ms, such as mc_maze_20"},
    {"output", FLAG_IS_STRING, FLAG_DATA, AT(output), "", "", 0, 0, false,
     "submission to write; one that exists is replaced"},
    {"add_to", FLAG_IS_STRING, FLAG_DATA, AT(add_to), "", "", 0, 0, false,
     "submission whose other groups --output gets too; may be --output itself; empty: none"},
};
static const struct flag_table table = {flags, sizeof flags / sizeof flags[0]};

const struct flag_table *submit_table(void) { return &table; }

static enum lfads_status submit(const struct request *request, struct lfads_error *err)
{
    const struct lfads_nlb_submission submission = {
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
    enum lfads_status status = cli_parse(&request, &table, NULL, argc, argv, &err);

    (void)command;
    if (status == LFADS_OK)
        status = submit(&request, &err);
    flag_release(&request, &table);
    return cli_finish(status, &err);
}
