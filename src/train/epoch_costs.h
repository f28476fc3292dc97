/* epoch_costs.h - the costs of an epoch, from those of its batches.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_EPOCH_COSTS_H
#define LFADS_TRAIN_EPOCH_COSTS_H
#include "model/costs.h"
#include "save/checkpoint.h"

/* Sums or means over batches. Costs of parameters and ramps are those of the last batch. */
struct epoch_costs {
    double total, of[COSTS];
    struct cost_ramps ramps;
    double measure[MEASURES], rows; /* weighted by the batches' trials; not in a checkpoint */
};

void epoch_costs_add(struct epoch_costs *sums, const struct batch_costs *costs,
                     const struct cost_ramps *ramps);
/* Returns SUMS as means over COUNT batches. */
struct epoch_costs epoch_costs_means(const struct epoch_costs *sums, size_t count);

/* Convert the sums of an epoch in progress to and from a checkpoint's slots, which the cost table
 * numbers. */
void epoch_costs_store(double slots[CHECKPOINT_SUMS], const struct epoch_costs *sums);
struct epoch_costs epoch_costs_load(const double slots[CHECKPOINT_SUMS]);
#endif
