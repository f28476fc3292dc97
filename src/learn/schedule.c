/* schedule.c - learning rate, the model of lowest validation cost, and the end of training, as pure
 * functions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "learn/schedule.h"

#include <math.h>
#include <string.h>

void schedule_begin(struct schedule *schedule, double *costs, double learning_rate)
{
    const double infinity = (double)INFINITY;

    *schedule = (struct schedule){.learning_rate = (float)learning_rate,
                                  .costs = costs,
                                  .lowest_valid = infinity,
                                  .memory = {.ramped_since = -1}};
    schedule_restart(&schedule->memory);
}

void schedule_restart(struct schedule_memory *memory)
{
    *memory = (struct schedule_memory){.smoothed = (double)NAN,
                                       .lowest = (double)INFINITY,
                                       .early_lowest = (double)INFINITY,
                                       .ramped_since = memory->ramped_since};
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

bool schedule_plateau(struct schedule *schedule, const struct schedule_rules *rules,
                      double smoothed)
{
    struct schedule_memory *memory = &schedule->memory;
    const double least_change = 1e-8;
    double rate = fmax((double)schedule->learning_rate * rules->decay, rules->stop);

    if (smoothed < memory->lowest) {
        memory->lowest = smoothed;
        memory->worse = 0;
        return false;
    }
    if (++memory->worse <= (double)rules->n_to_compare)
        return false;
    memory->worse = 0;
    if ((double)schedule->learning_rate - rate <= least_change)
        return false;
    schedule->learning_rate = (float)rate;
    return true;
}

/* modern.md (4.3). */
bool schedule_autolfads(struct schedule *schedule, const struct schedule_rules *rules,
                        int64_t epoch, double valid_total)
{
    struct schedule_memory *memory = &schedule->memory;
    double patience = (double)rules->n_to_compare;
    bool lower = rules->decay < 1 && memory->ramped_since >= 0 &&
                 (double)epoch + 1 > memory->ramped_since + patience &&
                 schedule->n_costs == rules->n_to_compare;

    lower = ++memory->unchanged >= patience && lower;
    for (size_t i = 0; i < schedule->n_costs; i++)
        lower = lower && valid_total > schedule->costs[i];
    record(schedule, rules->n_to_compare, valid_total);
    if (!lower)
        return false;
    schedule->learning_rate =
        (float)fmax((double)schedule->learning_rate * rules->decay, rules->stop);
    memory->unchanged = 0;
    return true;
}

/* modern.md (4.1). */
void schedule_smooth(struct schedule *schedule, double recon)
{
    struct schedule_memory *memory = &schedule->memory;

    memory->smoothed = !isfinite(memory->smoothed) ? recon : 0.3 * memory->smoothed + 0.7 * recon;
}

/* The same for a cost that some data have. */
static void smooth_part(double *smoothed, double recon)
{
    if (!isnan(recon))
        *smoothed = *smoothed == 0 ? recon : 0.3 * *smoothed + 0.7 * recon;
}

void schedule_early_stop(struct schedule *schedule, const struct schedule_rules *rules,
                         int64_t epoch)
{
    struct schedule_memory *memory = &schedule->memory;

    if (!rules->patience || memory->ramped_since < 0 || (double)epoch <= memory->ramped_since)
        return;
    if (memory->smoothed < memory->early_lowest) {
        memory->early_lowest = memory->smoothed;
        memory->early_worse = 0;
    } else {
        memory->early_worse++;
    }
    if (!isfinite(memory->smoothed) || memory->early_worse >= (double)rules->patience)
        memory->stopped = 1;
}

bool schedule_is_ramped(const struct schedule_rules *rules, double kl_weight, double l2_weight)
{
    return kl_weight >= 1 && (l2_weight >= 1 || !rules->l2_wanted);
}

bool schedule_is_lowest(struct schedule *schedule, const struct schedule_rules *rules,
                        int64_t epoch, double valid_total, double kl_weight, double l2_weight)
{
    double cost = rules->lowest_recon ? schedule->memory.smoothed : valid_total;
    bool allowed =
        rules->lowest_recon || (epoch > 0 && schedule_is_ramped(rules, kl_weight, l2_weight));

    if (!allowed || !(cost < schedule->lowest_valid))
        return false;
    schedule->lowest_valid = cost;
    return true;
}

static bool lower_rate(struct schedule *schedule, const struct schedule_rules *rules,
                       const struct schedule_epoch *epoch)
{
    switch (rules->rule) {
    case RULE_WINDOW:
        return schedule_epoch(schedule, rules, epoch->train_total);
    case RULE_PLATEAU:
        return epoch->has_valid && schedule_plateau(schedule, rules, schedule->memory.smoothed);
    case RULE_AUTOLFADS:
        return epoch->has_valid &&
               schedule_autolfads(schedule, rules, epoch->epoch, epoch->valid_total);
    case RULE_CONSTANT:
        break;
    }
    return false;
}

struct schedule_verdict schedule_end_epoch(struct schedule *schedule,
                                           const struct schedule_rules *rules,
                                           const struct schedule_epoch *epoch)
{
    struct schedule_memory *memory = &schedule->memory;
    struct schedule_verdict verdict = {.lowered = false};

    if (memory->ramped_since < 0 && schedule_is_ramped(rules, epoch->kl_weight, epoch->l2_weight))
        memory->ramped_since = (double)epoch->epoch;
    if (epoch->has_valid) {
        schedule_smooth(schedule, epoch->valid_recon);
        smooth_part(&memory->heldout, epoch->valid_heldout);
        smooth_part(&memory->sv, epoch->valid_sv);
        schedule_early_stop(schedule, rules, epoch->epoch);
    }
    verdict.lowered = lower_rate(schedule, rules, epoch);
    verdict.lowest =
        epoch->has_valid && schedule_is_lowest(schedule, rules, epoch->epoch, epoch->valid_total,
                                               epoch->kl_weight, epoch->l2_weight);
    return verdict;
}

bool schedule_is_over(const struct schedule *schedule, const struct schedule_rules *rules)
{
    double rate = (double)schedule->learning_rate;

    if (schedule->memory.stopped != 0)
        return true;
    switch (rules->rule) {
    case RULE_WINDOW:
        return rate < rules->stop;
    case RULE_AUTOLFADS:
        return rate <= (double)(float)rules->stop;
    case RULE_PLATEAU:
    case RULE_CONSTANT:
        break;
    }
    return false;
}
