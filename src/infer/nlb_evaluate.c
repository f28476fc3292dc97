/* nlb_evaluate.c - scores a submission, or a model, against a target file of the Neural Latents
 * Benchmark. Entry points: lfads_evaluate_nlb and lfads_nlb_scores_free of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sized.h"
#include "infer/nlb_scores.h"
#include "infer/nlb_training.h"
#include "infer/results_file.h"

/* An evaluation in progress. */
struct nlb {
    const struct lfads_nlb_evaluation *what;
    struct lfads_error *err;
    struct h5_file target, submission;
    bool run;         /* the submission is a model's results */
    char chosen[256]; /* names of the groups to score, for errors */
    struct nlb_rates eval, train;
};

/* Appends SET to what is scored. */
static enum lfads_status add_set(struct lfads_nlb_scores *scores, const char *set, struct nlb *n)
{
    struct lfads_nlb_score **grown =
                               realloc(scores->sets, (scores->count + 1) * sizeof *scores->sets),
                           *score = NULL;

    if (grown) {
        scores->sets = grown;
        score = calloc(1, sizeof *score);
    }
    if (!score)
        return lfads_fail(n->err, LFADS_NO_MEMORY, "no memory for scores");
    grown[scores->count++] = score;
    *score = (struct lfads_nlb_score){.prefix = nlb_prefix(set),
                                      .co_bps = (double)NAN,
                                      .co_bps_se = (double)NAN,
                                      .fp_bps = (double)NAN,
                                      .fp_bps_se = (double)NAN,
                                      .velocity_r2 = (double)NAN,
                                      .decoding_penalty = (double)NAN,
                                      .psth_r2 = (double)NAN,
                                      .time_correlation = (double)NAN};
    snprintf(score->set, sizeof score->set, "%s", set);
    snprintf(n->chosen + strlen(n->chosen), sizeof n->chosen - strlen(n->chosen), "%s%s",
             *n->chosen ? ", " : "", set);
    return LFADS_OK;
}

/* Chooses the groups: that of the request, or the benchmark's in the submission; a model's results
 * are those of the only one in the target. */
static enum lfads_status choose_sets(struct lfads_nlb_scores *scores, struct nlb *n)
{
    const struct h5_file *where = n->run ? &n->target : &n->submission;
    enum lfads_status status = LFADS_OK;

    if (n->what->set)
        return add_set(scores, n->what->set, n);
    for (size_t i = 0; nlb_group(i) && status == LFADS_OK; i++)
        if (h5_has(where, nlb_group(i)))
            status = add_set(scores, nlb_group(i), n);
    if (status == LFADS_OK && scores->count == 0)
        return lfads_fail(
            n->err, LFADS_BAD_DATA,
            "%s has no group of the benchmark (mc_maze, mc_rtt, area2_bump, dmfc_rsg, "
            "mc_maze_large, ...): name its group by --nlb_set",
            where->path);
    if (status == LFADS_OK && n->run && scores->count > 1)
        return lfads_fail(n->err, LFADS_USAGE,
                          "%s has the groups %s: say by --nlb_set which of them %s belongs to",
                          where->path, n->chosen, n->submission.path);
    return status;
}

/* Reads the training trials' rates, which are needed to decode behaviour. */
static enum lfads_status read_train(struct nlb *n, const char *set)
{
    char path[FILE_PATH];

    if (!n->run)
        return nlb_rates_submitted(&n->train, &n->submission, set, "train", n->err);
    return nlb_rates_of_training(&n->train, path, n->submission.path, n->what->train_run_file,
                                 "decoding behaviour needs the results of", n->err);
}

/* Scores behaviour: numbers in each bin are decoded, numbers of a trial are those of an interval
 * task. */
static enum lfads_status score_behaviour(struct lfads_nlb_score *score, struct nlb_scored *s,
                                         struct nlb *n, const struct array *counts)
{
    char name[NLB_KEY];
    struct h5_shape shape;
    enum lfads_status status;

    if (!h5_has(s->target, nlb_key(name, s, "eval_behavior")))
        return LFADS_OK;
    status = h5_shape(&shape, s->target, name, s->err);
    if (status != LFADS_OK)
        return status;
    if (shape.rank == 2)
        return nlb_score_times(score, s, counts);
    status = read_train(n, s->set);
    s->train = &n->train;
    if (status == LFADS_OK && n->train.channels != n->eval.channels)
        status = lfads_fail(n->err, LFADS_BAD_DATA,
                            "the training trials' rates are of %zu channels, the evaluated trials' "
                            "of %zu in %s",
                            n->train.channels, n->eval.channels, n->submission.path);
    return status == LFADS_OK ? nlb_score_velocity(score, s) : status;
}

static enum lfads_status score_set(struct lfads_nlb_score *score, struct nlb *n)
{
    struct nlb_scored s = {.what = n->what,
                           .target = &n->target,
                           .set = score->set,
                           .eval_name = n->submission.path,
                           .eval = &n->eval,
                           .err = n->err};
    struct array counts = {.rank = 0};
    enum lfads_status status =
        n->run ? nlb_rates_of_run(&n->eval, &n->submission, n->err)
               : nlb_rates_submitted(&n->eval, &n->submission, score->set, "eval", n->err);

    if (status == LFADS_OK)
        status = nlb_read_counts(&counts, &s, "eval_spikes_heldout", n->eval.bins, n->eval.heldout);
    if (status == LFADS_OK) {
        score->missing_spikes = array_missing(counts.values, counts.count);
        status = nlb_score_held_out(score, &s, &counts);
    }
    if (status == LFADS_OK)
        status = nlb_score_forward(score, &s);
    if (status == LFADS_OK)
        status = nlb_score_psths(score, &s);
    if (status == LFADS_OK)
        status = score_behaviour(score, &s, n, &counts);
    array_free(&counts);
    nlb_rates_free(&n->eval);
    nlb_rates_free(&n->train);
    return status;
}

static enum lfads_status check(const struct lfads_nlb_evaluation *what, struct lfads_error *err)
{
    if (!what->target_file || !what->submission_file)
        return lfads_fail_null(err, "lfads_evaluate_nlb",
                               what->target_file ? "submission_file" : "target_file");
    if (!isfinite(what->decoding_penalty) || what->decoding_penalty < 0)
        return lfads_fail(err, LFADS_USAGE,
                          "lfads_evaluate_nlb: decoding_penalty is %g, and a number above 0 is "
                          "needed, or 0 to choose it",
                          what->decoding_penalty);
    return what->set ? nlb_check_group(what->set, err) : LFADS_OK;
}

static enum lfads_status evaluate(struct lfads_nlb_scores *scores,
                                  const struct lfads_nlb_evaluation *what, struct lfads_error *err)
{
    struct nlb n = {.what = what, .err = err};
    enum lfads_status status = nlb_open(&n.target, what->target_file, err);

    if (status == LFADS_OK)
        status = nlb_open(&n.submission, what->submission_file, err);
    if (status == LFADS_OK) {
        n.run = h5_has(&n.submission, results_key(OF_POSTERIORS, RESULT_OUTPUT));
        status = choose_sets(scores, &n);
    }
    for (size_t i = 0; status == LFADS_OK && i < scores->count; i++)
        status = score_set(scores->sets[i], &n);
    h5_close(&n.submission, NULL);
    h5_close(&n.target, NULL);
    return status;
}

enum lfads_status lfads_evaluate_nlb(struct lfads_nlb_scores **out,
                                     const struct lfads_nlb_evaluation *what,
                                     struct lfads_error *err)
{
    struct lfads_nlb_evaluation taken;
    struct lfads_nlb_scores *scores;
    enum lfads_status status;

    if (out)
        *out = NULL;
    if (!out || !what)
        return lfads_fail_null(err, "lfads_evaluate_nlb", out ? "what" : "out");
    status = sized_take(&taken, what, sizeof taken, "lfads_evaluate_nlb", err);
    if (status == LFADS_OK)
        status = check(&taken, err);
    if (status != LFADS_OK)
        return status;
    scores = calloc(1, sizeof *scores);
    status = scores ? evaluate(scores, &taken, err)
                    : lfads_fail(err, LFADS_NO_MEMORY, "no memory for scores");
    if (status != LFADS_OK) {
        lfads_nlb_scores_free(scores);
        return status;
    }
    *out = scores;
    return LFADS_OK;
}

void lfads_nlb_scores_free(struct lfads_nlb_scores *scores)
{
    if (!scores)
        return;
    for (size_t i = 0; i < scores->count; i++)
        free(scores->sets[i]);
    free(scores->sets);
    free(scores);
}
