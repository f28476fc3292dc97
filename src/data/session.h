/* session.h - one recording: trials of counts or reals, external inputs, alignment. Reading checks
 * every shape and every number (files.md, "Data file").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_SESSION_H
#define LFADS_DATA_SESSION_H
#include "config/trial.h"
#include "data/data_range.h"
#include "data/session_keys.h"
#include "data/trial_store.h"
#include "h5/h5.h"

struct numpy_random;

/* Training uses the first SESSION_SETS; test trials are for sampling alone. */
enum session_set {
    SESSION_TRAIN,
    SESSION_VALID,
    SESSION_SETS,
    SESSION_TEST = SESSION_SETS,
    SESSION_ALL_SETS
};

/* What the model needs of a session, and where its trials may be kept. */
struct session_wants {
    struct data_range range; /* what the data must be */
    bool missing;            /* NaN are allowed: what was not recorded */
    size_t heldout, forward; /* channels and bins that the encoders do not read, the last
                                ones; 0 if the file has an array for the encoders */
    bool heldout_of_file, ext_inputs_of_file; /* where heldout or ext_inputs is 0, as many as the
                                                 file says */
    bool factors_of_file;                     /* any number of columns of an alignment matrix */
    double sv_rate;                           /* of sample validation; 0: none */
    bool test;                                /* test trials, too */
    bool prints;                              /* fingerprints of trials */
    size_t model_bins, model_channels, model_heldout; /* T, N and held-out channels of the model's
                                                         session, for files of test trials alone;
                                                         0: there is no model */
    bool either_set;                /* one set of trials is enough, training or validation */
    struct numpy_random *sv_random; /* its random numbers: one sequence for all sessions */
    size_t ext_inputs;              /* E; 0: read no external inputs */
    size_t factors;                 /* columns that an alignment matrix must have: the read-in's */
    struct storage_limits limits;   /* for all of a session's trials together */
};

/* The trials of one set. */
struct session_trials {
    size_t count;
    struct trial_store array[TRIAL_ARRAYS]; /* records [T,width]; empty if the width is 0 */
    double sum;                             /* sum of all numbers of the observed array */
    uint32_t checksum;                      /* CRC-32 of the observed array's numbers as floats */
    uint64_t *print;      /* [count]: each trial's fingerprint (fingerprint.h); NULL: none */
    uint32_t *missing;    /* [count]: NaN in each trial's observed array; NULL: none */
    bool has_truth;       /* the file has true rates of these trials */
    struct key_list kept; /* arrays of these trials that go along into results */
};

struct session {
    char *name, *path;
    const struct h5_arrays *arrays;        /* where it was read, in place of a file; or NULL */
    char *label;                           /* in the names of results; owned */
    size_t bins, channels, ext_inputs;     /* T, N, E */
    bool has_encoded;                      /* the encoders read an array of their own */
    size_t encoded_bins, encoded_channels; /* T_enc, N_in */
    bool from_tensors;                     /* of the Neural Latents Benchmark (files.md) */
    bool has_sv;                           /* its trials have TRIAL_SV */
    struct session_trials set[SESSION_ALL_SETS];
    double *alignment_matrix; /* [N,F] or NULL */
    size_t alignment_columns; /* F */
    double *alignment_bias;   /* [N] or NULL */
    struct session_keys keys; /* of its file */
    size_t rounded;           /* numbers that were whole but for rounding, and became counts */
    size_t missing;           /* NaN in all arrays that may have them */
    double bin_width;         /* seconds; 0: unknown */
    double conversion;        /* rates times it are in the truth's unit; 1 if the file has none */
};

/* "train", "valid" or "test". */
const char *session_set_name(enum session_set set);

/* Whether FILE has no data set NAME, or an empty one, as programs write what they have not. */
bool session_lacks(const struct h5_file *file, const char *name);
/* Returns the width of a bin in seconds, as the file's dt says; 0: unknown. */
double session_bin_width(const struct h5_file *file);
/* Sets *FACTOR to the file's conversion_factor, 1 if it has none or NaN. Fails unless it is finite
 * and above 0. */
enum lfads_status session_read_conversion(double *factor, const struct h5_file *file,
                                          struct lfads_error *err);

/* Reads the file at PATH as session NAME. On success the caller frees *OUT with session_close. On
 * failure *OUT is NULL and ERR names the file, the data set and, for a wrong number, its position.
 */
enum lfads_status session_open(struct session **out, const char *path, const char *name,
                               const struct session_wants *wants, struct lfads_error *err);
/* The same of ARRAYS in memory, which must outlive the session; PATH stands for them in sentences.
 */
enum lfads_status session_open_arrays(struct session **out, const struct h5_arrays *arrays,
                                      const char *path, const char *name,
                                      const struct session_wants *wants, struct lfads_error *err);
/* Opens once more what the session was read from. */
enum lfads_status session_reopen(struct h5_file *file, const struct session *session,
                                 struct lfads_error *err);
void session_close(struct session *session);

/* Bins and width of the session's records of ARRAY; the width is 0 if it has no such array. */
size_t session_bins(const struct session *session, enum trial_array array);
size_t session_width(const struct session *session, enum trial_array array);
/* Numbers of the set's observed array that were not recorded. */
size_t session_trials_missing(const struct session_trials *trials);
/* A checksum of its training trials; 0 if it has none. */
uint32_t session_checksum(const struct session *session);
/* Sets *COUNT to the validation trials whose numbers are those of a training trial, too. */
enum lfads_status session_count_copies(size_t *count, const struct session *session,
                                       struct lfads_error *err);
/* Bytes of its trials in memory; whether any trials are in a file. */
size_t session_memory(const struct session *session);
bool session_streams(const struct session *session);

/* Copies ARRAY [T,width] of trial TRIAL. The width must not be 0. */
enum lfads_status session_read_trial(float *values, const struct session *session,
                                     enum session_set set, enum trial_array array, size_t trial,
                                     struct lfads_error *err);
/* Reads the true rates [T,N] of trial TRIAL from the file. The set must have them. */
enum lfads_status session_read_truth(double *dst, const struct session *session,
                                     enum session_set set, size_t trial, struct lfads_error *err);
#endif
