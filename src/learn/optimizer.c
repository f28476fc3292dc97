/* optimizer.c - the constants of Adam.
 * SPDX-License-Identifier: Apache-2.0 */
#include "learn/optimizer.h"

const struct adam_options optimizer_adam = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 0.1};

double optimizer_rate(const struct adam_options *adam, double learning_rate, int64_t update)
{
    double count = (double)update;

    return learning_rate * sqrt(1 - pow(adam->beta2, count)) / (1 - pow(adam->beta1, count));
}
