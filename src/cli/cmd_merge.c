/* cmd_merge.c - the command merge: one continuous recording of the results of chopped windows.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"

/* The flags of this command. */
struct request {
    char *data_file, *train_run, *valid_run, *output;
};

#define AT(name) offsetof(struct request, name)

static const struct flag flags[] = {
    {"data_file", FLAG_IS_STRING, FLAG_DATA, AT(data_file), "", "", 0, 0, false,
     "data file of the windows, which prepare made with --chop"},
    {"train_run", FLAG_IS_STRING, FLAG_DATA, AT(train_run), "", "", 0, 0, false,
     "results of the training trials: model_runs_..._train_... in the save directory"},
    {"valid_run", FLAG_IS_STRING, FLAG_DATA, AT(valid_run), "", "", 0, 0, false,
     "results of the validation trials; empty: their bins are NaN where no others have them"},
    {"output", FLAG_IS_STRING, FLAG_DATA, AT(output), "", "", 0, 0, false,
     "HDF5 file to write; one that exists is replaced"},
};
static const struct flag_table table = {flags, sizeof flags / sizeof flags[0]};

const struct flag_table *merge_table(void) { return &table; }

static enum lfads_status merge(const struct request *request, struct lfads_error *err)
{
    const struct lfads_merging merging = {
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
    enum lfads_status status = cli_parse(&request, &table, NULL, argc, argv, &err);

    (void)command;
    if (status == LFADS_OK)
        status = merge(&request, &err);
    flag_release(&request, &table);
    return cli_finish(status, &err);
}
