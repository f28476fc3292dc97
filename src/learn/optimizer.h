/* optimizer.h - the constants of Adam, and the rate of its updates (model.md 8).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_LEARN_OPTIMIZER_H
#define LFADS_LEARN_OPTIMIZER_H
#include <stdint.h>

#include "backend/backend.h"

/* The original's: epsilon is outside the bias correction. */
extern const struct adam_options optimizer_adam;

/* The bias-corrected learning rate of the UPDATE-th update, counted from 1. */
double optimizer_rate(const struct adam_options *adam, double learning_rate, int64_t update);
#endif
