/* schedule.h - what changes from epoch to epoch: the learning rate, when to keep the
 * model of lowest validation cost, when to stop (training.md, "Learning rate" and
 * "Checkpoints").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_LEARN_SCHEDULE_H
#define LFADS_LEARN_SCHEDULE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct schedule_rules {
    size_t n_to_compare; /* learning_rate_n_to_compare */
    double decay, stop;  /* learning_rate_decay_factor, learning_rate_stop */
    bool l2_wanted;      /* an L2 scale is above 0 */
};

struct schedule {
    float learning_rate;
    double *costs; /* the last n_to_compare recorded, oldest first; fewer at first */
    size_t n_costs;
    int64_t recorded;    /* ever */
    double lowest_valid; /* validation total of the last model kept */
};

/* Sets a schedule at its beginning; COSTS is room for n_to_compare numbers, the caller's. */
void schedule_begin(struct schedule *schedule, double *costs, double learning_rate);
/* Takes an epoch's training total; true when the learning rate was lowered. */
bool schedule_epoch(struct schedule *schedule, const struct schedule_rules *rules, double total);
/* Whether training is over. */
bool schedule_is_over(const struct schedule *schedule, const struct schedule_rules *rules);
/* Whether the model after epoch EPOCH (from 0) is kept as that of lowest validation cost; the
 * weights are those of the epoch's last batch. */
bool schedule_is_lowest(struct schedule *schedule, const struct schedule_rules *rules,
                        int64_t epoch, double valid_total, double kl_weight, double l2_weight);
#endif
