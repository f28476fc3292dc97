/* session.c - reads and checks the parts of a data file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/session.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/trial_reader.h"
#include "h5/h5.h"

const char *session_set_name(enum session_set set)
{
    return set == SESSION_TRAIN ? "train" : "valid";
}

/* A reading in progress. */
struct reading {
    struct session *session;
    const struct session_wants *wants;
    struct storage_limits limits; /* what remains of the limits */
    struct h5_file file;
    struct lfads_error *err;
};

static enum lfads_status wrong_shape(const struct reading *r, const char *name,
                                     const struct h5_shape *shape, const char *wanted)
{
    char text[120] = "[";

    for (size_t i = 0; i < shape->rank; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%zu", i ? "," : "",
                 shape->dims[i]);
    return lfads_fail(r->err, LFADS_BAD_DATA, "%s: %s has the shape %s], and %s is needed",
                      r->file.path, name, text, wanted);
}

/* Reads the shape of a numeric data set, which must have RANK axes. */
static enum lfads_status shape_of(struct h5_shape *shape, const struct reading *r, const char *name,
                                  size_t rank, const char *wanted)
{
    enum lfads_status status = h5_shape(shape, &r->file, name, r->err);

    if (status != LFADS_OK)
        return status;
    if (!shape->numeric)
        return lfads_fail(r->err, LFADS_BAD_DATA, "%s: %s does not hold numbers", r->file.path,
                          name);
    return shape->rank == rank ? LFADS_OK : wrong_shape(r, name, shape, wanted);
}

/* Reads all trials of a data set whose shape is right, and subtracts their memory from the limits.
 */
static enum lfads_status read_trials(struct trial_store *store, double *sum, struct reading *r,
                                     const char *name, size_t trials, size_t width, bool counts)
{
    struct trial_reader reader = {.file = &r->file,
                                  .name = name,
                                  .trials = trials,
                                  .bins = r->session->bins,
                                  .width = width,
                                  .counts = counts,
                                  .limits = r->limits};
    enum lfads_status status = trial_reader_read(store, sum, &reader, r->err);
    size_t used = trial_store_memory(store);

    r->limits.memory -= used < r->limits.memory ? used : r->limits.memory;
    return status;
}

static enum lfads_status read_ext(struct reading *r, enum session_set set)
{
    struct session_trials *trials = &r->session->set[set];
    size_t width = r->wants->ext_inputs;
    char name[40], wanted[100];
    struct h5_shape shape;
    enum lfads_status status;
    double sum;

    snprintf(name, sizeof name, "%s_ext_input", session_set_name(set));
    snprintf(wanted, sizeof wanted, "[%zu,%zu,%zu] (--ext_input_dim=%zu)", trials->count,
             r->session->bins, width, width);
    status = shape_of(&shape, r, name, 3, wanted);
    if (status != LFADS_OK)
        return status;
    if (shape.dims[0] != trials->count || shape.dims[1] != r->session->bins ||
        shape.dims[2] != width)
        return wrong_shape(r, name, &shape, wanted);
    return read_trials(&trials->array[TRIAL_EXT], &sum, r, name, trials->count, width, false);
}

/* Notes whether the file has true rates, and checks their shape. They serve plots and scores only
 * and are read on demand. */
static enum lfads_status find_truth(struct reading *r, enum session_set set)
{
    struct session_trials *trials = &r->session->set[set];
    char name[40], wanted[100];
    struct h5_shape shape;
    enum lfads_status status;

    snprintf(name, sizeof name, "%s_truth", session_set_name(set));
    if (!h5_has(&r->file, name))
        return LFADS_OK;
    snprintf(wanted, sizeof wanted, "[%zu,%zu,%zu] as of %s_data", trials->count, r->session->bins,
             r->session->channels, session_set_name(set));
    status = shape_of(&shape, r, name, 3, wanted);
    if (status == LFADS_OK &&
        (shape.dims[0] != trials->count || shape.dims[1] != r->session->bins ||
         shape.dims[2] != r->session->channels))
        status = wrong_shape(r, name, &shape, wanted);
    trials->has_truth = status == LFADS_OK;
    return status;
}

enum lfads_status session_read_conversion(double *factor, const struct h5_file *file,
                                          struct lfads_error *err)
{
    enum lfads_status status;

    *factor = 1;
    if (!h5_has(file, "conversion_factor"))
        return LFADS_OK;
    status = h5_read(factor, H5_FLOAT64, file, "conversion_factor", 1, err);
    if (status == LFADS_OK && (!isfinite(*factor) || *factor <= 0))
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s: conversion_factor is %g, and a number above 0 is needed",
                            file->path, *factor);
    return status;
}

static enum lfads_status read_set(struct reading *r, enum session_set set)
{
    struct session *s = r->session;
    struct session_trials *trials = &s->set[set];
    char name[40], wanted[100] = "[trials,bins,channels] with at least one of each";
    struct h5_shape shape;
    enum lfads_status status;

    snprintf(name, sizeof name, "%s_data", session_set_name(set));
    status = shape_of(&shape, r, name, 3, wanted);
    if (status != LFADS_OK)
        return status;
    if (shape.dims[1] == 0 || shape.dims[2] == 0 || (set == SESSION_TRAIN && shape.dims[0] == 0))
        return wrong_shape(r, name, &shape, wanted);
    if (set == SESSION_TRAIN) {
        s->bins = shape.dims[1];
        s->channels = shape.dims[2];
    }
    snprintf(wanted, sizeof wanted, "[trials,%zu,%zu] as of train_data", s->bins, s->channels);
    if (shape.dims[1] != s->bins || shape.dims[2] != s->channels)
        return wrong_shape(r, name, &shape, wanted);
    trials->count = shape.dims[0];
    status = read_trials(&trials->array[TRIAL_OBSERVED], &trials->sum, r, name, trials->count,
                         s->channels, r->wants->counts);
    if (status == LFADS_OK && r->wants->ext_inputs)
        status = read_ext(r, set);
    if (status == LFADS_OK)
        status = find_truth(r, set);
    return status;
}

/* Reads [N,COLUMNS] or, for COLUMNS 0, [N] finite doubles. *OUT stays NULL if the file has none. */
static enum lfads_status read_alignment(double **out, const struct reading *r, const char *name,
                                        size_t columns)
{
    size_t n = r->session->channels, rank = columns ? 2 : 1, count = columns ? n * columns : n;
    char wanted[100];
    struct h5_shape shape;
    enum lfads_status status;

    if (!h5_has(&r->file, name))
        return LFADS_OK;
    if (columns)
        snprintf(wanted, sizeof wanted, "[%zu,%zu] (channels, --factors_dim)", n, columns);
    else
        snprintf(wanted, sizeof wanted, "[%zu] (channels)", n);
    status = shape_of(&shape, r, name, rank, wanted);
    if (status != LFADS_OK)
        return status;
    if (shape.dims[0] != n || (columns && shape.dims[1] != columns))
        return wrong_shape(r, name, &shape, wanted);
    *out = calloc(count, sizeof **out);
    if (!*out)
        return lfads_fail(r->err, LFADS_NO_MEMORY, "no memory to read %s", r->file.path);
    status = h5_read(*out, H5_FLOAT64, &r->file, name, count, r->err);
    for (size_t i = 0; i < count && status == LFADS_OK; i++)
        if (!isfinite((float)(*out)[i]))
            status = lfads_fail(r->err, LFADS_BAD_DATA,
                                "%s: %s has a number that is not finite, in row %zu", r->file.path,
                                name, columns ? i / columns : i);
    return status;
}

static enum lfads_status read_all(struct reading *r)
{
    enum lfads_status status = read_set(r, SESSION_TRAIN);

    if (status == LFADS_OK && h5_has(&r->file, "valid_data"))
        status = read_set(r, SESSION_VALID);
    if (status == LFADS_OK)
        status = read_alignment(&r->session->alignment_matrix, r, "alignment_matrix_cxf",
                                r->wants->factors);
    if (status == LFADS_OK)
        status = read_alignment(&r->session->alignment_bias, r, "alignment_bias_c", 0);
    if (status == LFADS_OK)
        status = session_read_conversion(&r->session->conversion, &r->file, r->err);
    return status;
}

enum lfads_status session_open(struct session **out, const char *path, const char *name,
                               const struct session_wants *wants, struct lfads_error *err)
{
    struct reading r = {.wants = wants, .limits = wants->limits, .err = err};
    enum lfads_status status;

    *out = NULL;
    status = h5_open(&r.file, path, err);
    if (status != LFADS_OK)
        return status;
    r.session = calloc(1, sizeof *r.session);
    if (r.session && (r.session->name = strdup(name)) && (r.session->path = strdup(path))) {
        r.session->ext_inputs = wants->ext_inputs;
        status = read_all(&r);
    } else {
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
    }
    h5_close(&r.file, NULL);
    if (status != LFADS_OK) {
        session_close(r.session);
        return status;
    }
    *out = r.session;
    return LFADS_OK;
}

void session_close(struct session *session)
{
    if (!session)
        return;
    for (int set = 0; set < SESSION_SETS; set++)
        for (int array = 0; array < TRIAL_ARRAYS; array++)
            trial_store_end(&session->set[set].array[array]);
    free(session->alignment_matrix);
    free(session->alignment_bias);
    free(session->name);
    free(session->path);
    free(session);
}

size_t session_width(const struct session *session, enum trial_array array)
{
    switch (array) {
    case TRIAL_OBSERVED:
        return session->channels;
    case TRIAL_EXT:
        return session->ext_inputs;
    default:
        return 0;
    }
}

size_t session_memory(const struct session *session)
{
    size_t bytes = 0;

    for (int set = 0; set < SESSION_SETS; set++)
        for (int array = 0; array < TRIAL_ARRAYS; array++)
            bytes += trial_store_memory(&session->set[set].array[array]);
    return bytes;
}

bool session_streams(const struct session *session)
{
    bool any = false;

    for (int set = 0; set < SESSION_SETS; set++)
        for (int array = 0; array < TRIAL_ARRAYS; array++)
            any = any || trial_store_streams(&session->set[set].array[array]);
    return any;
}

enum lfads_status session_read_trial(float *values, const struct session *session,
                                     enum session_set set, enum trial_array array, size_t trial,
                                     struct lfads_error *err)
{
    const struct trial_store *store = &session->set[set].array[array];
    void *bytes = malloc(store->numbers * sizeof *values);
    enum lfads_status status = bytes ? trial_store_read(bytes, store, trial, err)
                                     : lfads_fail(err, LFADS_NO_MEMORY, "no memory for a trial");

    if (status == LFADS_OK)
        trial_store_unpack(values, bytes, store->type, store->numbers);
    free(bytes);
    return status;
}

enum lfads_status session_read_truth(double *dst, const struct session *session,
                                     enum session_set set, size_t trial, struct lfads_error *err)
{
    char name[40];
    struct h5_file file;
    enum lfads_status status = h5_open(&file, session->path, err);

    assert(session->set[set].has_truth && trial < session->set[set].count);
    if (status != LFADS_OK)
        return status;
    snprintf(name, sizeof name, "%s_truth", session_set_name(set));
    status = h5_read_rows(dst, H5_FLOAT64, &file, name, trial, 1, session->bins * session->channels,
                          err);
    h5_close(&file, NULL);
    return status;
}
