/* cost_table.h - what costs there are. Everything that sums, keeps, logs or reports costs is a loop
 * over these tables; another cost is a term with its kernels and, unless it is part of a cost that
 * is there, a row of its own (model.md 7).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_COST_TABLE_H
#define LFADS_MODEL_COST_TABLE_H
#include "model/model.h"

/* What a shard computes, of each row (of each trial: cost_term_row.of_trial), unweighted. Their
 * arrays lie one after the other in this order. */
enum cost_term { TERM_LOGLIK, TERM_KL_CO, TERM_CORR, TERM_KL_IC, COST_TERMS };

/* What a batch costs. The total adds them in this order. */
enum cost { COST_RECON, COST_KL, COST_L2, COST_CORR, COSTS };

/* The weight in the total that a step gives. */
enum cost_ramp { RAMP_NONE, RAMP_KL, RAMP_L2, COST_RAMPS };

struct cost_term_row {
    enum cost cost; /* that it is part of */
    bool of_trial;  /* a number for each trial; else for each row */
    double sign;
    double (*weight)(const struct model *model); /* NULL: 1 */
};

struct cost_row {
    const char *name;  /* in the terminal's line and the table */
    const char *words; /* in errors */
    const char *tag;   /* TensorBoard's */
    enum cost_ramp ramp;
    bool of_parameters; /* not of data: the last batch's is kept, and validation has none */
    bool in_bound;      /* part of the bound of the likelihood */
    bool original;      /* in the original's logs; others are in TensorBoard's, among the rest */
    unsigned slot;      /* in a checkpoint's sums: never another one's; below CHECKPOINT_SUMS */
    /* of the mean over a batch's rows; NULL: 1 */
    double (*scale)(const struct model *model);
    double (*divisor)(const struct model *model);
};

struct cost_ramp_row {
    const char *name, *tag;
    unsigned slot;
};

const struct cost_term_row *cost_term_row(enum cost_term term);
const struct cost_row *cost_row(enum cost cost);
const struct cost_ramp_row *cost_ramp_row(enum cost_ramp ramp); /* not of RAMP_NONE */

/* Numbers of all terms' arrays for ROWS rows of TRIALS trials. */
size_t cost_terms_count(size_t rows, size_t trials);
/* Sets AT to where each term's array begins in MEMORY, which has that many numbers (or is NULL). */
void cost_terms_place(acc *at[COST_TERMS], acc *memory, size_t rows, size_t trials);
#endif
