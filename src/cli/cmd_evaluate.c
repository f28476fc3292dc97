/* cmd_evaluate.c - the command evaluate: scores a model run against its data.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "config/parse.h"

/* The flags of this command. */
struct request {
    char *data_file, *set, *model_run, *figure;
    double conversion_factor;
    int64_t trial;
    bool json;
};

#define AT(name) offsetof(struct request, name)

static const struct flag flags[] = {
    {"data_file", FLAG_IS_STRING, FLAG_DATA, AT(data_file), "", "", 0, 0, false,
     "data file that the model was run on"},
    {"set", FLAG_IS_STRING, FLAG_DATA, AT(set), "auto", "auto|train|valid", 0, 0, false,
     "which of its trials; auto: those that the model run's name says, else valid"},
    {"model_run", FLAG_IS_STRING, FLAG_DATA, AT(model_run), "", "", 0, 0, false,
     "file of results: model_runs_... in the save directory"},
    {"figure", FLAG_IS_STRING, FLAG_DATA, AT(figure), "", "", 0, 0, false,
     "PNG to write: rates, truth, spikes and inferred inputs of a trial; empty: none"},
    {"trial", FLAG_IS_INT, FLAG_DATA, AT(trial), "0", "", 0, 1e15, false,
     "trial that the figure shows"},
    {"conversion_factor", FLAG_IS_FLOAT, FLAG_DATA, AT(conversion_factor), "0", "", 0, 1e30, false,
     "what the rates are multiplied by to be in the truth's unit; 0: what the data file says"},
    {"json", FLAG_IS_BOOL, FLAG_DATA, AT(json), "false", "", 0, 0, false, "print one JSON object"},
};
static const struct flag_table table = {flags, sizeof flags / sizeof flags[0]};

const struct flag_table *evaluate_table(void) { return &table; }

static enum lfads_status set_flag(void *payload, size_t index, const char *text,
                                  struct lfads_error *err)
{
    return flag_set(payload, &table, index, text, err);
}

static void print_text(const struct lfads_score *s)
{
    printf("%zu trials of %s_data, %zu bins, %zu channels\n", s->trials, s->set, s->bins,
           s->channels);
    if (s->has_truth) {
        double min = s->channel_r2[0], max = s->channel_r2[0];

        for (size_t j = 0; j < s->channels; j++) {
            min = fmin(min, s->channel_r2[j]);
            max = fmax(max, s->channel_r2[j]);
        }
        printf("R2 of the rates with the truth: %.4f (single channels %.4f to %.4f)\n", s->r2, min,
               max);
    }
    if (s->has_bits_per_spike)
        printf("bits per spike over each channel's mean rate: %.4f\n", s->bits_per_spike);
    if (isfinite(s->nll))
        printf("negative log-likelihood a trial: %.3f\n", s->nll);
    else
        printf("negative log-likelihood a trial: %s\n",
               isnan(s->nll) ? "not known, results have the distribution's means only"
                             : "infinite");
    if (s->has_bounds)
        printf("bounds a trial: %.3f (VAE), %.3f (IWAE)\n", s->nll_vae, s->nll_iwae);
}

/* JSON lacks NaN, the R2 of a constant truth: null stands for it. */
static void print_number(const char *before, double value)
{
    if (isfinite(value))
        printf("%s%.8g", before, value);
    else
        printf("%snull", before);
}

static void print_json(const struct lfads_score *s)
{
    printf("{\"set\": \"%s\", \"trials\": %zu, \"bins\": %zu, \"channels\": %zu", s->set, s->trials,
           s->bins, s->channels);
    if (s->has_truth) {
        print_number(", \"r2\": ", s->r2);
        printf(", \"channel_r2\": [");
        for (size_t j = 0; j < s->channels; j++)
            print_number(j ? ", " : "", s->channel_r2[j]);
        printf("]");
    }
    if (s->has_bits_per_spike)
        print_number(", \"bits_per_spike\": ", s->bits_per_spike);
    if (s->has_bounds) {
        print_number(", \"nll_bound_vae\": ", s->nll_vae);
        print_number(", \"nll_bound_iwae\": ", s->nll_iwae);
    }
    print_number(", \"nll\": ", s->nll);
    printf("}\n");
}

/* Converts REQUEST, which keeps its strings. */
static struct lfads_evaluation evaluation_of(const struct request *request)
{
    return (struct lfads_evaluation){.data_file = request->data_file,
                                     .model_run_file = request->model_run,
                                     .set = strcmp(request->set, "auto") == 0 ? NULL : request->set,
                                     .conversion_factor = request->conversion_factor,
                                     .figure = *request->figure ? request->figure : NULL,
                                     .trial = (size_t)request->trial};
}

int cli_run_evaluate(const struct command *command, int argc, char **argv)
{
    struct request request = {.json = false};
    struct lfads_score score = {.trials = 0};
    struct lfads_error err;
    enum lfads_status status = flag_defaults(&request, &table, &err);

    (void)command;
    if (status == LFADS_OK)
        status = parse_flags(argc, argv, &table, set_flag, &request, &err);
    if (status == LFADS_OK && (!*request.data_file || !*request.model_run)) {
        err = (struct lfads_error){.text = "evaluate needs --data_file and --model_run"};
        status = LFADS_USAGE;
    }
    if (status == LFADS_OK) {
        struct lfads_evaluation evaluation = evaluation_of(&request);

        status = lfads_evaluate(&score, &evaluation, &err);
    }
    if (status == LFADS_OK)
        (request.json ? print_json : print_text)(&score);
    lfads_score_release(&score);
    flag_release(&request, &table);
    return cli_finish(status, &err);
}
