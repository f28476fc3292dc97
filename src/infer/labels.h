/* labels.h - the condition of each trial, as a data file names it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_LABELS_H
#define LFADS_INFER_LABELS_H
#include "infer/evaluation.h"

enum { LABEL_SETS = 2 }; /* 0: training trials, 1: validation trials */

/* The conditions of both sets' trials. */
struct labels {
    size_t trials[LABEL_SETS];  /* that have a condition; 0: the file names none of the set's */
    size_t *number[LABEL_SETS]; /* [trials]: below count; NULL without trials */
    double *value;              /* [count], in rising order: what the file calls each condition */
    size_t count;
};

/* Returns the name of set SET. */
const char *labels_set_name(size_t set);
/* Reads SET_condition of both sets, or where there are none condition_labels_SET, as the generators
 * of synthetic sets name them. labels_free frees *OUT, also after a failure. */
enum lfads_status labels_read(struct labels *out, const struct evaluation *s);
/* The same; where there are none, SET_cond_idx, lists of trials, the values of which are their
 * numbers. */
enum lfads_status labels_find(struct labels *out, const struct evaluation *s);
void labels_free(struct labels *labels);
#endif
