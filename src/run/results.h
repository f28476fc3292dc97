/* results.h - the arrays of the trained model's results for each trial, and their shapes.
 *
 * E trials, T bins, G generator units, F factors, O numbers of a bin's output distribution: N
 * rates, or N means and N variances. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_RESULTS_H
#define LFADS_RUN_RESULTS_H
#include "base/error.h"
#include "model/model.h"

struct spread;

enum result {
    RESULT_PRIOR_G0_MEAN,   /* [E,ic_dim] */
    RESULT_PRIOR_G0_LOGVAR, /* [E,ic_dim] */
    RESULT_POST_G0_MEAN,    /* [E,ic_dim] */
    RESULT_POST_G0_LOGVAR,  /* [E,ic_dim] */
    RESULT_GEN_ICS,         /* [E,G] */
    RESULT_INPUTS,          /* [E,T,co_dim] */
    RESULT_GEN_STATES,      /* [E,T,G] */
    RESULT_FACTORS,         /* [E,T,F] */
    RESULT_CO_MEAN,         /* [E,T,co_dim]: of the inferred inputs' posterior; these four … */
    RESULT_CO_STD,          /* [E,T,co_dim]: its standard deviation */
    RESULT_CON_STATES,      /* [E,T,C] */
    RESULT_GEN_INPUTS,      /* [E,T,·]: … are results only where they are asked for */
    RESULT_OUTPUT,          /* [E,T,O] */
    RESULT_COST,            /* [E] */
    RESULT_NLL_VAE,         /* [E] */
    RESULT_NLL_IWAE,        /* [E] */
    RESULT_STEP,            /* [E] */
    RESULTS
};

/* The arrays of some trials. An array is NULL if the caller does not want it or the model lacks it.
 */
struct results {
    double *values[RESULTS];
    struct spread *spread;                   /* over samples; NULL: not wanted */
    size_t width[RESULTS];                   /* numbers a trial; 0: the model lacks it */
    size_t bins[RESULTS];                    /* 0: without bins */
    const struct distribution *distribution; /* of the output */
    size_t first;                            /* bin of the trial with which these arrays begin */
    size_t heldout, forward; /* channels and bins, the last ones, that the encoders did not read */
};

/* Sets the shapes for trials of SESSION, and all arrays to NULL. MORE: of those, too, that are
 * results only where they are asked for. */
void results_shape(struct results *results, const struct model *model, size_t session, bool more);
/* Does the same, and allocates every array that the model has, for TRIALS trials; results_free
 * frees them. */
enum lfads_status results_create(struct results *results, const struct model *model, size_t session,
                                 size_t trials, bool more, struct lfads_error *err);
void results_free(struct results *results);

/* Sets *OUTPUT to the largest size of a trial's output over all sessions, *RESULT to that of any
 * result, in numbers. */
void results_widest(size_t *output, size_t *result, const struct model *model);
/* Bytes of memory that results of TRIALS trials need. */
size_t results_bytes(const struct model *model, size_t session, size_t trials, bool more);
#endif
