/* nlb_training.c - finds the results of training trials, and puts trials that were dealt to two
 * sets back into one. SPDX-License-Identifier: Apache-2.0 */
#include "infer/nlb_training.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "infer/arrays.h"
#include "infer/nlb_groups.h"
#include "infer/results_file.h"

/* The results of a set. */
struct run_of_set {
    struct nlb_rates rates;
    struct array inds; /* without values: the file has none */
};

static enum lfads_status read_run(struct run_of_set *run, const char *path, const char *inds,
                                  struct lfads_error *err)
{
    struct h5_file file;
    enum lfads_status status = nlb_open(&file, path, err);

    if (status != LFADS_OK)
        return status;
    status = nlb_rates_of_run(&run->rates, &file, err);
    if (status == LFADS_OK)
        status = array_find(&run->inds, &file, inds, 1, err);
    if (status == LFADS_OK && run->inds.values)
        status = array_expect(&run->inds, &file, 0, run->rates.trials, "the rates", err);
    h5_close(&file, NULL);
    return status;
}

/* Whether both are of one model and have the trials' places. */
static bool belong_together(const struct run_of_set *a, const struct run_of_set *b)
{
    return a->inds.values && b->inds.values && a->rates.trial_stride == b->rates.trial_stride &&
           a->rates.channels == b->rates.channels && a->rates.bins == b->rates.bins &&
           a->rates.heldout == b->rates.heldout;
}

/* Copies the run's trials to their places in RATES [COUNT,·], counted from BASE; false if a place
 * is taken or is none. */
static bool put(double *rates, bool *taken, size_t count, double base, const struct run_of_set *run)
{
    size_t size = run->rates.trial_stride;

    for (size_t e = 0; e < run->rates.trials; e++) {
        double place = run->inds.values[e] - base;

        if (!(place >= 0 && place < (double)count) || (double)(size_t)place != place ||
            taken[(size_t)place])
            return false;
        taken[(size_t)place] = true;
        memcpy(rates + (size_t)place * size, run->rates.rates + e * size, size * sizeof *rates);
    }
    return true;
}

/* Puts the trials of both runs into the first, in the order of their places. */
static enum lfads_status merge(struct run_of_set *train, struct run_of_set *valid, const char *path,
                               struct lfads_error *err)
{
    struct nlb_rates *out = &train->rates;
    size_t count = out->trials + valid->rates.trials;
    bool *taken = calloc(count + 1, sizeof *taken), fine;
    double base = train->inds.values[0], *rates = NULL;
    enum lfads_status status =
        array_allocate(&rates, count * out->trial_stride, "rates", path, err);

    for (size_t i = 0; i < out->trials; i++)
        base = train->inds.values[i] < base ? train->inds.values[i] : base;
    for (size_t i = 0; i < valid->rates.trials; i++)
        base = valid->inds.values[i] < base ? valid->inds.values[i] : base;
    if (status == LFADS_OK && !taken)
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu trials", count);
    fine = status == LFADS_OK && put(rates, taken, count, base, train) &&
           put(rates, taken, count, base, valid);
    if (status == LFADS_OK && !fine)
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s and the validation trials' results beside it: train_inds and "
                            "valid_inds do not number %zu trials: name the training trials' "
                            "results by --train_run",
                            path, count);
    free(taken);
    if (status != LFADS_OK) {
        free(rates);
        return status;
    }
    free(out->memory[0]);
    out->memory[0] = out->rates = rates;
    out->ahead = out->forward ? rates + out->bins * out->channels : NULL;
    out->trials = count;
    return LFADS_OK;
}

enum lfads_status nlb_rates_of_training(struct nlb_rates *out, char path[FILE_PATH],
                                        const char *eval_run, const char *named, const char *needed,
                                        struct lfads_error *err)
{
    struct run_of_set train = {.inds = {.rank = 0}}, valid = {.inds = {.rank = 0}};
    char beside[FILE_PATH];
    bool dealt = results_run_beside(beside, eval_run, "test", "valid");
    enum lfads_status status = LFADS_OK;

    if (named)
        snprintf(path, FILE_PATH, "%s", named);
    else if (!results_train_run(path, eval_run))
        return lfads_fail(err, LFADS_USAGE,
                          "%s the training trials, and the name %s does not tell theirs: name "
                          "their results by --train_run",
                          needed, eval_run);
    dealt = dealt && results_run_beside(beside, path, "train", "valid") && file_exists(beside);
    status = read_run(&train, path, "train_inds", err);
    if (status == LFADS_OK && dealt)
        status = read_run(&valid, beside, "valid_inds", err);
    if (status == LFADS_OK && dealt && belong_together(&train, &valid))
        status = merge(&train, &valid, path, err);
    *out = train.rates;
    array_free(&train.inds);
    array_free(&valid.inds);
    nlb_rates_free(&valid.rates);
    return status;
}
