/* training_handle.h - what a training is for the callers of the library.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_TRAINING_HANDLE_H
#define LFADS_TRAIN_TRAINING_HANDLE_H
#include "run/change_flag.h"
#include "train/training.h"

struct lfads_training {
    struct lfads_callbacks callbacks;
    struct run *run;
    struct recorder *recorder;
    struct training *training;
    bool has_failed; /* it can only be freed */
    int64_t saved;   /* updates that the last checkpoint has */
};
#endif
