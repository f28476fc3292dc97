/* cmd_report.c - the command report: a page on a trained model.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/own_flags.h"
#include "cli/terminal.h"

/* The flags of this command. */
struct request {
    char *output, *output_dir, *data_dir;
    int64_t trials, units, bootstrap, seed;
    bool quiet;
};

static const struct own_flag flags[] = {
    OWN_TEXT(output, "HTML file to write; empty: report.html in output_dir"),
    OWN_TEXT(output_dir, "directory of results, those that posterior-sample and posterior-mean "
                         "wrote there and those that are missing, and of the report; empty: the "
                         "save directory, which is only read else"),
    OWN_TEXT(data_dir, "directory of the data files; empty: the one of the training"),
    OWN_INTEGER(trials, "40", 1, 100000,
                "trials whose rates can be looked at, of all sessions together"),
    OWN_INTEGER(units, "16", 1, 100000, "channels whose rates can be looked at, of each session"),
    OWN_INTEGER(bootstrap, "1000", 0, 1000000,
                "draws of trials, with replacement, for the standard errors of bits per spike; 0: "
                "no errors"),
    OWN_INTEGER(seed, "0", 0, 9e15, "of these draws"),
    OWN_TRUTH(quiet, "print warnings only"),
};

const struct flag_source report_flags = OWN_SOURCE(flags);

static enum lfads_status report(const char *save_dir, const struct request *request,
                                struct lfads_error *err)
{
    const struct lfads_report_request what = {
        .size = sizeof what,
        .save_dir = save_dir,
        .output_file = *request->output ? request->output : NULL,
        .output_dir = *request->output_dir ? request->output_dir : NULL,
        .data_dir = *request->data_dir ? request->data_dir : NULL,
        .trials = (size_t)request->trials,
        .units = (size_t)request->units,
        .bootstrap = (size_t)request->bootstrap,
        .seed = (uint64_t)request->seed};
    const struct idle_row no_draws = {request->bootstrap == 0, "there are no draws, --bootstrap=0",
                                      "seed"};
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
        own_flags_say_idle(stdout, &report_flags, request, &no_draws, 1);
    return status;
}

int cli_run_report(const struct command *command, int argc, char **argv)
{
    struct request request = {.output = NULL};
    struct words words = {.count = 0};
    struct lfads_error err = {.status = LFADS_OK};
    enum lfads_status status =
        line_parse(&(struct line){.source = &report_flags, .request = &request, .words = &words},
                   argc, argv, &err);

    (void)command;
    if (status == LFADS_OK && words.count != 1)
        status = cli_fail(
            &err, LFADS_USAGE,
            "report needs one save directory of a training, and %zu are given: lfads report DIR",
            words.count);
    if (status == LFADS_OK)
        status = cli_check_ending("output", request.output, ".html", &err);
    if (status == LFADS_OK)
        status = report(words.word[0], &request, &err);
    words_release(&words);
    own_flags_release(&request, &report_flags);
    return cli_finish(status, &err);
}
