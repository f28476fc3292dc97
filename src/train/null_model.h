/* null_model.h - the costs of validation trials under constant rates, to which a model's costs are
 * compared: bits per spike (modern.md 9), and whether a model predicts better than mean rates.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_NULL_MODEL_H
#define LFADS_TRAIN_NULL_MODEL_H
#include "data/dataset.h"
#include "model/model.h"

/* Means over the validation trials' entries of each part of the data, weighted as the measures of
 * an epoch are; NaN: no entries. For counts only. */
struct null_model {
    double own[MEASURES];     /* costs under each channel's mean in the part itself */
    double trained[MEASURES]; /* costs under each channel's mean in the training trials */
    double spikes[MEASURES];  /* counts an entry */
};

/* Reads all trials once. Missing data are left out. */
enum lfads_status null_model_measure(struct null_model *null, const struct dataset *dataset,
                                     const struct model *model, struct lfads_error *err);
/* Returns the bits per spike of a part whose cost is COST; NaN without entries or spikes. */
double null_model_bits(const struct null_model *null, enum measure part, double cost);
#endif
