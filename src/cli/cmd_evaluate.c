/* cmd_evaluate.c - the command evaluate: scores a model run against its data.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* The flags of this command. */
struct request {
    char *data_file, *set, *model_run, *train_run, *figure, *nlb_target, *nlb_set;
    double conversion_factor, psth_sd, decoding_penalty;
    int64_t trial, bootstrap, seed;
    bool baselines, json;
};

#define AT(name) offsetof(struct request, name)

static const struct flag flags[] = {
    {"data_file", FLAG_IS_STRING, FLAG_DATA, AT(data_file), "", "", 0, 0, false,
     "data file that the model was run on"},
    {"set", FLAG_IS_STRING, FLAG_DATA, AT(set), "auto", "auto|train|valid", 0, 0, false,
     "which of its trials; auto: those that the model run's name says, else valid"},
    {"model_run", FLAG_IS_STRING, FLAG_DATA, AT(model_run), "", "", 0, 0, false,
     "file of results: model_runs_... in the save directory; with --nlb_target also a submission"},
    {"train_run", FLAG_IS_STRING, FLAG_DATA, AT(train_run), "", "", 0, 0, false,
     "results of the training trials, which a decoder of behaviour is fitted on; empty: those "
     "beside "
     "--model_run"},
    {"figure", FLAG_IS_STRING, FLAG_DATA, AT(figure), "", "", 0, 0, false,
     "PNG to write: rates, truth, spikes and inferred inputs of a trial; empty: none"},
    {"trial", FLAG_IS_INT, FLAG_DATA, AT(trial), "0", "", 0, 1e15, false,
     "trial that the figure shows"},
    {"conversion_factor", FLAG_IS_FLOAT, FLAG_DATA, AT(conversion_factor), "0", "", 0, 1e30, false,
     "what the rates are multiplied by to be in the truth's unit; 0: what the data file says"},
    {"bootstrap", FLAG_IS_INT, FLAG_DATA, AT(bootstrap), "1000", "", 0, 1000000, false,
     "draws of trials, with replacement, for the standard errors of bits per spike; 0: no errors"},
    {"seed", FLAG_IS_INT, FLAG_DATA, AT(seed), "0", "", 0, 9e15, false, "of these draws"},
    {"psth_sd", FLAG_IS_FLOAT, FLAG_DATA, AT(psth_sd), "0", "", -1, 1e9, false,
     "standard deviation, in bins, of the Gaussian that smooths PSTHs; 0: 50 ms if the data file "
     "has dt, "
     "else none; -1: none"},
    {"decoding_penalty", FLAG_IS_FLOAT, FLAG_DATA, AT(decoding_penalty), "0", "", 0, 1e30, false,
     "of the decoder's squared weights; 0: chosen by cross-validation"},
    {"baselines", FLAG_IS_BOOL, FLAG_DATA, AT(baselines), "false", "", 0, 0, false,
     "score mean rates, PSTHs and smoothed spikes beside the model"},
    {"nlb_target", FLAG_IS_STRING, FLAG_DATA, AT(nlb_target), "", "", 0, 0, false,
     "target file of the Neural Latents Benchmark, in place of --data_file"},
    {"nlb_set", FLAG_IS_STRING, FLAG_DATA, AT(nlb_set), "", "", 0, 0, false,
     "group of that file to score, such as mc_maze_20; empty: the benchmark's groups that are "
     "there"},
    {"json", FLAG_IS_BOOL, FLAG_DATA, AT(json), "false", "", 0, 0, false, "print one JSON object"},
};
static const struct flag_table table = {flags, sizeof flags / sizeof flags[0]};

const struct flag_table *evaluate_table(void) { return &table; }

static const char *text_or_null(const char *text) { return *text ? text : NULL; }

/* Converts REQUEST, which keeps its strings. */
static struct lfads_evaluation evaluation_of(const struct request *request)
{
    return (struct lfads_evaluation){.data_file = request->data_file,
                                     .model_run_file = request->model_run,
                                     .train_run_file = text_or_null(request->train_run),
                                     .set = strcmp(request->set, "auto") == 0 ? NULL : request->set,
                                     .psth_sd = request->psth_sd,
                                     .decoding_penalty = request->decoding_penalty,
                                     .conversion_factor = request->conversion_factor,
                                     .figure = text_or_null(request->figure),
                                     .trial = (size_t)request->trial,
                                     .bootstrap = (size_t)request->bootstrap,
                                     .seed = (uint64_t)request->seed};
}

static enum lfads_status evaluate(const struct request *request, struct lfads_error *err)
{
    struct lfads_evaluation evaluation = evaluation_of(request);
    struct lfads_score score;
    struct lfads_baselines baselines = {.count = 0};
    enum lfads_status status = lfads_evaluate(&score, &evaluation, err);

    if (status == LFADS_OK && request->baselines)
        status = lfads_evaluate_baselines(&baselines, &evaluation, err);
    if (status == LFADS_OK)
        cli_print_score(&score, request->baselines ? &baselines : NULL, request->json);
    lfads_baselines_release(&baselines);
    lfads_score_release(&score);
    return status;
}

static enum lfads_status evaluate_nlb(const struct request *request, struct lfads_error *err)
{
    struct lfads_nlb_evaluation evaluation = {.target_file = request->nlb_target,
                                              .submission_file = request->model_run,
                                              .train_run_file = text_or_null(request->train_run),
                                              .set = text_or_null(request->nlb_set),
                                              .decoding_penalty = request->decoding_penalty,
                                              .bootstrap = (size_t)request->bootstrap,
                                              .seed = (uint64_t)request->seed};
    struct lfads_nlb_scores scores;
    enum lfads_status status = lfads_evaluate_nlb(&scores, &evaluation, err);

    if (status == LFADS_OK)
        cli_print_nlb(&scores, request->json);
    lfads_nlb_scores_release(&scores);
    return status;
}

/* Fails unless the flags name what is scored and what it is scored against. */
static enum lfads_status check(const struct request *request, struct lfads_error *err)
{
    const char *text = NULL;

    if (*request->nlb_target && *request->data_file)
        text = "evaluate takes --data_file or --nlb_target, not both";
    else if (*request->nlb_target && *request->figure)
        text = "evaluate draws no --figure with --nlb_target";
    else if (*request->nlb_target && request->baselines)
        text = "evaluate scores no --baselines with --nlb_target";
    else if (!*request->model_run || (!*request->data_file && !*request->nlb_target))
        text = "evaluate needs --data_file and --model_run, or --nlb_target and --model_run";
    if (!text)
        return LFADS_OK;
    *err = (struct lfads_error){.status = LFADS_USAGE};
    snprintf(err->text, sizeof err->text, "%s", text);
    return LFADS_USAGE;
}

int cli_run_evaluate(const struct command *command, int argc, char **argv)
{
    struct request request = {.json = false};
    struct lfads_error err;
    enum lfads_status status = cli_parse(&request, &table, argc, argv, &err);

    (void)command;
    if (status == LFADS_OK)
        status = check(&request, &err);
    if (status == LFADS_OK)
        status = (*request.nlb_target ? evaluate_nlb : evaluate)(&request, &err);
    flag_release(&request, &table);
    return cli_finish(status, &err);
}
