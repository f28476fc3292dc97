/* recording.h - writes the file of a synthetic session. Its trials come in order and go to the
 * training or the validation set (synth.md 2 and 6).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_RECORDING_H
#define LFADS_SYNTH_RECORDING_H
#include "config/synth_config.h"
#include "h5/h5.h"

enum { RECORDING_MAX_KEYS = 4 };

/* A data set with a row for every trial. */
struct recording_key {
    const char *format; /* its name; %s stands for train or valid */
    enum h5_type type;
    size_t channels; /* [trials,T,channels]; 0: [trials,T] */
};

/* The training and validation data sets of one key. Rows are buffered until there are enough to
 * compress on several threads. */
struct recording_rows {
    struct h5_rows rows[2];         /* train, valid */
    size_t written[2], buffered[2]; /* rows */
    char *block[2];
    size_t bytes; /* of a row */
};

struct recording {
    struct h5_file file;
    struct recording_rows key[RECORDING_MAX_KEYS];
    size_t keys;
    size_t conditions, replications;
    size_t train; /* replications of a condition that train */
};

/* Training trials of a condition. */
size_t recording_train_trials(const struct lfads_synth_config *config);

/* Begins the file PATH under its staged name, with N_KEYS keys; a trial has BINS bins. Leaves
 * nothing behind on failure. */
enum lfads_status recording_create(struct recording *recording, const char *path,
                                   const struct lfads_synth_config *config, size_t bins,
                                   const struct recording_key *keys, size_t n_keys,
                                   struct lfads_error *err);
/* Adds a trial, number REPLICATION of its condition. ROWS holds one row for each key, in their
 * order. */
enum lfads_status recording_add(struct recording *recording, size_t replication,
                                const void *const *rows, struct lfads_error *err);
/* Writes an integer for each trial of both sets: VALUES [conditions*replications] or, if NULL, the
 * trial's condition. FORMAT is the key's name with %s. */
enum lfads_status recording_write_integers(struct recording *recording, const char *format,
                                           const size_t *values, struct lfads_error *err);
/* Writes the scalars that all synthetic files have. */
enum lfads_status recording_write_scalars(struct recording *recording,
                                          const struct lfads_synth_config *config,
                                          double conversion, struct lfads_error *err);
/* Renames the complete file, reports it, and frees RECORDING. */
enum lfads_status recording_commit(struct recording *recording,
                                   const struct lfads_callbacks *callbacks,
                                   struct lfads_error *err);
/* Removes a file that was not committed. Does nothing if it was committed or not begun. */
void recording_discard(struct recording *recording);
#endif
