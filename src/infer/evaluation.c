/* evaluation.c - reads a file of results and its data file, and checks that they belong together.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/evaluation.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/session.h"
#include "data/shape_fit.h"
#include "infer/arrays.h"

enum { MOST_BINS = 1 << 20 };

const char *evaluation_key(enum result result) { return results_key(OF_POSTERIORS, result); }

static enum lfads_status open_files(struct evaluation *s)
{
    const char *const paths[] = {s->what->data_file, s->what->model_run_file};
    enum lfads_status status;

    for (size_t i = s->arrays ? 1 : 0; i < 2; i++)
        if (!file_exists(paths[i]))
            return lfads_fail(s->err, LFADS_USAGE, "there is no file %s", paths[i]);
    status = s->arrays ? h5_open_arrays(&s->data, s->arrays, s->what->data_file, s->err)
                       : h5_open(&s->data, s->what->data_file, s->err);
    return status == LFADS_OK ? h5_open(&s->run, s->what->model_run_file, s->err) : status;
}

/* The shape of a data set of three axes, of the lengths EXPECTED as far as these are known. */
static enum lfads_status shape_of(struct h5_shape *shape, const struct h5_file *file,
                                  const char *name, const size_t *expected, struct lfads_error *err)
{
    enum lfads_status status = h5_shape(shape, file, name, err);

    if (status == LFADS_OK &&
        (!shape->numeric || shape->count == 0 || !shape_fit(shape, 3, expected)))
        status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s is not [trials,bins,channels] of numbers",
                            file->path, name);
    return status;
}

/* Fails if an element of VALUES [E,T,width] is not finite or, from column FIRST on, below MIN; the
 * error names the first such element. Data and truth may lack numbers, which are NaN. */
static enum lfads_status check_numbers(const double *values, const struct evaluation *s,
                                       const struct h5_file *file, const char *name, size_t width,
                                       size_t first, double min)
{
    for (size_t i = 0; i < s->trials * s->bins * width; i++)
        if ((!isfinite(values[i]) && !(values != s->output && isnan(values[i]))) ||
            (i % width >= first && values[i] < min))
            return lfads_fail(s->err, LFADS_BAD_DATA, "%s: %s is %g in trial %zu, bin %zu, %s %zu",
                              file->path, name, values[i], i / width / s->bins, i / width % s->bins,
                              file == &s->data ? "channel" : "place", i % width);
    return LFADS_OK;
}

/* The bins at the beginning of FILE's trials that are not scored. */
static size_t unscored(const struct evaluation *s, const struct h5_file *file)
{
    return file == &s->data ? s->first : 0;
}

/* Moves the scored bins of TRIALS trials [.,width] of VALUES together. */
static void drop_unscored(double *values, const struct evaluation *s, size_t skip, size_t trials,
                          size_t width)
{
    size_t kept = s->bins * width;

    for (size_t i = 0; i < trials && skip; i++)
        memmove(values + i * kept, values + i * (kept + skip * width) + skip * width,
                kept * sizeof *values);
}

static enum lfads_status read_trials(double **out, const struct evaluation *s,
                                     const struct h5_file *file, const char *name, size_t width)
{
    size_t skip = unscored(s, file), count = s->trials * (s->bins + skip) * width;
    enum lfads_status status = array_allocate(out, count, name, file->path, s->err);

    if (status != LFADS_OK)
        return status;
    status = shape_read_rows(*out, H5_FLOAT64, file, name, s->trials, 0, s->trials, count, s->err);
    drop_unscored(*out, s, skip, s->trials, width);
    if (out == &s->truth)
        array_forget_infinite(*out, count);
    return status == LFADS_OK ? check_numbers(*out, s, file, name, width, width, 0) : status;
}

static enum lfads_status read_truth(struct evaluation *s)
{
    const size_t expected[] = {SHAPE_ANY, s->bins + s->first, s->channels};
    char name[40];
    struct h5_shape shape;
    enum lfads_status status;

    snprintf(name, sizeof name, "%s_truth", s->set);
    if (session_lacks(&s->data, name))
        return LFADS_OK;
    status = shape_of(&shape, &s->data, name, expected, s->err);
    if (status == LFADS_OK && (shape.dims[0] < s->trials || shape.dims[1] != s->bins + s->first ||
                               shape.dims[2] != s->channels))
        status = lfads_fail(s->err, LFADS_BAD_DATA, "%s: %s has not the shape of the data",
                            s->data.path, name);
    if (status == LFADS_OK)
        status = read_trials(&s->truth, s, &s->data, name, s->channels);
    if (s->what->conversion_factor > 0)
        s->conversion = s->what->conversion_factor;
    else if (status == LFADS_OK)
        status = session_read_conversion(&s->conversion, &s->data, s->err);
    return status;
}

/* A file of samples of the priors has a single cost. */
static bool is_cost_of_all(const struct evaluation *s, size_t trials)
{
    struct h5_shape costs;

    return trials > 1 && h5_has(&s->run, evaluation_key(RESULT_COST)) &&
           h5_shape(&costs, &s->run, evaluation_key(RESULT_COST), NULL) == LFADS_OK &&
           costs.count == 1;
}

/* The distribution that the run names; if it names none, the one of its width. */
static enum lfads_status find_distribution(struct evaluation *s)
{
    char name[H5_ATTRIBUTE_SIZE];
    enum lfads_status status = h5_read_attribute(name, &s->run, DISTRIBUTION_ATTRIBUTE, s->err);

    if (status != LFADS_OK)
        return status;
    if (*name)
        s->distribution = distribution_find(name);
    else
        s->distribution = distribution_of(s->outputs == 2 * s->channels ? DISTRIBUTION_gaussian
                                                                        : DISTRIBUTION_poisson);
    return s->distribution
               ? LFADS_OK
               : lfads_fail(s->err, LFADS_BAD_DATA,
                            "%s: its attribute " DISTRIBUTION_ATTRIBUTE
                            " is %s, and this program knows %s: a later version wrote the file",
                            s->run.path, name, DISTRIBUTION_CHOICES);
}

/* Sets the sizes; fails if the run does not belong to the data's trials. */
static enum lfads_status check_run(struct evaluation *s, const char *data_name)
{
    const char *key = evaluation_key(RESULT_OUTPUT);
    size_t expected[3] = {SHAPE_ANY};
    char several[80] = "";
    struct h5_shape data, run;
    enum lfads_status status;

    if (!h5_has(&s->run, key))
        return lfads_fail(s->err, LFADS_BAD_DATA,
                          "%s has no rates (%s): results are in files model_runs_..., which "
                          "posterior-sample and posterior-mean write",
                          s->run.path, key);
    status = shape_of(&run, &s->run, key, expected, s->err);

    if (status == LFADS_OK)
        status = results_read_first(&s->first, &s->run, MOST_BINS, s->err);
    if (status == LFADS_OK)
        expected[1] = run.dims[1] + s->first;
    if (status == LFADS_OK)
        status = shape_of(&data, &s->data, data_name, expected, s->err);
    if (status != LFADS_OK)
        return status;
    if (h5_has(&s->run, results_key(OF_PRIORS, RESULT_INPUTS)) || is_cost_of_all(s, run.dims[0]))
        return lfads_fail(s->err, LFADS_BAD_DATA,
                          "%s has samples of the priors, which belong to no trial: score a run of "
                          "posterior-sample or posterior-mean",
                          s->run.path);
    s->trials = run.dims[0];
    s->bins = data.dims[1] > s->first ? data.dims[1] - s->first : 0;
    s->channels = data.dims[2];
    s->outputs = run.dims[2];
    status = find_distribution(s);
    if (status != LFADS_OK)
        return status;
    if (s->distribution->written > 1)
        snprintf(several, sizeof several, ", of which --output_dist=%s has %zu a channel",
                 s->distribution->name, s->distribution->written);
    if (run.dims[0] > data.dims[0] || run.dims[1] != s->bins ||
        s->outputs != s->distribution->written * s->channels)
        return lfads_fail(s->err, LFADS_BAD_DATA,
                          "%s has [%zu,%zu,%zu] rates, which are not those of %s in %s, "
                          "[%zu,%zu,%zu]%s: are they of other data?",
                          s->run.path, run.dims[0], run.dims[1], run.dims[2], data_name,
                          s->data.path, data.dims[0], data.dims[1], data.dims[2], several);
    return results_read_unread(&s->heldout, &s->forward, &s->run, s->channels, s->bins, s->err);
}

void evaluation_data_name(char name[40], const struct evaluation *s, const char *set)
{
    snprintf(name, 40, "%s_data", set);
    if (!h5_has(&s->data, name))
        snprintf(name, 40, "%s_recon_data", set);
    if (!h5_has(&s->data, name)) /* the error names what most files have */
        snprintf(name, 40, "%s_data", set);
}

enum lfads_status evaluation_count_trials(size_t *trials, const struct evaluation *s,
                                          const char *name)
{
    const size_t expected[] = {SHAPE_ANY, s->bins + s->first, s->channels};
    struct h5_shape shape;
    enum lfads_status status;

    *trials = 0;
    if (session_lacks(&s->data, name))
        return LFADS_OK;
    status = shape_of(&shape, &s->data, name, expected, s->err);
    *trials = status == LFADS_OK ? shape.dims[0] : 0;
    return status;
}

enum lfads_status evaluation_read(struct evaluation *s)
{
    char name[40];
    enum lfads_status status = open_files(s);

    if (status == LFADS_OK) {
        evaluation_data_name(name, s, s->set);
        status = h5_has(&s->data, name) ? check_run(s, name)
                                        : session_keys_missing(&s->data, name, s->err);
    }
    if (status == LFADS_OK)
        status = read_trials(&s->counts, s, &s->data, name, s->channels);
    if (status == LFADS_OK)
        status = read_trials(&s->output, s, &s->run, evaluation_key(RESULT_OUTPUT), s->outputs);
    /* counts' means are not negative, variances are above 0 */
    if (status == LFADS_OK && s->distribution->data == DATA_COUNTS)
        status =
            check_numbers(s->output, s, &s->run, evaluation_key(RESULT_OUTPUT), s->outputs, 0, 0);
    if (status == LFADS_OK && s->distribution->written > 1)
        status = check_numbers(s->output, s, &s->run, evaluation_key(RESULT_OUTPUT), s->outputs,
                               s->channels, DBL_MIN);
    return status == LFADS_OK ? read_truth(s) : status;
}

/* Reads the drawn trial's [T,count] of a data set [trials,T,count]; the caller frees *OUT. *OUT
 * stays NULL if the file lacks the data set. */
static enum lfads_status read_inputs(double **out, size_t *count, const struct evaluation *s,
                                     const struct h5_file *file, const char *name)
{
    size_t skip = unscored(s, file), bins = s->bins + skip;
    const size_t expected[] = {SHAPE_ANY, bins, SHAPE_ANY};
    struct h5_shape shape;
    enum lfads_status status;

    if (!h5_has(file, name))
        return LFADS_OK;
    status = shape_of(&shape, file, name, expected, s->err);
    if (status != LFADS_OK)
        return status;
    if (shape.dims[0] < s->trials || shape.dims[1] != bins)
        return lfads_fail(s->err, LFADS_BAD_DATA, "%s: %s are not those of its trials", file->path,
                          name);
    *count = shape.dims[2];
    *out = calloc(bins * *count, sizeof **out);
    if (!*out)
        return lfads_fail(s->err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    status = shape_read_rows(*out, H5_FLOAT64, file, name, shape.dims[0], s->what->trial, 1,
                             bins * *count, s->err);
    drop_unscored(*out, s, skip, 1, *count);
    return status;
}

enum lfads_status evaluation_read_inferred_inputs(double **out, size_t *count,
                                                  const struct evaluation *s)
{
    return read_inputs(out, count, s, &s->run, evaluation_key(RESULT_INPUTS));
}

enum lfads_status evaluation_read_true_inputs(double **out, size_t *count,
                                              const struct evaluation *s)
{
    /* the names that the generators of synthetic sets use */
    static const char *const names[] = {"input_%s_truth", "%s_inputs_u"};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < sizeof names / sizeof names[0] && status == LFADS_OK && !*out; i++) {
        char name[40];

        snprintf(name, sizeof name, names[i], s->set);
        status = read_inputs(out, count, s, &s->data, name);
    }
    return status;
}

double evaluation_bin_width(const struct evaluation *s) { return session_bin_width(&s->data); }

void evaluation_release(struct evaluation *s)
{
    h5_close(&s->data, NULL);
    h5_close(&s->run, NULL);
    free(s->counts);
    free(s->output);
    free(s->truth);
}
