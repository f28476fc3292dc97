/* cmd_merge.c - the command merge: one continuous recording of the results of chopped windows.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/own_flags.h"

/* The flags of this command. */
struct request {
    char *data_file, *train_run, *valid_run, *output;
};

static const struct own_flag flags[] = {
    OWN_TEXT(data_file, "data file of the windows, which prepare made with --chop"),
    OWN_TEXT(train_run,
             "results of the training trials: model_runs_..._train_... in the save directory"),
    OWN_TEXT(
        valid_run,
        "results of the validation trials; empty: their bins are NaN where no others have them"),
    OWN_TEXT(output, "HDF5 file to write; one that exists is replaced"),
};

const struct flag_source merge_flags = OWN_SOURCE(flags);

static enum lfads_status merge(const struct request *request, struct lfads_error *err)
{
    const struct lfads_merging merging = {
        .size = sizeof merging,
        .data_file = request->data_file,
        .train_run_file = *request->train_run ? request->train_run : NULL,
        .valid_run_file = *request->valid_run ? request->valid_run : NULL,
        .output_file = request->output};

    if (*request->data_file && (*request->train_run || *request->valid_run) && *request->output)
        return lfads_merge(&merging, err);
    *err = (struct lfads_error){
        .status = LFADS_USAGE,
        .text = "merge needs --data_file, --train_run or --valid_run or both, and --output"};
    return LFADS_USAGE;
}

int cli_run_merge(const struct command *command, int argc, char **argv)
{
    struct request request = {.output = NULL};
    struct lfads_error err;
    enum lfads_status status =
        line_parse(&(struct line){.source = &merge_flags, .request = &request}, argc, argv, &err);

    (void)command;
    if (status == LFADS_OK)
        status = merge(&request, &err);
    own_flags_release(&request, &merge_flags);
    return cli_finish(status, &err);
}
