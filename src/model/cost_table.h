/* cost_table.h - the tables of costs (model.md 7). All code that sums, saves, logs or reports costs
 * loops over them. A new cost is a row of terms with its functions and, unless it belongs to an
 * existing cost, a row of costs.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_COST_TABLE_H
#define LFADS_MODEL_COST_TABLE_H
#include "model/model.h"

/* The unweighted terms that a shard computes for each row (or trial: cost_term_row.of_trial). Their
 * arrays follow each other in this order. */
enum cost_term {
    TERM_LOGLIK,
    TERM_KL_CO,
    TERM_CORR,
    TERM_KL_IC,
    /* of no cost, computed in passes without gradient: the parts of TERM_LOGLIK that are of
     * held-out channels and of forward bins; TERM_LOGLIK without sample validation */
    TERM_HELDOUT,
    TERM_FORWARD,
    TERM_UNMASKED,
    COST_TERMS
};

/* The costs of a batch. The total adds them in this order. */
enum cost { COST_RECON, COST_KL, COST_L2, COST_CORR, COSTS };

/* The ramps: weights in the total that rise with the step. */
enum cost_ramp { RAMP_NONE, RAMP_KL, RAMP_L2, COST_RAMPS };

struct cost_term_row {
    enum cost cost; /* the cost that it is part of; COSTS: none */
    bool of_trial;  /* a number per trial; else per row */
    double sign;
    double (*weight)(const struct model *model); /* NULL: 1 */
};

struct cost_row {
    const char *name;  /* in the terminal's line and the table */
    const char *words; /* in error messages */
    const char *tag;   /* in TensorBoard */
    enum cost_ramp ramp;
    bool
        of_parameters; /* a function of the parameters alone: an epoch has that of its last batch */
    bool in_bound;     /* part of the bound on the likelihood */
    bool original;     /* in the original's logs */
    unsigned slot;     /* in a checkpoint's sums; unique for ever, below CHECKPOINT_SUMS */
    /* factors of the mean over a batch's rows; NULL: 1 */
    double (*scale)(const struct model *model);
    double (*divisor)(const struct model *model, size_t session);
};

struct cost_ramp_row {
    const char *name, *tag;
    unsigned slot;
};

const struct cost_term_row *cost_term_row(enum cost_term term);
const struct cost_row *cost_row(enum cost cost);
const struct cost_ramp_row *cost_ramp_row(enum cost_ramp ramp); /* not of RAMP_NONE */

/* Returns the count of numbers in all terms' arrays for ROWS rows of TRIALS trials. */
size_t cost_terms_count(size_t rows, size_t trials);
/* Sets AT to the beginning of each term's array in MEMORY, which has that many numbers or is NULL.
 */
void cost_terms_place(acc *at[COST_TERMS], acc *memory, size_t rows, size_t trials);
#endif
