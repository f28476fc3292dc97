/* schedule.h - decides after each epoch on the learning rate, on keeping the model of lowest
 * validation cost, and on stopping (training.md, "Learning rate" and "Checkpoints").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_LEARN_SCHEDULE_H
#define LFADS_LEARN_SCHEDULE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The values of --learning_rate_rule. */
enum learning_rate_rule { RULE_WINDOW, RULE_PLATEAU, RULE_AUTOLFADS, RULE_CONSTANT };

struct schedule_rules {
    enum learning_rate_rule rule;
    size_t n_to_compare; /* learning_rate_n_to_compare */
    double decay, stop;  /* learning_rate_decay_factor, learning_rate_stop */
    bool l2_wanted;      /* an L2 scale is above 0 */
    bool lowest_recon;   /* the model kept is that of lowest smoothed reconstruction cost */
    int64_t patience;    /* early_stop_patience; 0: none */
};

/* What a training remembers for the rules of modern.md 4; a checkpoint has all of it. */
struct schedule_memory {
    double smoothed;     /* validation reconstruction cost; NaN before the first epoch */
    double lowest;       /* of the smoothed costs, for the plateau rule */
    double early_lowest; /* the same after the ramps, for early stopping */
    double worse;        /* epochs since lowest */
    double early_worse;  /* epochs since early_lowest */
    double ramped_since; /* first epoch with all ramps at their end; -1: none */
    double unchanged;    /* epochs with the present learning rate */
    double stopped;      /* not 0: training is over */
    double heldout, sv;  /* validation costs of held-out channels and of sample validation, smoothed
                            as the first; 0: none so far */
};
enum { SCHEDULE_NUMBERS = sizeof(struct schedule_memory) / sizeof(double) };

struct schedule {
    float learning_rate;
    double *costs; /* the last recorded ones, oldest first; at most n_to_compare */
    size_t n_costs;
    int64_t recorded;    /* costs recorded since the start of training */
    double lowest_valid; /* validation cost of the last model kept */
    struct schedule_memory memory;
};

/* What an epoch ended with. */
struct schedule_epoch {
    int64_t epoch; /* from 0 */
    double train_total;
    bool has_valid;
    double valid_total, valid_recon; /* valid_recon: a mean over entries, not smoothed */
    double valid_heldout, valid_sv;  /* likewise; NaN: there are none */
    double kl_weight, l2_weight;     /* ramps of its last batch */
};

/* What follows from it. */
struct schedule_verdict {
    bool lowered; /* the learning rate is lower in the next epoch */
    bool lowest;  /* the model is the one to keep */
};

/* Initialises a schedule; COSTS [n_to_compare] stays the caller's. */
void schedule_begin(struct schedule *schedule, double *costs, double learning_rate);
/* Applies all rules to an epoch. */
struct schedule_verdict schedule_end_epoch(struct schedule *schedule,
                                           const struct schedule_rules *rules,
                                           const struct schedule_epoch *epoch);
/* Whether the ramps that count are at their end, given their weights. */
bool schedule_is_ramped(const struct schedule_rules *rules, double kl_weight, double l2_weight);
/* Whether training is over: by a learning rate below the limit (at it under autolfads; never under
 * plateau and constant), or by early stopping. */
bool schedule_is_over(const struct schedule *schedule, const struct schedule_rules *rules);

/* The rules one by one; the first three return whether they lowered the learning rate. */
/* Records an epoch's total training cost. */
bool schedule_epoch(struct schedule *schedule, const struct schedule_rules *rules, double total);
bool schedule_plateau(struct schedule *schedule, const struct schedule_rules *rules,
                      double smoothed);
bool schedule_autolfads(struct schedule *schedule, const struct schedule_rules *rules,
                        int64_t epoch, double valid_total);
/* Adds an epoch's validation reconstruction cost to the smoothed one. */
void schedule_smooth(struct schedule *schedule, double recon);
/* Forgets smoothed and lowest costs: those that follow are of another model. */
void schedule_restart(struct schedule_memory *memory);
/* Decides on early stopping after EPOCH. */
void schedule_early_stop(struct schedule *schedule, const struct schedule_rules *rules,
                         int64_t epoch);
/* Whether to keep the model after EPOCH (from 0) as the one of lowest validation cost, which it
 * then records. The weights are those of the epoch's last batch. */
bool schedule_is_lowest(struct schedule *schedule, const struct schedule_rules *rules,
                        int64_t epoch, double valid_total, double kl_weight, double l2_weight);
#endif
