/* cmd_evaluate.c - the command evaluate: scores a model run against its data.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/own_flags.h"

/* What was there to score. */
struct found {
    bool truth, spikes, psths, behaviour;
};

/* The flags of this command. */
struct request {
    struct found *found; /* by now, in all results */
    char *data_file, *set, *model_run, *train_run, *figure, *nlb_target, *nlb_set;
    char *session, *data_dir, *output_dir, *output_filename_stem;
    double conversion_factor, psth_sd, decoding_penalty;
    int64_t trial, bootstrap, seed;
    bool baselines, json;
};

static const struct own_flag flags[] = {
    OWN_TEXT(data_file, "data file that the model was run on"),
    OWN_CHOICE(set, "auto", "auto|train|valid",
               "which of its trials; auto: those that the model run's name says, else valid"),
    OWN_TEXT(model_run, "file of results: model_runs_... in the save directory; with --nlb_target "
                        "also a submission"),
    OWN_TEXT(train_run, "results of the training trials, which a decoder of behaviour is fitted "
                        "on; empty: those beside --model_run"),
    OWN_TEXT(figure, "PNG to write: rates, truth, spikes and inferred inputs of a trial, with "
                     "their band over samples if the results have it; empty: none"),
    OWN_INTEGER(trial, "0", 0, 1e15, "trial that the figure shows"),
    OWN_REAL(
        conversion_factor, "0", 0, 1e30,
        "what the rates are multiplied by to be in the truth's unit; 0: what the data file says"),
    OWN_INTEGER(bootstrap, "1000", 0, 1000000,
                "draws of trials, with replacement, for the standard errors of bits per spike; 0: "
                "no errors"),
    OWN_INTEGER(seed, "0", 0, 9e15, "of these draws"),
    OWN_REAL(psth_sd, "0", -1, 1e9,
             "standard deviation, in bins, of the Gaussian that smooths PSTHs; 0: 50 ms if the "
             "data file has dt, else none; -1: none"),
    OWN_REAL(decoding_penalty, "0", 0, 1e30,
             "of the decoder's squared weights; 0: chosen by cross-validation"),
    OWN_TRUTH(baselines, "score mean rates, PSTHs and smoothed spikes beside the model"),
    OWN_TEXT(nlb_target, "target file of the Neural Latents Benchmark, in place of --data_file"),
    OWN_TEXT(nlb_set, "group of that file to score, such as mc_maze_20; empty: the benchmark's "
                      "groups that are there"),
    OWN_TEXT(
        session,
        "of a save directory: session to score; with data files the one that they went through"),
    OWN_TEXT(data_dir, "of a save directory: where the data files are now; empty: where they were"),
    OWN_TEXT(output_dir, "of a save directory: where its results are; empty: there"),
    OWN_TEXT(output_filename_stem,
             "of a save directory: what the names of its results begin with; empty: model_runs_"),
    OWN_TRUTH(json, "print one JSON object"),
};

const struct flag_source evaluate_flags = OWN_SOURCE(flags);

static enum lfads_status refuse(const char *text, struct lfads_error *err)
{
    return cli_fail(err, LFADS_USAGE, "%s", text);
}

static const char *text_or_null(const char *text) { return *text ? text : NULL; }

/* Converts REQUEST, which keeps its strings. */
static struct lfads_evaluation evaluation_of(const struct request *request)
{
    return (struct lfads_evaluation){.size = sizeof(struct lfads_evaluation),
                                     .data_file = request->data_file,
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

static void note_found(struct found *found, const struct lfads_score *score)
{
    found->truth = found->truth || score->has_truth;
    found->spikes = found->spikes || score->has_bits_per_spike;
    found->psths = found->psths || score->has_psth;
    found->behaviour = found->behaviour || score->has_behaviour;
}

/* Says which flags had no effect on the scores; beside JSON, among the errors. */
static void say_unused(const struct request *request)
{
    const struct found *found = request->found;
    bool nlb = *request->nlb_target;
    const struct idle_row rows[] = {
        {nlb, "the target file says it", "set conversion_factor psth_sd"},
        {!nlb, "there is no --nlb_target", "nlb_set"},
        {!*request->figure, "no --figure is drawn", "trial"},
        {request->bootstrap == 0, "there are no draws, --bootstrap=0", "seed"},
        {!found->spikes, "there are no bits per spike", "bootstrap seed"},
        {!found->truth, "the data have no true rates", "conversion_factor"},
        {!found->psths, "the data have no conditions", "psth_sd"},
        {!found->behaviour, "no behaviour is decoded", "decoding_penalty train_run"}};

    own_flags_say_idle(request->json ? stderr : stdout, &evaluate_flags, request, rows,
                       sizeof rows / sizeof rows[0]);
}

static enum lfads_status score(const struct lfads_evaluation *evaluation,
                               const struct request *request, struct lfads_error *err)
{
    struct lfads_score *score;
    struct lfads_baselines *baselines = NULL;
    enum lfads_status status = lfads_evaluate(&score, evaluation, err);

    if (status == LFADS_OK)
        note_found(request->found, score);
    if (status == LFADS_OK && request->baselines)
        status = lfads_evaluate_baselines(&baselines, evaluation, err);
    if (status == LFADS_OK)
        cli_print_score(score, baselines, request->json);
    lfads_baselines_free(baselines);
    lfads_score_free(score);
    return status;
}

static enum lfads_status evaluate(const struct request *request, struct lfads_error *err)
{
    struct lfads_evaluation evaluation = evaluation_of(request);

    return score(&evaluation, request, err);
}

/* Scores each of RUNS. Several are one JSON object with one for each session. */
static enum lfads_status score_runs(const struct request *request, const struct lfads_runs *runs,
                                    struct lfads_error *err)
{
    struct lfads_evaluation evaluation = evaluation_of(request);
    bool many = runs->count > 1;
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < runs->count && status == LFADS_OK; i++) {
        const struct lfads_run_files *run = runs->run[i];

        if (request->json && many) {
            printf("%s", i ? ", " : "{");
            cli_print_json_text(run->session);
            printf(": ");
        } else if (!request->json) {
            printf("%sSession %s: %s\n", i ? "\n" : "", run->session,
                   run->model_run_file ? run->model_run_file : "no results");
        }
        evaluation.data_file = run->data_file;
        evaluation.model_run_file = run->model_run_file;
        evaluation.set = run->set;
        if (run->model_run_file)
            status = score(&evaluation, request, err);
        else if (request->json)
            printf("null\n");
    }
    if (request->json && many && status == LFADS_OK)
        puts("}");
    return status;
}

/* Sets CONFIG to what names the results of the save directory DIRECTORY. */
static enum lfads_status name_results(struct lfads_config *config, const struct request *request,
                                      const char *directory, const char *file,
                                      struct lfads_error *err)
{
    const struct {
        const char *name, *value;
    } flag[] = {{"lfads_save_dir", directory},
                {"session", request->session},
                {"data_dir", request->data_dir},
                {"output_dir", request->output_dir},
                {"output_filename_stem", request->output_filename_stem}};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < sizeof flag / sizeof flag[0] && status == LFADS_OK; i++)
        if (*flag[i].value)
            status = lfads_config_set(config, flag[i].name, flag[i].value, err);
    if (status == LFADS_OK && file)
        status = lfads_config_set_files(config, &file, 1, err);
    return status;
}

/* Scores the results that are in the save directory DIRECTORY: of new trials in FILE, or of the
 * data of its training. */
static enum lfads_status evaluate_model(const struct request *request, const char *directory,
                                        const char *file, struct lfads_error *err)
{
    const char *set = strcmp(request->set, "auto") == 0 ? NULL : request->set;
    struct lfads_runs *runs = NULL;
    struct lfads_config *config;
    enum lfads_status status = lfads_config_create(&config, err);

    if (status == LFADS_OK)
        status = name_results(config, request, directory, file, err);
    if (status == LFADS_OK)
        status = lfads_runs_find(&runs, config, set, err);
    if (status == LFADS_OK && runs->count > 1 && *request->figure)
        status =
            refuse("the model has several sessions: --session says which one --figure draws", err);
    if (status == LFADS_OK)
        status = score_runs(request, runs, err);
    lfads_runs_free(runs);
    lfads_config_free(config);
    return status;
}

static enum lfads_status evaluate_nlb(const struct request *request, struct lfads_error *err)
{
    struct lfads_nlb_evaluation evaluation = {.size = sizeof evaluation,
                                              .target_file = request->nlb_target,
                                              .submission_file = request->model_run,
                                              .train_run_file = text_or_null(request->train_run),
                                              .set = text_or_null(request->nlb_set),
                                              .decoding_penalty = request->decoding_penalty,
                                              .bootstrap = (size_t)request->bootstrap,
                                              .seed = (uint64_t)request->seed};
    struct lfads_nlb_scores *scores;
    enum lfads_status status = lfads_evaluate_nlb(&scores, &evaluation, err);

    for (size_t i = 0; status == LFADS_OK && i < scores->count; i++) {
        request->found->spikes = true;
        if (!isnan(scores->sets[i]->velocity_r2))
            request->found->behaviour = true;
    }
    if (status == LFADS_OK)
        cli_print_nlb(scores, request->json);
    lfads_nlb_scores_free(scores);
    return status;
}

/* Fails if flags of other uses come with a save directory. */
static enum lfads_status check_model(const struct request *request, const struct words *words,
                                     struct lfads_error *err)
{
    if (*request->data_file || *request->model_run || *request->nlb_target || *request->train_run)
        return refuse("evaluate takes a save directory, or --data_file and --model_run, or "
                      "--nlb_target and --model_run",
                      err);
    if (words->count > 1)
        return refuse("evaluate takes a save directory and one data file of new trials", err);
    return LFADS_OK;
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
    else if (*request->session || *request->data_dir || *request->output_dir ||
             *request->output_filename_stem)
        text = "--session, --data_dir, --output_dir and --output_filename_stem need a save "
               "directory: lfads evaluate DIR";
    else if (!*request->model_run || (!*request->data_file && !*request->nlb_target))
        text = "evaluate needs a save directory, or needs --data_file and --model_run, or "
               "--nlb_target and --model_run";
    return text ? refuse(text, err) : LFADS_OK;
}

int cli_run_evaluate(const struct command *command, int argc, char **argv)
{
    struct found found = {.truth = false};
    struct request request = {.found = &found};
    struct words words = {.count = 0};
    char directory[PATH_MAX] = "";
    struct lfads_error err;
    enum lfads_status status =
        line_parse(&(struct line){.source = &evaluate_flags, .request = &request, .words = &words},
                   argc, argv, &err);

    (void)command;
    if (status == LFADS_OK)
        status = cli_check_ending("figure", request.figure, ".png", &err);
    if (status == LFADS_OK)
        status = words_take_directory(directory, &words, &err);
    if (status == LFADS_OK && words.count && !*directory)
        status = refuse("evaluate DIR FILE scores the trials of FILE: DIR, the model's save "
                        "directory, is missing",
                        &err);
    if (status == LFADS_OK)
        status = *directory ? check_model(&request, &words, &err) : check(&request, &err);
    if (status == LFADS_OK && *directory)
        status = evaluate_model(&request, directory, words.count ? words.word[0] : NULL, &err);
    else if (status == LFADS_OK)
        status = (*request.nlb_target ? evaluate_nlb : evaluate)(&request, &err);
    if (status == LFADS_OK)
        say_unused(&request);
    words_release(&words);
    own_flags_release(&request, &evaluate_flags);
    return cli_finish(status, &err);
}
