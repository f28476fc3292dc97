/* quantiles.h - a list of probabilities whose quantiles are asked for.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_QUANTILES_H
#define LFADS_CONFIG_QUANTILES_H
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { QUANTILES_MOST = 32 };

/* Probabilities between 0 and 1 in rising order. */
struct quantiles {
    size_t count; /* 0: none */
    double probability[QUANTILES_MOST];
};

/* Reads "0.05,0.95", the value of --spread_quantiles; "" has none. Fails for anything else. */
enum lfads_status quantiles_parse(struct quantiles *out, const char *text, struct lfads_error *err);
/* Whether COUNT numbers are probabilities between 0 and 1, both excluded, in rising order. */
bool quantiles_valid(const double *probability, size_t count);
#endif
