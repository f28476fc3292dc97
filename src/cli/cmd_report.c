/* cmd_report.c - the command report: a page on a trained model.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/terminal.h"

/* The flags of this command. */
struct request {
    char *output, *output_dir, *data_dir;
    int64_t trials, units, bootstrap, seed;
    bool quiet;
};

#define AT(name) offsetof(struct request, name)

static const struct flag flags[] = {
    {"output", FLAG_IS_STRING, FLAG_DATA, AT(output), "", "", 0, 0, false,
     "HTML file to write; empty: report.html in output_dir"},
    {"output_dir", FLAG_IS_STRING, FLAG_DATA, AT(output_dir), "", "", 0, 0, false,
     "directory of results, those that posterior-sample and posterior-mean wrote there and those "
     "that "
     "are missing, and of the report; empty: the save directory, which is only read else"},
    {"data_dir", FLAG_IS_STRING, FLAG_DATA, AT(data_dir), "", "", 0, 0, false,
     "directory of the data files; empty: the one of the training"},
    {"trials", FLAG_IS_INT, FLAG_DATA, AT(trials), "40", "", 1, 100000, false,
     "trials whose rates can be looked at, of all sessions together"},
    {"units", FLAG_IS_INT, FLAG_DATA, AT(units), "16", "", 1, 100000, false,
     "channels whose rates can be looked at, of each session"},
    {"bootstrap", FLAG_IS_INT, FLAG_DATA, AT(bootstrap), "1000", "", 0, 1000000, false,
     "draws of trials, with replacement, for the standard errors of bits per spike; 0: no errors"},
    {"seed", FLAG_IS_INT, FLAG_DATA, AT(seed), "0", "", 0, 9e15, false, "of these draws"},
    {"quiet", FLAG_IS_BOOL, FLAG_DATA, AT(quiet), "false", "", 0, 0, false, "print warnings only"},
};
static const struct flag_table table = {flags, sizeof flags / sizeof flags[0]};

const struct flag_table *report_table(void) { return &table; }

static enum lfads_status report(const char *save_dir, const struct request *request,
                                struct lfads_error *err)
{
    const struct lfads_report_request what = {
        .save_dir = save_dir,
        .output_file = *request->output ? request->output : NULL,
        .output_dir = *request->output_dir ? request->output_dir : NULL,
        .data_dir = *request->data_dir ? request->data_dir : NULL,
        .trials = (size_t)request->trials,
        .units = (size_t)request->units,
        .bootstrap = (size_t)request->bootstrap,
        .seed = (uint64_t)request->seed};
    const struct unused_row no_draws = {request->bootstrap == 0,
                                        "there are no draws, --bootstrap=0", "seed"};
    const char *directory = what.output_dir ? what.output_dir : save_dir;
    bool slash = directory[strlen(directory) - 1] == '/';
    struct lfads_callbacks callbacks;
    struct terminal terminal;
    enum lfads_status status;

    terminal_begin(&terminal, &callbacks, request->quiet, 0);
    status = lfads_report(&what, &callbacks, err);
    terminal_end(&terminal);
    if (status == LFADS_OK && !request->quiet)
        printf("Wrote %s%s%s\n", what.output_file ? what.output_file : directory,
               slash || what.output_file ? "" : "/", what.output_file ? "" : "report.html");
    if (status == LFADS_OK)
        cli_say_unused(stdout, &table, request, &no_draws, 1);
    return status;
}

int cli_run_report(const struct command *command, int argc, char **argv)
{
    struct request request = {.output = NULL};
    struct words words = {.count = 0};
    struct lfads_error err = {.status = LFADS_OK};
    enum lfads_status status = cli_parse(&request, &table, &words, argc, argv, &err);

    (void)command;
    if (status == LFADS_OK && words.count != 1) {
        snprintf(
            err.text, sizeof err.text,
            "report needs one save directory of a training, and %zu are given: lfads report DIR",
            words.count);
        status = LFADS_USAGE;
    }
    if (status == LFADS_OK)
        status = cli_check_ending("output", request.output, ".html", &err);
    if (status == LFADS_OK)
        status = report(words.word[0], &request, &err);
    words_release(&words);
    flag_release(&request, &table);
    return cli_finish(status, &err);
}
