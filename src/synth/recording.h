/* recording.h - a synthetic session's file in the making: its trials arrive in order and go to the
 * training or the validation set (synth.md; keys as in golden/files.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_RECORDING_H
#define LFADS_SYNTH_RECORDING_H
#include "config/synth_config.h"
#include "data/h5.h"

/* Rows of one key's two data sets, collected until there are enough to compress side by side. */
struct recording_key {
    struct h5_rows rows[2]; /* train_, valid_ */
    size_t done[2], held[2];
    char *block[2]; /* [RECORDING_BLOCK, row] of 8-byte numbers */
    size_t row;     /* numbers in a row */
};

enum recording_keys { RECORDING_TRUTH, RECORDING_DATA, RECORDING_INPUT, RECORDING_KEYS };

struct recording {
    struct h5_file file;
    char path[FILE_PATH], temp[FILE_PATH];
    struct recording_key key[RECORDING_KEYS];
    const struct lfads_synth_config *config;
    size_t bins, channels, train, replications; /* train of the replications train */
    size_t threads;
};

/* Trials of a condition that train. */
size_t recording_train_share(const struct lfads_synth_config *config);

/* Begins the file PATH under its staged name. On failure nothing is left. */
enum lfads_status recording_create(struct recording *recording, const char *path,
                                   const struct lfads_synth_config *config, size_t bins,
                                   size_t threads, struct lfads_error *err);
/* Takes a trial, the REPLICATION-th of its condition: truth [T,S] and data [T,S], int64 counts or
 * double reals; its pulse's bin, or bins where there is none. */
enum lfads_status recording_add(struct recording *recording, size_t replication,
                                const double *truth, const void *data, size_t pulse,
                                struct lfads_error *err);
/* Writes what does not belong to trials: labels, pulse times ([E] or NULL), the units recorded,
 * scalars. */
enum lfads_status recording_describe(struct recording *recording, const size_t *pulses,
                                     size_t first_unit, struct lfads_error *err);
/* Gives the whole file its name. */
enum lfads_status recording_commit(struct recording *recording, struct lfads_error *err);
/* Drops a file that was not committed; takes one that was, or none. */
void recording_discard(struct recording *recording);
#endif
