/* train.h - training: epochs of batches, validation, schedules, checkpoints (training.md). The
 * entry is lfads_train of the public header. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_TRAIN_H
#define LFADS_TRAIN_TRAIN_H
#include "save/project.h"
#include "train/learner.h"

/* The lines on what was read: sessions, trials, bins, channels, spikes; then the trained variables
 * as the original lists them. */
void train_announce(const struct project *project);
#endif
