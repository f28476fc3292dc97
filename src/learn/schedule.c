/* schedule.c - learning rate and the model of lowest validation cost, as pure functions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "learn/schedule.h"

#include <math.h>
#include <string.h>

void schedule_begin(struct schedule *schedule, double *costs, double learning_rate)
{
    *schedule = (struct schedule){
        .learning_rate = (float)learning_rate, .costs = costs, .lowest_valid = (double)INFINITY};
}

static void record(struct schedule *schedule, size_t max, double cost)
{
    if (schedule->n_costs == max)
        memmove(schedule->costs, schedule->costs + 1, --schedule->n_costs * sizeof cost);
    schedule->costs[schedule->n_costs++] = cost;
    schedule->recorded++;
}

bool schedule_epoch(struct schedule *schedule, const struct schedule_rules *rules, double total)
{
    bool lower = schedule->recorded > (int64_t)rules->n_to_compare;

    /* a NaN on either side compares false: the rate stays */
    for (size_t i = 0; i < schedule->n_costs; i++)
        lower = lower && total > schedule->costs[i];
    if (lower)
        schedule->learning_rate *= (float)rules->decay; /* both float, as in the original */
    record(schedule, rules->n_to_compare, lower ? (double)INFINITY : total);
    return lower;
}

bool schedule_is_over(const struct schedule *schedule, const struct schedule_rules *rules)
{
    return (double)schedule->learning_rate < rules->stop;
}

bool schedule_is_lowest(struct schedule *schedule, const struct schedule_rules *rules,
                        int64_t epoch, double valid_total, double kl_weight, double l2_weight)
{
    bool ramped = kl_weight >= 1 && (l2_weight >= 1 || !rules->l2_wanted);

    if (epoch == 0 || !ramped || !(valid_total < schedule->lowest_valid))
        return false;
    schedule->lowest_valid = valid_total;
    return true;
}
