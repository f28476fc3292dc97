/* session.c - opens a data file and hands out its trials.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/session.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/fingerprint.h"
#include "data/session_private.h"
#include "data/shape_fit.h"
#include "h5/h5.h"

const char *session_set_name(enum session_set set)
{
    return set == SESSION_TRAIN ? "train" : set == SESSION_VALID ? "valid" : "test";
}

bool session_lacks(const struct h5_file *file, const char *name)
{
    struct h5_shape shape;

    return !h5_has(file, name) || (h5_shape(&shape, file, name, NULL) == LFADS_OK &&
                                   shape.count == 0 && shape.rank > 0 && shape.dims[0] == 0);
}

double session_bin_width(const struct h5_file *file)
{
    double width = 0;

    return !h5_has(file, "dt") || h5_read(&width, H5_FLOAT64, file, "dt", 1, NULL) != LFADS_OK ||
                   !isfinite(width) || width < 0
               ? 0
               : width;
}

enum lfads_status session_read_conversion(double *factor, const struct h5_file *file,
                                          struct lfads_error *err)
{
    enum lfads_status status;

    *factor = 1;
    if (session_lacks(file, "conversion_factor"))
        return LFADS_OK;
    status = h5_read(factor, H5_FLOAT64, file, "conversion_factor", 1, err);
    if (status == LFADS_OK && isnan(*factor))
        *factor = 1; /* not known */
    if (status == LFADS_OK && (!isfinite(*factor) || *factor <= 0))
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s: conversion_factor is %.9g, and a number above 0 is needed",
                            file->path, *factor);
    return status;
}

void session_reader_note_unused(struct reading *r)
{
    struct session *s = r->session;
    struct session_keys *keys = &s->keys;
    double factor;

    for (int set = 0; set < SESSION_ALL_SETS && !s->ext_inputs; set++) {
        char name[40];

        snprintf(name, sizeof name, "%s_ext_input", session_set_name((enum session_set)set));
        session_keys_note(keys, name, " (for --ext_input_dim)");
    }
    session_keys_check_units(keys, &r->file, s->channels);
    for (int set = 0; set < SESSION_ALL_SETS && !s->from_tensors; set++)
        if (s->set[set].count > 0)
            session_keys_check_trials(keys, &r->file, session_set_name((enum session_set)set),
                                      s->set[set].count);
    if (session_bin_width(&r->file) <= 0)
        session_keys_note(keys, "dt", " (no seconds above 0)");
    if (!session_lacks(&r->file, "conversion_factor") &&
        h5_read(&factor, H5_FLOAT64, &r->file, "conversion_factor", 1, NULL) == LFADS_OK &&
        isnan(factor))
        session_keys_note(keys, "conversion_factor", " (NaN)");
}

enum lfads_status session_reader_heldout(size_t *heldout, const struct reading *reading,
                                         size_t channels)
{
    double number = 0;
    enum lfads_status status = LFADS_OK;

    *heldout = reading->wants->heldout;
    if (*heldout || !reading->wants->heldout_of_file || !h5_has(&reading->file, "heldout_dim"))
        return LFADS_OK;
    status = h5_read(&number, H5_FLOAT64, &reading->file, "heldout_dim", 1, reading->err);
    if (status == LFADS_OK &&
        (!(number >= 0 && number < (double)channels) || number != floor(number)))
        return lfads_fail(
            reading->err, LFADS_BAD_DATA,
            "%s: heldout_dim is %.9g, and must be a whole number from 0 to below its %zu channels: "
            "correct it, or give --heldout_dim",
            reading->file.path, number, channels);
    *heldout = (size_t)number;
    return status;
}

enum lfads_status session_reader_ext_inputs(struct reading *reading)
{
    struct h5_shape shape = {.rank = 0};
    enum lfads_status status = LFADS_OK;

    reading->session->ext_inputs = reading->wants->ext_inputs;
    if (reading->wants->ext_inputs || !reading->wants->ext_inputs_of_file ||
        !h5_has(&reading->file, "train_ext_input"))
        return LFADS_OK;
    status = h5_shape(&shape, &reading->file, "train_ext_input", reading->err);
    if (status == LFADS_OK && shape.rank >= 2) /* without an axis there is one */
        reading->session->ext_inputs = shape.rank >= 3 ? shape.dims[shape.rank - 1] : 1;
    return status;
}

static bool has_trials(const struct session *s)
{
    size_t trials = 0;

    for (int set = 0; set < SESSION_ALL_SETS; set++)
        trials += s->set[set].count;
    return trials > 0;
}

/* Reads the session of an open file. */
static enum lfads_status read_session(struct session **out, struct reading *r, const char *name)
{
    const char *path = r->file.path;
    enum lfads_status status;

    r->session = calloc(1, sizeof *r->session);
    if (r->session && (r->session->name = strdup(name)) && (r->session->path = strdup(path))) {
        r->session->arrays = r->file.arrays;
        r->session->bin_width = session_bin_width(&r->file);
        status = session_reader_ext_inputs(r);
        if (status == LFADS_OK)
            status = session_reader_read(r);
        if (status == LFADS_OK)
            status = session_read_conversion(&r->session->conversion, &r->file, r->err);
        if (status == LFADS_OK && !has_trials(r->session))
            status = lfads_fail(r->err, LFADS_BAD_DATA,
                                "%s has no trials: its arrays of data are empty", path);
    } else {
        status = lfads_fail(r->err, LFADS_NO_MEMORY, "no memory to read %s", path);
    }
    h5_close(&r->file, NULL);
    if (status != LFADS_OK) {
        session_close(r->session);
        return status;
    }
    *out = r->session;
    return LFADS_OK;
}

enum lfads_status session_open(struct session **out, const char *path, const char *name,
                               const struct session_wants *wants, struct lfads_error *err)
{
    struct reading r = {.wants = wants, .limits = wants->limits, .err = err};
    enum lfads_status status = h5_open(&r.file, path, err);

    *out = NULL;
    return status == LFADS_OK ? read_session(out, &r, name) : status;
}

enum lfads_status session_open_arrays(struct session **out, const struct h5_arrays *arrays,
                                      const char *path, const char *name,
                                      const struct session_wants *wants, struct lfads_error *err)
{
    struct reading r = {.wants = wants, .limits = wants->limits, .err = err};
    enum lfads_status status = h5_open_arrays(&r.file, arrays, path, err);

    *out = NULL;
    return status == LFADS_OK ? read_session(out, &r, name) : status;
}

enum lfads_status session_reopen(struct h5_file *file, const struct session *session,
                                 struct lfads_error *err)
{
    return session->arrays ? h5_open_arrays(file, session->arrays, session->path, err)
                           : h5_open(file, session->path, err);
}

void session_close(struct session *session)
{
    if (!session)
        return;
    for (int set = 0; set < SESSION_ALL_SETS; set++) {
        for (int array = 0; array < TRIAL_ARRAYS; array++)
            trial_store_end(&session->set[set].array[array]);
        free(session->set[set].missing);
        free(session->set[set].print);
        free(session->set[set].kept.name);
    }
    session_keys_free(&session->keys);
    free(session->alignment_matrix);
    free(session->alignment_bias);
    free(session->name);
    free(session->label);
    free(session->path);
    free(session);
}

size_t session_bins(const struct session *session, enum trial_array array)
{
    return array == TRIAL_ENCODED || array == TRIAL_SV ? session->encoded_bins : session->bins;
}

size_t session_width(const struct session *session, enum trial_array array)
{
    switch (array) {
    case TRIAL_OBSERVED:
        return session->channels;
    case TRIAL_ENCODED:
        return session->has_encoded ? session->encoded_channels : 0;
    case TRIAL_EXT:
        return session->ext_inputs;
    case TRIAL_SV:
        return session->has_sv ? session->encoded_channels : 0;
    case TRIAL_ARRAYS:
        break;
    }
    return 0;
}

size_t session_trials_missing(const struct session_trials *trials)
{
    size_t count = 0;

    for (size_t i = 0; trials->missing && i < trials->count; i++)
        count += trials->missing[i];
    return count;
}

uint32_t session_checksum(const struct session *session)
{
    const struct session_trials *train = &session->set[SESSION_TRAIN];

    return train->count && !train->checksum ? 1 : train->checksum;
}

enum lfads_status session_count_copies(size_t *count, const struct session *session,
                                       struct lfads_error *err)
{
    const struct session_trials *train = &session->set[SESSION_TRAIN],
                                *valid = &session->set[SESSION_VALID];

    *count = 0;
    if (!train->print || !valid->print ||
        fingerprints_common(count, valid->print, valid->count, train->print, train->count))
        return LFADS_OK;
    return lfads_fail(err, LFADS_NO_MEMORY, "no memory to compare the trials of %s", session->path);
}

size_t session_memory(const struct session *session)
{
    size_t bytes = 0;

    for (int set = 0; set < SESSION_ALL_SETS; set++)
        for (int array = 0; array < TRIAL_ARRAYS; array++)
            bytes += trial_store_memory(&session->set[set].array[array]);
    return bytes;
}

bool session_streams(const struct session *session)
{
    bool any = false;

    for (int set = 0; set < SESSION_ALL_SETS; set++)
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
    enum lfads_status status = session_reopen(&file, session, err);

    assert(session->set[set].has_truth && trial < session->set[set].count);
    if (status != LFADS_OK)
        return status;
    snprintf(name, sizeof name, "%s_truth", session_set_name(set));
    status = shape_read_rows(dst, H5_FLOAT64, &file, name, session->set[set].count, trial, 1,
                             session->bins * session->channels, err);
    h5_close(&file, NULL);
    return status;
}
