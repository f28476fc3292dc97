/* schedule.h - decides after each epoch on the learning rate, on keeping the model of lowest
 * validation cost, and on stopping (training.md, "Learning rate" and "Checkpoints").
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
    double *costs; /* the last recorded ones, oldest first; at most n_to_compare */
    size_t n_costs;
    int64_t recorded;    /* costs recorded since the start of training */
    double lowest_valid; /* validation total of the last model kept */
};

/* Initialises a schedule; COSTS [n_to_compare] stays the caller's. */
void schedule_begin(struct schedule *schedule, double *costs, double learning_rate);
/* Records an epoch's total training cost; returns whether it lowered the learning rate. */
bool schedule_epoch(struct schedule *schedule, const struct schedule_rules *rules, double total);
/* Whether the learning rate is below the limit, which ends training. */
bool schedule_is_over(const struct schedule *schedule, const struct schedule_rules *rules);
/* Whether to keep the model after EPOCH (from 0) as the one of lowest validation cost, which it
 * then records. The weights are those of the epoch's last batch. */
bool schedule_is_lowest(struct schedule *schedule, const struct schedule_rules *rules,
                        int64_t epoch, double valid_total, double kl_weight, double l2_weight);
#endif
