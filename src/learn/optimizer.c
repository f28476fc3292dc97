/* optimizer.c - the optimizer's constants from the flags, and the numbers of its updates.
 * SPDX-License-Identifier: Apache-2.0 */
#include "learn/optimizer.h"

#include <math.h>
#include <string.h>

#include "config/config.h"

struct optimizer optimizer_of(const struct lfads_config *config)
{
    bool corrected = strcmp(config->adam_form, "corrected") == 0;

    return (struct optimizer){
        .adam = {.beta1 = config->adam_beta1, .beta2 = config->adam_beta2},
        .epsilon = config->adam_epsilon,
        .corrected = corrected,
        .weight_decay = config->weight_decay,
        .limit = {.max = config->max_grad_norm, .margin = corrected ? 1e-6 : 0}};
}

/* model.md (8.2); modern.md (3.2) with the correction of the second moment moved from the moment to
 * epsilon and the rate. */
struct update_rates optimizer_rates(const struct optimizer *optimizer, double learning_rate,
                                    double ramp, int64_t update)
{
    const struct adam_options *adam = &optimizer->adam;
    double second = sqrt(1 - pow(adam->beta2, (double)update));
    double rate = learning_rate * second / (1 - pow(adam->beta1, (double)update));

    return (struct update_rates){
        .rate = (real)rate,
        .epsilon = (real)(optimizer->epsilon * (optimizer->corrected ? second : 1)),
        .decay = (real)(learning_rate * optimizer->weight_decay * ramp)};
}
