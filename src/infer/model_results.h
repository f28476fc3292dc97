/* model_results.h - the results of a model in memory: their names, and the caller's arrays for
 * them. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_MODEL_RESULTS_H
#define LFADS_INFER_MODEL_RESULTS_H
#include "run/spread.h"

/* What of a result an array is for. */
enum output_part { PART_MEANS, PART_DEVIATIONS, PART_QUANTILES };

/* The caller's arrays, and what each is for. */
struct outputs {
    const struct lfads_output *array; /* [count] */
    struct output_place {
        enum result result;
        enum output_part part;
    } * place; /* [count] */
    size_t count;
    const char *call; /* the public function, for sentences */
};

/* Sets OUTPUTS to ARRAYS [COUNT], whose names and types it checks; outputs_release frees it, after
 * a failure too. */
enum lfads_status outputs_find(struct outputs *outputs, const struct lfads_output *arrays,
                               size_t count, const char *call, struct lfads_error *err);
void outputs_release(struct outputs *outputs);
/* Whether any is of this part; whether any is of a result that exists only where it is asked for.
 */
bool outputs_want(const struct outputs *outputs, enum output_part part);
bool outputs_want_more(const struct outputs *outputs);
/* Fails unless the arrays are of as many numbers as TRIALS trials of RESULTS make, the spread's
 * too.
 */
enum lfads_status outputs_check(const struct outputs *outputs, const struct results *results,
                                const struct spread_wants *wants, size_t trials,
                                struct lfads_error *err);
/* Copies the arrays of RESULTS that are not NULL, of COUNT trials, to trials FIRST ... of the
 * caller's. */
void outputs_fill(const struct outputs *outputs, const struct results *results, size_t first,
                  size_t count);
#endif
