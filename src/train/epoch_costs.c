/* epoch_costs.c - sums over an epoch's batches, and their slots in a checkpoint.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/epoch_costs.h"

#include <string.h>

enum { TOTAL_SLOT = 0 };

void epoch_costs_add(struct epoch_costs *sums, const struct batch_costs *costs,
                     const struct cost_ramps *ramps)
{
    sums->total += costs->total;
    for (int i = 0; i < COSTS; i++)
        if (cost_row((enum cost)i)->of_parameters)
            sums->of[i] = costs->of[i];
        else
            sums->of[i] += costs->of[i];
    for (int i = 0; i < MEASURES; i++)
        sums->measure[i] += costs->rows * costs->measure[i];
    sums->rows += costs->rows;
    sums->ramps = *ramps;
}

struct epoch_costs epoch_costs_means(const struct epoch_costs *sums, size_t count)
{
    struct epoch_costs means = *sums;

    means.total /= (double)count;
    for (int i = 0; i < MEASURES; i++)
        means.measure[i] /= means.rows;
    for (int i = 0; i < COSTS; i++)
        if (!cost_row((enum cost)i)->of_parameters)
            means.of[i] /= (double)count;
    return means;
}

void epoch_costs_store(double slots[CHECKPOINT_SUMS], const struct epoch_costs *sums)
{
    memset(slots, 0, CHECKPOINT_SUMS * sizeof *slots);
    slots[TOTAL_SLOT] = sums->total;
    for (int i = 0; i < COSTS; i++)
        slots[cost_row((enum cost)i)->slot] = sums->of[i];
    slots[cost_ramp_row(RAMP_KL)->slot] = sums->ramps.kl;
    slots[cost_ramp_row(RAMP_L2)->slot] = sums->ramps.l2;
}

struct epoch_costs epoch_costs_load(const double slots[CHECKPOINT_SUMS])
{
    struct epoch_costs sums = {
        .total = slots[TOTAL_SLOT],
        .ramps = {.kl = slots[cost_ramp_row(RAMP_KL)->slot],
                  .l2 = slots[cost_ramp_row(RAMP_L2)->slot]},
    };

    for (int i = 0; i < COSTS; i++)
        sums.of[i] = slots[cost_row((enum cost)i)->slot];
    return sums;
}
