/* spread.h - the arrays of results' spread over the samples of a trial: standard deviations and
 * quantiles of those results that are means over samples.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_SPREAD_H
#define LFADS_RUN_SPREAD_H
#include "config/quantiles.h"
#include "run/results.h"

/* What is wanted. */
struct spread_wants {
    bool deviations;
    struct quantiles quantiles;
};

/* The arrays of some trials, of the results that RESULT_SPREAD names. */
struct spread {
    struct spread_wants wants;
    float *deviation[RESULTS]; /* [E,width]; NULL: not wanted, or the model lacks the result */
    float *quantile[RESULTS];  /* [E,width,Q], or NULL */
};

bool spread_is_wanted(const struct spread_wants *wants);
/* Whether the spread of RESULT is kept: output, factors, inferred inputs, the generator's initial
 * state. States of the generator are many and factors tell what they do. */
bool spread_has(enum result result);
/* Allocates what WANTS wants for TRIALS trials of the shapes of RESULTS; spread_free frees it, also
 * after a failure. */
enum lfads_status spread_create(struct spread *spread, const struct spread_wants *wants,
                                const struct results *results, size_t trials,
                                struct lfads_error *err);
void spread_free(struct spread *spread);
/* Bytes of memory that the spread of TRIALS trials needs. */
size_t spread_bytes(const struct spread_wants *wants, const struct model *model, size_t session,
                    size_t trials);
/* Bytes a trial of the largest array over all sessions. */
size_t spread_widest(const struct spread_wants *wants, const struct model *model);
#endif
