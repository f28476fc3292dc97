/* dataset.c - reads the files of a data set.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/dataset.h"

#include <stdlib.h>
#include <string.h>

/* Fails if session S can't be in a data set with the first one. */
static enum lfads_status check_session(const struct session *s, const struct session *first,
                                       struct lfads_error *err)
{
    if (s->bins != first->bins)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s has %zu bins a trial, but session %s has %zu: all sessions must "
                          "have the same",
                          s->path, s->bins, first->name, first->bins);
    if (s->has_encoded != first->has_encoded || s->encoded_bins != first->encoded_bins)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s and session %s have arrays for the encoders of different length, "
                          "or one has none: all sessions must have the same",
                          s->path, first->name);
    if (s->ext_inputs != first->ext_inputs)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s has %zu external inputs, and session %s has %zu: all sessions must "
                          "have the same; --ext_input_dim=0 leaves them unread",
                          s->path, s->ext_inputs, first->name, first->ext_inputs);
    if (s->alignment_matrix && first->alignment_matrix &&
        s->alignment_columns != first->alignment_columns)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s has an alignment matrix of %zu factors, and session %s one of %zu: "
                          "align all sessions together",
                          s->path, s->alignment_columns, first->name, first->alignment_columns);
    return LFADS_OK;
}

/* Test trials count only if every session has some, as in lfads-torch. */
static void forget_lone_tests(struct dataset *dataset)
{
    bool all = true;

    for (size_t i = 0; i < dataset->count; i++)
        all = all && dataset->sessions[i]->set[SESSION_TEST].count > 0;
    for (size_t i = 0; i < dataset->count && !all; i++)
        dataset->sessions[i]->set[SESSION_TEST].count = 0;
}

static enum lfads_status open_sessions(struct dataset *dataset, const struct session_files *files,
                                       const struct session_wants *wants, struct lfads_error *err)
{
    size_t used = 0;

    for (size_t i = 0; i < files->count; i++) {
        const struct session_file *file = &files->file[i];
        struct session_wants remaining = *wants;
        enum lfads_status status;

        remaining.limits.memory -= used < remaining.limits.memory ? used : remaining.limits.memory;
        status = file->arrays
                     ? session_open_arrays(&dataset->sessions[i], file->arrays, file->path,
                                           file->name, &remaining, err)
                     : session_open(&dataset->sessions[i], file->path, file->name, &remaining, err);
        if (status != LFADS_OK)
            return status;
        dataset->count++;
        dataset->sessions[i]->label = strdup(file->label);
        if (!dataset->sessions[i]->label)
            return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a data set");
        used += session_memory(dataset->sessions[i]);
        status = check_session(dataset->sessions[i], dataset->sessions[0], err);
        if (status != LFADS_OK)
            return status;
        dataset->bins = dataset->sessions[i]->bins;
    }
    forget_lone_tests(dataset);
    return LFADS_OK;
}

enum lfads_status dataset_open(struct dataset **out, const struct session_files *files,
                               const struct session_wants *wants, struct lfads_error *err)
{
    struct dataset *dataset = calloc(1, sizeof *dataset);
    enum lfads_status status;

    *out = NULL;
    if (dataset)
        dataset->sessions = calloc(files->count, sizeof(struct session *));
    status = dataset && dataset->sessions
                 ? open_sessions(dataset, files, wants, err)
                 : lfads_fail(err, LFADS_NO_MEMORY, "no memory for a data set");
    if (status != LFADS_OK) {
        dataset_close(dataset);
        return status;
    }
    *out = dataset;
    return LFADS_OK;
}

void dataset_close(struct dataset *dataset)
{
    if (!dataset)
        return;
    for (size_t i = 0; i < dataset->count; i++)
        session_close(dataset->sessions[i]);
    free(dataset->sessions);
    free(dataset);
}

int dataset_find(const struct dataset *dataset, const char *name)
{
    for (size_t i = 0; i < dataset->count; i++)
        if (strcmp(dataset->sessions[i]->name, name) == 0)
            return (int)i;
    return -1;
}
