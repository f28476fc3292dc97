/* session.h - one recording: trials of counts or reals, external inputs, alignment. Every shape and
 * every number is checked when it is read (files.md, "Data file").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_SESSION_H
#define LFADS_DATA_SESSION_H
#include "config/trial.h"
#include "data/trial_store.h"
#include "h5/h5.h"

enum session_set { SESSION_TRAIN, SESSION_VALID, SESSION_SETS };

/* What the reader has to know of the model, and where the trials may be kept. */
struct session_wants {
    bool counts;                  /* whole, not negative (Poisson); else finite reals */
    size_t ext_inputs;            /* E, 0: none are read */
    size_t factors;               /* the columns that an alignment matrix must have */
    struct storage_limits limits; /* for all of a session's trials together */
};

/* The trials of one set. */
struct session_trials {
    size_t count;
    struct trial_store array[TRIAL_ARRAYS]; /* records [T,width]; none where the width is 0 */
    double sum;                             /* of all numbers of the observed array */
    bool has_truth;                         /* the file has true rates of these trials */
};

struct session {
    char *name, *path;
    size_t bins, channels, ext_inputs; /* T, N, E */
    struct session_trials set[SESSION_SETS];
    double *alignment_matrix; /* [N,F] or NULL */
    double *alignment_bias;   /* [N] or NULL */
    double conversion;        /* model's rates times it are in the truth's unit; 1 if not said */
};

/* "train" or "valid". */
const char *session_set_name(enum session_set set);

/* Sets *FACTOR to the file's conversion_factor, 1 if it has none. Fails unless it is finite and
 * above 0. */
enum lfads_status session_read_conversion(double *factor, const struct h5_file *file,
                                          struct lfads_error *err);

/* Reads the file at PATH as session NAME. On success *OUT is the caller's, freed by session_close;
 * on failure it is NULL and ERR names file, data set and, where a number is wrong, its place. */
enum lfads_status session_open(struct session **out, const char *path, const char *name,
                               const struct session_wants *wants, struct lfads_error *err);
void session_close(struct session *session);

/* Width of the session's records of ARRAY: channels or inputs; 0: the session does not have it. */
size_t session_width(const struct session *session, enum trial_array array);
/* Bytes of its trials that are in memory, and whether any are in a file. */
size_t session_memory(const struct session *session);
bool session_streams(const struct session *session);

/* Copies ARRAY [T,width] of trial TRIAL; the width must not be 0. */
enum lfads_status session_read_trial(float *values, const struct session *session,
                                     enum session_set set, enum trial_array array, size_t trial,
                                     struct lfads_error *err);
/* Reads the true rates of trial TRIAL, [T,N], from the file; its set must have them. */
enum lfads_status session_read_truth(double *dst, const struct session *session,
                                     enum session_set set, size_t trial, struct lfads_error *err);
#endif
