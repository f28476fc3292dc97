/* evaluation_behaviour.c - decodes the behaviour of validation trials from their rates, by decoders
 * that are fitted to the training trials. SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "infer/arrays.h"
#include "infer/behaviour.h"
#include "infer/evaluation_scores.h"

/* A set's behaviour and the masks of its decoders. */
struct phase {
    struct array behaviour, mask;
};

/* Reads those of SET, of TRIALS trials or more. */
static enum lfads_status read_phase(struct phase *p, const struct evaluation *s, const char *set,
                                    size_t trials)
{
    size_t encoded = s->bins - s->forward;
    char name[40];
    enum lfads_status status;

    snprintf(name, sizeof name, "%s_behavior", set);
    status = array_read(&p->behaviour, &s->data, name, 3, s->err);
    if (status == LFADS_OK && (p->behaviour.dims[0] < trials || (p->behaviour.dims[1] != s->bins &&
                                                                 p->behaviour.dims[1] != encoded)))
        return lfads_fail(
            s->err, LFADS_BAD_DATA,
            "%s: %s has [%zu,%zu] trials and bins, and at least %zu trials of %zu bins "
            "are needed",
            s->data.path, name, p->behaviour.dims[0], p->behaviour.dims[1], trials, s->bins);
    if (status == LFADS_OK)
        array_forget_infinite(p->behaviour.values, p->behaviour.count);
    snprintf(name, sizeof name, "%s_decode_mask", set);
    if (status == LFADS_OK)
        status = array_find(&p->mask, &s->data, name, 2, s->err);
    if (status == LFADS_OK && p->mask.values)
        status =
            array_expect(&p->mask, &s->data, 0, p->behaviour.dims[0], p->behaviour.name, s->err);
    return status;
}

/* Reads the rates [trials,T,O] of the training trials. */
static enum lfads_status read_train_run(struct array *out, const struct evaluation *s,
                                        const char *path)
{
    struct h5_file file;
    enum lfads_status status = h5_open(&file, path, s->err);

    if (status != LFADS_OK)
        return status;
    status = array_read(out, &file, evaluation_key(RESULT_OUTPUT), 3, s->err);
    if (status == LFADS_OK)
        status = array_expect(out, &file, 1, s->bins, s->run.path, s->err);
    if (status == LFADS_OK)
        status = array_expect(out, &file, 2, s->outputs, s->run.path, s->err);
    if (status == LFADS_OK)
        status = array_check(out, &file, -DBL_MAX, false, s->err);
    h5_close(&file, NULL);
    return status;
}

static struct behaviour_trials trials_of(const struct phase *p, const struct evaluation *s,
                                         const double *rates, size_t trials)
{
    return (struct behaviour_trials){.trials = trials,
                                     .bins = s->bins - s->forward,
                                     .rates = rates,
                                     .bin_stride = s->outputs,
                                     .trial_stride = s->bins * s->outputs,
                                     .behaviour = p->behaviour.values,
                                     .behaviour_bins = p->behaviour.dims[1],
                                     .mask = p->mask.values};
}

/* Whether no component of the first TRIALS trials' behaviour has two values that are known. */
static bool is_constant(const struct phase *p, const struct evaluation *s, size_t trials)
{
    size_t components = p->behaviour.dims[2], encoded = s->bins - s->forward;

    for (size_t k = 0; k < components; k++) {
        double first = (double)NAN;

        for (size_t e = 0; e < trials; e++)
            for (size_t t = 0; t < encoded; t++) {
                double value = p->behaviour.values[(e * p->behaviour.dims[1] + t) * components + k];

                if (isnan(first))
                    first = value;
                if (!isnan(value) && value != first)
                    return false;
            }
    }
    return true;
}

static enum lfads_status decode(struct lfads_score *score, const struct evaluation *s,
                                const struct array *rates, const struct phase *train,
                                const struct phase *valid)
{
    const struct behaviour_trials fitted = trials_of(train, s, rates->values, rates->dims[0]);
    const struct behaviour_trials scored = trials_of(valid, s, s->output, s->trials);
    const struct behaviour_decoders decoders = {.channels = s->channels,
                                                .components = valid->behaviour.dims[2],
                                                .masks =
                                                    valid->mask.values ? valid->mask.dims[1] : 1,
                                                .penalty = s->what->decoding_penalty};

    if (train->mask.dims[1] != valid->mask.dims[1])
        return lfads_fail(s->err, LFADS_BAD_DATA,
                          "%s: train_decode_mask has %zu columns, and valid_decode_mask %zu",
                          s->data.path, train->mask.dims[1], valid->mask.dims[1]);
    score->has_behaviour = true;
    score->behaviour_components = decoders.components;
    score->behaviour_r2 = score->decoding_penalty = (double)NAN;
    if (is_constant(valid, s, s->trials))
        return LFADS_OK;
    return behaviour_score(&score->behaviour_r2, &score->decoding_penalty, &decoders, &fitted,
                           &scored, s->err);
}

/* Counts the NaN of a set's first TRIALS trials; whether any number is known. */
static bool is_known(struct lfads_score *score, const struct evaluation *s, const struct phase *p,
                     size_t trials)
{
    size_t encoded = s->bins - s->forward, components = p->behaviour.dims[2], missing = 0;
    size_t trial = p->behaviour.dims[1] * components;

    for (size_t e = 0; e < trials; e++)
        missing += array_missing(p->behaviour.values + e * trial, encoded * components);
    score->missing_behaviour += missing;
    return missing < trials * encoded * components;
}

/* Whether the file has behaviour in time of validation and training trials. */
static bool has_behaviour(const struct evaluation *s)
{
    struct h5_shape shape;

    return strcmp(s->set, "valid") == 0 && h5_has(&s->data, "train_behavior") &&
           h5_has(&s->data, "valid_behavior") &&
           (h5_shape(&shape, &s->data, "valid_behavior", NULL) != LFADS_OK || shape.rank == 3);
}

enum lfads_status evaluation_score_behaviour(struct lfads_score *score, const struct evaluation *s)
{
    struct phase train = {.mask = {.rank = 0}}, valid = {.mask = {.rank = 0}};
    struct array rates = {.rank = 0};
    const char *named = s->what->train_run_file;
    char beside[FILE_PATH];
    enum lfads_status status;

    if (!has_behaviour(s))
        return LFADS_OK;
    if (named && !file_exists(named))
        return lfads_fail(s->err, LFADS_USAGE, "there is no file %s", named);
    if (!named && (!results_train_run(beside, s->run.path) || !file_exists(beside))) {
        score->lacks_train_run = true;
        return LFADS_OK;
    }
    status = read_train_run(&rates, s, named ? named : beside);
    if (status == LFADS_OK)
        status = read_phase(&train, s, "train", rates.dims[0]);
    if (status == LFADS_OK)
        status = read_phase(&valid, s, "valid", s->trials);
    if (status == LFADS_OK)
        status = array_expect(&train.behaviour, &s->data, 2, valid.behaviour.dims[2],
                              valid.behaviour.name, s->err);
    if (status == LFADS_OK && is_known(score, s, &train, rates.dims[0]) &&
        is_known(score, s, &valid, s->trials))
        status = decode(score, s, &rates, &train, &valid);
    array_free(&rates);
    array_free(&train.behaviour);
    array_free(&train.mask);
    array_free(&valid.behaviour);
    array_free(&valid.mask);
    return status;
}
