/* optimizer.h - the optimizer's constants, and the numbers of its updates (model.md 8, modern.md
 * 3). SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_LEARN_OPTIMIZER_H
#define LFADS_LEARN_OPTIMIZER_H
#include <stdint.h>

#include "backend/backend.h"

struct lfads_config;

struct optimizer {
    struct adam_options adam;
    double epsilon;      /* added to the root of the second moment */
    bool corrected;      /* that root is bias-corrected before epsilon is added */
    double weight_decay; /* taken off a parameter at each update, times the learning rate */
    struct norm_limit limit;
};

struct optimizer optimizer_of(const struct lfads_config *config);
/* Returns the numbers of the UPDATE-th update, counted from 1. RAMP is the weight of the decay. */
struct update_rates optimizer_rates(const struct optimizer *optimizer, double learning_rate,
                                    double ramp, int64_t update);
#endif
