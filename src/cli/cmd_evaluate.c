/* cmd_evaluate.c - scoring a model run against its data.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "config/parse.h"

/* The flags of this command. */
struct request {
    char *data_file, *set, *model_run, *figure;
    bool json;
};

#define AT(name) offsetof(struct request, name)

static const struct flag flags[] = {
    {"data_file", FLAG_IS_STRING, FLAG_DATA, AT(data_file), "", "", 0, 0, false,
     "data file that the model was run on"},
    {"set", FLAG_IS_STRING, FLAG_DATA, AT(set), "valid", "train|valid", 0, 0, false,
     "which of its trials"},
    {"model_run", FLAG_IS_STRING, FLAG_DATA, AT(model_run), "", "", 0, 0, false,
     "file of results: model_runs_... in the save directory"},
    {"figure", FLAG_IS_STRING, FLAG_DATA, AT(figure), "", "", 0, 0, false,
     "PNG to write: rates, truth and spikes of one trial; empty: none"},
    {"json", FLAG_IS_BOOL, FLAG_DATA, AT(json), "false", "", 0, 0, false, "print one JSON object"},
};
static const struct flag_table table = {flags, sizeof flags / sizeof flags[0]};

static enum lfads_status set_flag(void *payload, size_t place, const char *text,
                                  struct lfads_error *err)
{
    return flag_set(payload, &table, place, text, err);
}

static void print_score(const struct lfads_score *s, bool json)
{
    const char *form = json ? "{\"trials\": %zu, \"bins\": %zu, \"channels\": %zu"
                            : "%zu trials, %zu bins, %zu channels\n";

    printf(form, s->trials, s->bins, s->channels);
    if (s->has_truth)
        printf(json ? ", \"r2\": %.6f" : "R2 of the rates with the truth: %.4f\n", s->r2);
    if (s->has_bits_per_spike)
        printf(json ? ", \"bits_per_spike\": %.6f"
                    : "bits per spike over each channel's mean rate: %.4f\n",
               s->bits_per_spike);
    printf(json ? ", \"nll\": %.6f}\n" : "negative log-likelihood a trial: %.3f\n", s->nll);
}

int command_evaluate(int argc, char **argv)
{
    struct request request = {NULL, NULL, NULL, NULL, false};
    struct lfads_score score;
    struct lfads_error err;
    enum lfads_status status;

    if (cli_wants_help(argc, argv))
        return cli_help("Scores the rates of a model run against data and truth.", &table);
    status = flag_defaults(&request, &table, &err);
    if (status == LFADS_OK)
        status = parse_flags(argc, argv, &table, set_flag, &request, &err);
    if (status == LFADS_OK && (!*request.data_file || !*request.model_run)) {
        err = (struct lfads_error){.text = "evaluate needs --data_file and --model_run"};
        status = LFADS_USAGE;
    }
    if (status == LFADS_OK)
        status = lfads_evaluate(&score, request.data_file, request.set, request.model_run,
                                *request.figure ? request.figure : NULL, &err);
    if (status == LFADS_OK)
        print_score(&score, request.json);
    flag_release(&request, &table);
    return cli_finish(status, &err);
}
