/* log_events.h - an epoch's numbers for TensorBoard, in the original's records and under its tags
 * (files.md, "TensorBoard").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_LOG_EVENTS_H
#define LFADS_TRAIN_LOG_EVENTS_H
#include "train/recorder.h"

/* Adds the epoch's records to the file at PATH. */
enum lfads_status log_events_epoch(const char *path, const struct model *model,
                                   const struct epoch_record *record, struct lfads_error *err);
#endif
