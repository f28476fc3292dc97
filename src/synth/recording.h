/* recording.h - a synthetic session's file in the making: its trials arrive in order and go to the
 * training or the validation set (synth.md 2 and 6).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_RECORDING_H
#define LFADS_SYNTH_RECORDING_H
#include "config/synth_config.h"
#include "h5/h5.h"

enum { RECORDING_MOST_KEYS = 4 };

/* A key that every trial has a row of. */
struct recording_key {
    const char *format; /* its name, %s for train or valid */
    enum h5_type type;
    size_t channels; /* [trials,T,channels]; 0: [trials,T] */
};

/* One key's two data sets: rows are collected until there are enough to compress side by side. */
struct recording_rows {
    struct h5_rows rows[2]; /* train, valid */
    size_t done[2], held[2];
    char *block[2];
    size_t bytes; /* of a row */
};

struct recording {
    struct h5_file file;
    struct recording_rows key[RECORDING_MOST_KEYS];
    size_t keys;
    size_t conditions, replications, train; /* train of a condition's replications train */
};

/* Trials of a condition that train. */
size_t recording_train_share(const struct lfads_synth_config *config);

/* Begins the file PATH under its staged name, with KEYS keys of trials of BINS bins. On failure
 * nothing is left. */
enum lfads_status recording_create(struct recording *recording, const char *path,
                                   const struct lfads_synth_config *config, size_t bins,
                                   const struct recording_key *keys, size_t n_keys,
                                   struct lfads_error *err);
/* Takes a trial, the REPLICATION-th of its condition: a row for each key, in their order. */
enum lfads_status recording_add(struct recording *recording, size_t replication,
                                const void *const *rows, struct lfads_error *err);
/* Writes a whole number for each trial of both sets: VALUES [conditions*replications] or, NULL, its
 * condition. FORMAT is the key's name with %s. */
enum lfads_status recording_write_whole(struct recording *recording, const char *format,
                                        const size_t *values, struct lfads_error *err);
/* Writes the scalars that all sets have. */
enum lfads_status recording_write_scalars(struct recording *recording,
                                          const struct lfads_synth_config *config,
                                          double conversion, struct lfads_error *err);
/* Gives the whole file its name, says so, and releases it. */
enum lfads_status recording_commit(struct recording *recording,
                                   const struct lfads_callbacks *callbacks,
                                   struct lfads_error *err);
/* Drops a file that was not committed; takes one that was, or none. */
void recording_discard(struct recording *recording);
#endif
