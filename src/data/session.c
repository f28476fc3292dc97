/* session.c - reading and checking a data file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/session.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/h5.h"

enum { TRIALS_AT_ONCE = 64 };

const char *session_set_name(enum session_set set)
{
    return set == SESSION_TRAIN ? "train" : "valid";
}

/* A reading in progress. */
struct reading {
    struct session *session;
    const struct session_wants *wants;
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

/* The shape of a numeric data set of RANK axes. */
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

/* Says of a number that can't be used where it stands. */
static enum lfads_status wrong_number(const struct reading *r, const char *name, size_t place,
                                      size_t width, double value)
{
    size_t trial = place / (r->session->bins * width), rest = place % (r->session->bins * width);

    return lfads_fail(r->err, LFADS_BAD_DATA, "%s: %s is %g in trial %zu, bin %zu, channel %zu; %s",
                      r->file.path, name, value, trial, rest / width, rest % width,
                      isfinite(value) ? "poisson takes whole counts from 0 on: correct the data or "
                                        "use --output_dist=gaussian"
                                      : "only finite numbers can be used: correct the data");
}

/* Reads [trials,T,width] in pieces, checks each number and stores it by KEEP. */
static enum lfads_status read_trials(const struct reading *r, const char *name, size_t trials,
                                     size_t width, bool counts, float *reals, double *largest,
                                     double *sum)
{
    size_t size = r->session->bins * width;
    double *piece = malloc((TRIALS_AT_ONCE * size + 1) * sizeof *piece);
    enum lfads_status status = LFADS_OK;

    if (!piece)
        return lfads_fail(r->err, LFADS_NO_MEMORY, "no memory to read %s", r->file.path);
    for (size_t first = 0; first < trials && status == LFADS_OK; first += TRIALS_AT_ONCE) {
        size_t some = trials - first < TRIALS_AT_ONCE ? trials - first : TRIALS_AT_ONCE;

        status = h5_read_rows(piece, H5_FLOAT64, &r->file, name, first, some, r->err);
        for (size_t i = 0; i < some * size && status == LFADS_OK; i++) {
            if (!isfinite(piece[i]) ||
                (counts && (piece[i] < 0 || piece[i] != floor(piece[i]) || piece[i] > 1e6)))
                status = wrong_number(r, name, first * size + i, width, piece[i]);
            reals[first * size + i] = (float)piece[i];
            *largest = fmax(*largest, piece[i]);
            *sum += piece[i];
        }
    }
    free(piece);
    return status;
}

static float *allocate(const struct reading *r, size_t trials, size_t width,
                       enum lfads_status *status)
{
    size_t count;
    float *numbers = NULL;

    if (!__builtin_mul_overflow(trials, r->session->bins * width, &count) && count < SIZE_MAX / 16)
        numbers = malloc((count + 1) * sizeof *numbers);
    *status = numbers ? LFADS_OK
                      : lfads_fail(r->err, LFADS_NO_MEMORY, "no memory for %zu trials of %s",
                                   trials, r->file.path);
    return numbers;
}

/* Counts that all fit are kept as bytes. */
static void pack(struct session_trials *trials, size_t count, double largest)
{
    uint8_t *bytes = largest < 256 ? malloc(count + 1) : NULL;

    if (!bytes)
        return; /* the reals serve as well */
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)trials->reals[i];
    free(trials->reals);
    trials->reals = NULL;
    trials->bytes = bytes;
}

static enum lfads_status read_ext(struct reading *r, enum session_set set)
{
    struct session_trials *trials = &r->session->set[set];
    size_t width = r->wants->ext_inputs;
    char name[40], wanted[100];
    struct h5_shape shape;
    enum lfads_status status;
    double largest = 0, sum = 0;

    snprintf(name, sizeof name, "%s_ext_input", session_set_name(set));
    snprintf(wanted, sizeof wanted, "[%zu,%zu,%zu] (--ext_input_dim=%zu)", trials->count,
             r->session->bins, width, width);
    status = shape_of(&shape, r, name, 3, wanted);
    if (status != LFADS_OK)
        return status;
    if (shape.dims[0] != trials->count || shape.dims[1] != r->session->bins ||
        shape.dims[2] != width)
        return wrong_shape(r, name, &shape, wanted);
    trials->ext = allocate(r, trials->count, width, &status);
    if (status != LFADS_OK)
        return status;
    return read_trials(r, name, trials->count, width, false, trials->ext, &largest, &sum);
}

/* Notes whether there is a truth; it is for looking at only and read when it is wanted. */
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

static enum lfads_status read_conversion(struct reading *r)
{
    double value;
    enum lfads_status status;

    r->session->conversion = 1;
    if (!h5_has(&r->file, "conversion_factor"))
        return LFADS_OK;
    status = h5_read(&value, H5_FLOAT64, &r->file, "conversion_factor", 1, r->err);
    if (status == LFADS_OK && (!isfinite(value) || value <= 0))
        status = lfads_fail(r->err, LFADS_BAD_DATA,
                            "%s: conversion_factor is %g, and a number above 0 is needed",
                            r->file.path, value);
    if (status == LFADS_OK)
        r->session->conversion = value;
    return status;
}

static enum lfads_status read_set(struct reading *r, enum session_set set)
{
    struct session *s = r->session;
    struct session_trials *trials = &s->set[set];
    char name[40], wanted[100] = "[trials,bins,channels] with at least one of each";
    struct h5_shape shape;
    enum lfads_status status;
    double largest = 0;

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
    trials->reals = allocate(r, trials->count, s->channels, &status);
    if (status == LFADS_OK)
        status = read_trials(r, name, trials->count, s->channels, r->wants->counts, trials->reals,
                             &largest, &trials->sum);
    if (status == LFADS_OK && r->wants->counts)
        pack(trials, shape.count, largest);
    if (status == LFADS_OK && r->wants->ext_inputs)
        status = read_ext(r, set);
    if (status == LFADS_OK)
        status = find_truth(r, set);
    return status;
}

/* [N,F] or [N] doubles, finite; *OUT stays NULL where the file has none. */
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
        if (!isfinite((*out)[i]))
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
        status = read_conversion(r);
    return status;
}

enum lfads_status session_open(struct session **out, const char *path, const char *name,
                               const struct session_wants *wants, struct lfads_error *err)
{
    struct reading r = {.wants = wants, .err = err};
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
    for (int set = 0; set < SESSION_SETS; set++) {
        free(session->set[set].bytes);
        free(session->set[set].reals);
        free(session->set[set].ext);
    }
    free(session->alignment_matrix);
    free(session->alignment_bias);
    free(session->name);
    free(session->path);
    free(session);
}

void session_copy_trial(float *dst, size_t stride, const struct session *session,
                        enum session_set set, size_t trial)
{
    const struct session_trials *trials = &session->set[set];
    size_t n = session->channels, from = trial * session->bins * n;

    for (size_t t = 0; t < session->bins; t++, dst += stride, from += n) {
        if (!trials->bytes) {
            memcpy(dst, trials->reals + from, n * sizeof *dst);
            continue;
        }
        for (size_t j = 0; j < n; j++)
            dst[j] = trials->bytes[from + j];
    }
}

void session_copy_ext(float *dst, size_t stride, const struct session *session,
                      enum session_set set, size_t trial)
{
    size_t e = session->ext_inputs;

    for (size_t t = 0; t < session->bins; t++)
        memcpy(dst + t * stride, session->set[set].ext + (trial * session->bins + t) * e,
               e * sizeof *dst);
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
    status = h5_read_rows(dst, H5_FLOAT64, &file, name, trial, 1, err);
    h5_close(&file, NULL);
    return status;
}
