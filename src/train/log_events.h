/* log_events.h - writes an epoch's numbers for TensorBoard, in the original's records and under its
 * tags (files.md, "TensorBoard").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_LOG_EVENTS_H
#define LFADS_TRAIN_LOG_EVENTS_H
#include "base/error.h"
#include "model/model.h"
#include "train/fitlog.h"

/* The record of an epoch. */
struct epoch_record {
    struct fitlog_row row;
    double learning_rate, gradient_norm; /* of the last batch */
    double seconds;                      /* duration, validation included */
    double trials;                       /* trained on in this time */
    const real *parameters;              /* in the host's memory; NULL: priors are not recorded */
};

/* Appends the epoch's records to the file at PATH. */
enum lfads_status log_events_epoch(const char *path, const struct model *model,
                                   const struct epoch_record *record, struct lfads_error *err);
#endif
