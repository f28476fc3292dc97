/* nlb_submit.c - writes a model's rates as a submission to the Neural Latents Benchmark. Entry
 * point: lfads_submit_nlb of the public header. SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sized.h"
#include "infer/arrays.h"
#include "infer/nlb_groups.h"
#include "infer/nlb_rates.h"
#include "infer/nlb_training.h"
#include "infer/results_file.h"

enum { GZIP_LEVEL = 4 };

/* Rates to write as a data set: channels of bins. */
struct part {
    const double *first; /* channel of the first bin of the first trial */
    size_t trials, bins, channels;
    size_t trial_stride, bin_stride; /* numbers from a trial, a bin, to the next */
};

/* Writes PART as SET/KEY in single precision. */
static enum lfads_status write_part(struct h5_file *file, const char *set, const char *key,
                                    const struct part *part, struct lfads_error *err)
{
    const size_t dims[3] = {part->trials, part->bins, part->channels};
    const struct h5_storage storage = {.gzip = GZIP_LEVEL, .threads = 1};
    size_t count = 0;
    float *values = malloc(part->trials * part->bins * part->channels * sizeof *values + 1);
    char name[NLB_KEY];
    enum lfads_status status;

    if (!values)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", file->path);
    for (size_t e = 0; e < part->trials; e++)
        for (size_t t = 0; t < part->bins; t++)
            for (size_t j = 0; j < part->channels; j++)
                values[count++] =
                    (float)part->first[e * part->trial_stride + t * part->bin_stride + j];
    snprintf(name, sizeof name, "%s/%s", set, key);
    status = h5_write(file, name, H5_FLOAT32, 3, dims, values, &storage, err);
    free(values);
    return status;
}

/* Writes RATES as SET/PHASE_rates_heldin…ENDING and …heldout…. */
static enum lfads_status write_channels(struct h5_file *file, const char *set, const char *phase,
                                        const char *ending, const struct nlb_rates *rates,
                                        struct lfads_error *err)
{
    size_t heldin = rates->channels - rates->heldout;
    bool ahead = *ending != 0;
    struct part part = {.first = ahead ? rates->ahead : rates->rates,
                        .trials = rates->trials,
                        .bins = ahead ? rates->forward : rates->bins,
                        .channels = heldin,
                        .trial_stride = ahead ? rates->ahead_stride : rates->trial_stride,
                        .bin_stride = rates->channels};
    char key[NLB_KEY - NLB_SET];
    enum lfads_status status;

    snprintf(key, sizeof key, "%s_rates_heldin%s", phase, ending);
    status = write_part(file, set, key, &part, err);
    part.first += heldin;
    part.channels = rates->heldout;
    snprintf(key, sizeof key, "%s_rates_heldout%s", phase, ending);
    return status == LFADS_OK ? write_part(file, set, key, &part, err) : status;
}

/* Copies what the benchmark reads of group SET. */
static enum lfads_status copy_group(struct h5_file *file, const struct h5_file *from,
                                    const char *set, struct lfads_error *err)
{
    static const char *const keys[] = {"train_rates_heldin",         "train_rates_heldout",
                                       "eval_rates_heldin",          "eval_rates_heldout",
                                       "train_rates_heldin_forward", "train_rates_heldout_forward",
                                       "eval_rates_heldin_forward",  "eval_rates_heldout_forward"};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && status == LFADS_OK; i++) {
        struct array array;
        char name[NLB_KEY];

        snprintf(name, sizeof name, "%s/%s", set, keys[i]);
        status = array_find(&array, from, name, 3, err);
        if (status == LFADS_OK && array.values)
            status = write_part(file, set, keys[i],
                                &(struct part){.first = array.values,
                                               .trials = array.dims[0],
                                               .bins = array.dims[1],
                                               .channels = array.dims[2],
                                               .trial_stride = array.dims[1] * array.dims[2],
                                               .bin_stride = array.dims[2]},
                                err);
        array_free(&array);
    }
    return status;
}

static enum lfads_status copy_others(struct h5_file *file, const struct lfads_nlb_submission *what,
                                     struct lfads_error *err)
{
    struct h5_file from;
    enum lfads_status status;

    if (!what->add_to_file)
        return LFADS_OK;
    status = nlb_open(&from, what->add_to_file, err);
    if (status != LFADS_OK)
        return status;
    for (size_t i = 0; nlb_group(i) && status == LFADS_OK; i++)
        if (strcmp(nlb_group(i), what->set) != 0 && h5_has(&from, nlb_group(i)))
            status = copy_group(file, &from, nlb_group(i), err);
    h5_close(&from, NULL);
    return status;
}

static enum lfads_status write_submission(const struct lfads_nlb_submission *what,
                                          const struct nlb_rates *train,
                                          const struct nlb_rates *eval, struct lfads_error *err)
{
    struct h5_file file;
    enum lfads_status status = h5_begin(&file, what->output_file, err);

    if (status != LFADS_OK)
        return status;
    status = write_channels(&file, what->set, "train", "", train, err);
    if (status == LFADS_OK)
        status = write_channels(&file, what->set, "eval", "", eval, err);
    if (status == LFADS_OK && eval->forward)
        status = write_channels(&file, what->set, "eval", "_forward", eval, err);
    if (status == LFADS_OK)
        status = copy_others(&file, what, err);
    return h5_finish(&file, status, err);
}

/* Reads the rates of a model run. */
static enum lfads_status read_run(struct nlb_rates *out, const char *path, struct lfads_error *err)
{
    struct h5_file file;
    enum lfads_status status = nlb_open(&file, path, err);

    if (status != LFADS_OK)
        return status;
    status = nlb_rates_of_run(out, &file, err);
    h5_close(&file, NULL);
    return status;
}

static enum lfads_status submit(const struct lfads_nlb_submission *what, struct lfads_error *err)
{
    struct nlb_rates train = {.trials = 0}, eval = {.trials = 0};
    char train_run[FILE_PATH];
    enum lfads_status status =
        nlb_rates_of_training(&train, train_run, what->eval_run_file, what->train_run_file,
                              "a submission has rates of", err);

    if (status == LFADS_OK)
        status = read_run(&eval, what->eval_run_file, err);
    if (status == LFADS_OK && (train.bins != eval.bins || train.channels != eval.channels ||
                               train.heldout != eval.heldout))
        status =
            lfads_fail(err, LFADS_BAD_DATA,
                       "%s has rates of %zu bins, %zu channels and %zu held-out ones, and %s of "
                       "%zu, %zu and %zu: they are not of one model",
                       train_run, train.bins, train.channels, train.heldout, what->eval_run_file,
                       eval.bins, eval.channels, eval.heldout);
    if (status == LFADS_OK)
        status = write_submission(what, &train, &eval, err);
    nlb_rates_free(&train);
    nlb_rates_free(&eval);
    return status;
}

enum lfads_status lfads_submit_nlb(const struct lfads_nlb_submission *what, struct lfads_error *err)
{
    struct lfads_nlb_submission taken;
    enum lfads_status status;

    if (!what)
        return lfads_fail_null(err, "lfads_submit_nlb", "what");
    status = sized_take(&taken, what, sizeof taken, "lfads_submit_nlb", err);
    if (status != LFADS_OK)
        return status;
    if (!taken.eval_run_file || !taken.set || !taken.output_file)
        return lfads_fail_null(err, "lfads_submit_nlb",
                               !taken.eval_run_file ? "eval_run_file"
                               : !taken.set         ? "set"
                                                    : "output_file");
    status = nlb_check_group(taken.set, err);
    return status == LFADS_OK ? submit(&taken, err) : status;
}
