/* labels.h - the condition of each trial, as a data file names it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_LABELS_H
#define LFADS_INFER_LABELS_H
#include "infer/evaluation.h"

enum { LABEL_SETS = 2, LABEL_NAME = 40 }; /* sets: 0: training trials, 1: validation trials */

/* The conditions of both sets' trials. Trials that the file gives none (NaN, an empty text, in no
 * list) have the number KNOWN. */
struct labels {
    size_t trials[LABEL_SETS];  /* 0: the file names no condition of the set's */
    size_t *number[LABEL_SETS]; /* [trials]: below count; NULL without trials */
    size_t known;               /* conditions */
    size_t count;               /* known, and one more if trials are without */
    double *value; /* [count], in rising order: what the file calls each condition, if numbers */
    char **text;   /* [known], in the order of their bytes: if texts; else NULL */
    struct h5_texts texts[LABEL_SETS]; /* where these lie */
    char *names; /* of numbers 0, 1, ...: a line each, as lfads prepare writes them; else NULL */
};

/* Returns the name of set SET. */
const char *labels_set_name(size_t set);
/* Reads SET_condition of both sets, numbers or texts, or where there are none condition_labels_SET,
 * as the generators of synthetic sets name them. Known is 0 where all are NaN or empty, and number
 * is then NULL. labels_free frees *OUT, also after a failure. */
enum lfads_status labels_read(struct labels *out, const struct evaluation *s);
/* The same; where there are none, SET_cond_idx, lists of trials, the values of which are their
 * numbers. Names of numbers are read, too. */
enum lfads_status labels_find(struct labels *out, const struct evaluation *s);
/* Sets TEXT to condition C in words. */
void labels_name(char text[LABEL_NAME], const struct labels *labels, size_t c);
void labels_free(struct labels *labels);
#endif
