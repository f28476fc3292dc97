/* misuse.c - calls the library's functions with NULL, invalid values and in the wrong order: each
 * returns an error with a sentence, or does nothing.
 *
 *   misuse FOLDER      (empty)
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refused.h"

static void tunings(const struct lfads_config *config)
{
    struct lfads_tune_config *tune = NULL;

    REFUSED(lfads_tune_config_create(NULL, e));
    if (lfads_tune_config_create(&tune, NULL) != LFADS_OK)
        exit(1);
    REFUSED(lfads_tune_config_set(NULL, "members", "4", e));
    REFUSED(lfads_tune_config_set(tune, NULL, "4", e));
    REFUSED(lfads_tune_config_set(tune, "members", NULL, e));
    REFUSED(lfads_tune_config_set(tune, "gen_dim", "4", e));
    REFUSED(lfads_tune_config_set(tune, "exploit", "%s%n", e));
    REFUSED(lfads_tune_config_set(tune, "stop_ratio", "2", e));
    REFUSED(lfads_tune(NULL, tune, NULL, e));
    REFUSED(lfads_tune(config, NULL, NULL, e));
    REFUSED(lfads_tune(config, tune, NULL, e)); /* there are no data */
    lfads_tune_config_free(tune);
    lfads_tune_config_free(NULL);
}

static void ranks(struct lfads_config *config)
{
    struct lfads_ranks *one;

    REFUSED(lfads_ranks_join(NULL, e));
    if (lfads_ranks_join(&one, NULL) != LFADS_OK || one)
        fail("lfads_ranks_join", "a process alone has others");
    if (lfads_ranks_number(NULL) != 0 || lfads_ranks_count(NULL) != 1)
        fail("lfads_ranks_count", "NULL is not one process");
    if (lfads_ranks_agree(NULL, LFADS_OK, NULL) != LFADS_OK ||
        lfads_ranks_agree(NULL, LFADS_IO, NULL) != LFADS_IO)
        fail("lfads_ranks_agree", "one process does not agree with itself");
    lfads_ranks_leave(NULL);
    REFUSED(lfads_config_share(NULL, NULL, e));
    REFUSED(lfads_tune_config_share(NULL, NULL, e));
    if (lfads_config_share(config, NULL, NULL) != LFADS_OK)
        fail("lfads_config_share", "one process can't share its flags");
}

static void configurations(void)
{
    struct lfads_config *config = NULL;
    char *long_text = malloc(1 << 20);

    REFUSED(lfads_config_create(NULL, e));
    if (!long_text || lfads_config_create(&config, NULL) != LFADS_OK)
        exit(1);
    memset(long_text, 'x', (1 << 20) - 1);
    long_text[(1 << 20) - 1] = 0;
    REFUSED(lfads_config_set(NULL, "seed", "1", e));
    REFUSED(lfads_config_set(config, NULL, "1", e));
    REFUSED(lfads_config_set(config, "seed", NULL, e));
    REFUSED(lfads_config_set(config, "", "", e));
    REFUSED(lfads_config_set(config, long_text, "1", e));
    REFUSED(lfads_config_set(config, "seed", long_text, e));
    REFUSED(lfads_config_set(config, "seed", "%s%n", e));
    REFUSED(lfads_config_set(config, "%s%n", "1", e));
    REFUSED(lfads_config_set(config, "gen_dim", "1e300", e));
    REFUSED(lfads_config_set(config, "learning_rate_init", "nan", e));
    if (lfads_config_get(NULL, "seed") || lfads_config_get(config, NULL) ||
        lfads_config_get(config, long_text))
        fail("lfads_config_get", "returns the value of NULL or of an unknown flag");
    tunings(config);
    ranks(config);
    lfads_config_free(NULL);
    lfads_config_free(config);
    free(long_text);
}

/* Without data, checkpoint or save directory. */
static void commands(const char *folder)
{
    struct lfads_config *config;
    char absent[4096];

    REFUSED(lfads_train(NULL, NULL, e));
    REFUSED(lfads_posterior_sample(NULL, NULL, e));
    REFUSED(lfads_posterior_mean(NULL, NULL, e));
    REFUSED(lfads_prior_sample(NULL, NULL, e));
    REFUSED(lfads_write_params(NULL, NULL, e));
    for (int i = 0; i < 3; i++) { /* all defaults; no data; a folder without data files */
        if (lfads_config_create(&config, NULL) != LFADS_OK)
            exit(1);
        snprintf(absent, sizeof absent, "%s/nowhere", folder);
        if (i > 0 &&
            (lfads_config_set(config, "lfads_save_dir", absent, NULL) != LFADS_OK ||
             lfads_config_set(config, "data_dir", i == 1 ? absent : folder, NULL) != LFADS_OK))
            exit(1);
        REFUSED(lfads_train(config, NULL, e));
        REFUSED(lfads_posterior_sample(config, NULL, e));
        REFUSED(lfads_posterior_mean(config, NULL, e));
        REFUSED(lfads_prior_sample(config, NULL, e));
        REFUSED(lfads_write_params(config, NULL, e));
        lfads_config_free(config);
    }
}

static void denoisers(const char *folder)
{
    struct lfads_denoiser *denoiser = (struct lfads_denoiser *)&failures;
    struct lfads_denoiser_shape shape = {.size = sizeof shape};
    struct lfads_denoised denoised = {.size = sizeof denoised};
    float data = 0;

    REFUSED(lfads_denoiser_create(NULL, folder, "checkpoint", NULL, e));
    REFUSED(lfads_denoiser_create(&denoiser, NULL, "checkpoint", NULL, e));
    REFUSED(lfads_denoiser_create(&denoiser, folder, NULL, NULL, e));
    REFUSED(lfads_denoiser_create(&denoiser, folder, "checkpoint", "a", e));
    REFUSED(lfads_denoiser_create(&denoiser, "", "", "", e));
    if (denoiser)
        fail("lfads_denoiser_create", "returns a handle after a failure");
    REFUSED(lfads_denoise(NULL, &data, NULL, &denoised, e));
    REFUSED(lfads_denoiser_get_shape(NULL, &shape, e));
    REFUSED(lfads_denoiser_get_shape(NULL, NULL, e));
    lfads_denoiser_free(NULL);
}

static void synthetic_data(const char *folder)
{
    struct lfads_synth_config *config;

    REFUSED(lfads_synth_config_create(NULL, e));
    if (lfads_synth_config_create(&config, NULL) != LFADS_OK)
        exit(1);
    REFUSED(lfads_synth_config_set(NULL, "N", "5", e));
    REFUSED(lfads_synth_config_set(config, NULL, "5", e));
    REFUSED(lfads_synth_config_set(config, "N", NULL, e));
    REFUSED(lfads_synth_config_set(config, "N", "many", e));
    REFUSED(lfads_synth(NULL, config, NULL, e));
    REFUSED(lfads_synth("chaotic", NULL, NULL, e));
    REFUSED(lfads_synth("%n", config, NULL, e));
    if (lfads_synth_config_set(config, "save_dir", folder, NULL) != LFADS_OK ||
        lfads_synth_config_set(config, "datafile_name", "../up", NULL) != LFADS_OK)
        exit(1);
    REFUSED(lfads_synth("chaotic", config, NULL, e));
    lfads_synth_config_free(NULL);
    lfads_synth_config_free(config);
}

static void scores(const char *folder)
{
    struct lfads_score *score;
    struct lfads_evaluation what = {.size = sizeof what, .set = "neither"};
    struct lfads_config *config;
    struct lfads_runs *runs;

    if (lfads_config_create(&config, NULL) != LFADS_OK ||
        lfads_config_set(config, "lfads_save_dir", folder, NULL) != LFADS_OK)
        exit(1);
    REFUSED(lfads_runs_find(NULL, config, NULL, e));
    REFUSED(lfads_runs_find(&runs, NULL, NULL, e));
    REFUSED(lfads_runs_find(&runs, config, "neither", e));
    REFUSED(lfads_runs_find(&runs, config, NULL, e));
    if (runs)
        fail("lfads_runs_find", "returns runs after a failure");
    lfads_runs_free(NULL);
    lfads_config_free(config);
    REFUSED(lfads_evaluate(NULL, &what, e));
    REFUSED(lfads_evaluate(&score, NULL, e));
    REFUSED(lfads_evaluate(&score, &what, e));
    what.data_file = folder;
    REFUSED(lfads_evaluate(&score, &what, e));
    what.model_run_file = folder;
    REFUSED(lfads_evaluate(&score, &what, e));
    if (score)
        fail("lfads_evaluate", "returns a score after a failure");
    lfads_score_free(NULL);
}

static void benchmark(const char *folder)
{
    struct lfads_nlb_scores *found;
    struct lfads_nlb_evaluation what = {.size = sizeof what, .decoding_penalty = -1};
    struct lfads_nlb_submission submission = {.size = sizeof submission, .eval_run_file = NULL};

    REFUSED(lfads_evaluate_nlb(NULL, &what, e));
    REFUSED(lfads_evaluate_nlb(&found, NULL, e));
    REFUSED(lfads_evaluate_nlb(&found, &what, e));
    what.target_file = folder;
    REFUSED(lfads_evaluate_nlb(&found, &what, e));
    what.submission_file = folder;
    REFUSED(lfads_evaluate_nlb(&found, &what, e));
    what.decoding_penalty = (double)NAN;
    REFUSED(lfads_evaluate_nlb(&found, &what, e));
    what.decoding_penalty = 0;
    what.set = "a\"b";
    REFUSED(lfads_evaluate_nlb(&found, &what, e));
    what.set = NULL;
    REFUSED(lfads_evaluate_nlb(&found, &what, e));
    REFUSED(lfads_submit_nlb(NULL, e));
    submission.eval_run_file = folder;
    REFUSED(lfads_submit_nlb(&submission, e));
    submission.set = "mc_maze";
    REFUSED(lfads_submit_nlb(&submission, e));
    submission.output_file = folder;
    REFUSED(lfads_submit_nlb(&submission, e));
    submission.train_run_file = folder;
    REFUSED(lfads_submit_nlb(&submission, e));
    submission.set = "../up";
    REFUSED(lfads_submit_nlb(&submission, e));
    if (found)
        fail("lfads_evaluate_nlb", "returns scores after a failure");
    lfads_nlb_scores_free(NULL);
    lfads_baselines_free(NULL);
}

static void conversion_factors(const char *folder)
{
    static const double factors[] = {-1, (double)NAN, (double)INFINITY};
    struct lfads_evaluation what = {
        .size = sizeof what, .data_file = folder, .model_run_file = folder};
    struct lfads_score *score;
    struct lfads_error err;

    for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++) {
        what.conversion_factor = factors[i];
        if (lfads_evaluate(&score, &what, &err) != LFADS_USAGE ||
            !strstr(err.text, "conversion_factor"))
            fail("lfads_evaluate", "accepts an invalid conversion_factor");
    }
}

/* Checks that ERR says PART, or does not. */
static void says(const char *call, const struct lfads_error *err, const char *part, bool does)
{
    if ((strstr(err->text, part) != NULL) != does)
        fail(call, err->text);
}

/* Requests of programs that are older than the library, whose structs end before a member, of newer
 * ones, and without a size. CALL fails in each case, for FIELD is wrong in it or missing. */
#define SIZED(type, member, field, is_older_refused, call, ...)                                    \
    do {                                                                                           \
        struct {                                                                                   \
            struct type request;                                                                   \
            char more[32];                                                                         \
        } newer = {.request = {.size = sizeof newer, __VA_ARGS__}};                                \
        const struct type *what = &newer.request;                                                  \
        struct lfads_error err = {.text = ""};                                                     \
                                                                                                   \
        if (call == LFADS_OK)                                                                      \
            fail(#call, "is done");                                                                \
        says(#call, &err, field, !(is_older_refused));                                             \
        newer.request.size = offsetof(struct type, member);                                        \
        if (call == LFADS_OK)                                                                      \
            fail(#call, "is done for an older program");                                           \
        says(#call, &err, field, is_older_refused);                                                \
        newer.request.size = 0;                                                                    \
        if (call != LFADS_USAGE)                                                                   \
            fail(#call, "is done without a size");                                                 \
        says(#call, &err, "size is 0", true);                                                      \
    } while (0)

static void requests(const char *folder)
{
    struct lfads_score *score;
    struct lfads_baselines *baselines;
    struct lfads_nlb_scores *nlb;

    SIZED(lfads_evaluation, psth_sd, "psth_sd is", false, lfads_evaluate(&score, what, &err),
          .data_file = folder, .model_run_file = folder, .psth_sd = (double)NAN);
    SIZED(lfads_evaluation, psth_sd, "psth_sd is", false,
          lfads_evaluate_baselines(&baselines, what, &err), .data_file = folder,
          .model_run_file = folder, .psth_sd = (double)NAN);
    SIZED(lfads_nlb_evaluation, decoding_penalty, "decoding_penalty is", false,
          lfads_evaluate_nlb(&nlb, what, &err), .target_file = folder, .submission_file = folder,
          .decoding_penalty = -1);
    SIZED(lfads_nlb_submission, output_file, "output_file is NULL", true,
          lfads_submit_nlb(what, &err), .eval_run_file = folder, .set = "mc_maze",
          .output_file = "none");
    SIZED(lfads_merging, output_file, "an output file are needed", true, lfads_merge(what, &err),
          .data_file = folder, .train_run_file = folder, .output_file = "none");
    SIZED(lfads_report_request, save_dir, "size is", true, lfads_report(what, NULL, &err),
          .save_dir = folder);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    if (!lfads_version() || strcmp(lfads_status_name((enum lfads_status)77), "unknown") != 0 ||
        strcmp(lfads_status_name((enum lfads_status) - 1), "unknown") != 0)
        fail("lfads_status_name", "names an invalid status");
    configurations();
    commands(argv[1]);
    denoisers(argv[1]);
    synthetic_data(argv[1]);
    scores(argv[1]);
    benchmark(argv[1]);
    conversion_factors(argv[1]);
    requests(argv[1]);
    printf("%d failures\n", failures);
    return failures != 0;
}
