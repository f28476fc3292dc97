/* results.h - what a run of the trained model yields for each trial, and the file it goes to
 * (files.md, "Save directory").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_RESULTS_H
#define LFADS_INFER_RESULTS_H
#include "h5/h5.h"
#include "model/model.h"

/* The arrays of a block of trials, trials first; values are NULL where the model has no such part.
 * T bins, G generator units, F factors, O numbers of the output distribution: N rates, or N means
 * and N variances. */
enum result {
    RESULT_PRIOR_G0_MEAN,   /* [E,ic_dim] */
    RESULT_PRIOR_G0_LOGVAR, /* [E,ic_dim] */
    RESULT_POST_G0_MEAN,    /* [E,ic_dim] */
    RESULT_POST_G0_LOGVAR,  /* [E,ic_dim] */
    RESULT_GEN_ICS,         /* [E,G] */
    RESULT_CONTROLLER,      /* [E,T,co_dim] */
    RESULT_GEN_STATES,      /* [E,T,G] */
    RESULT_FACTORS,         /* [E,T,F] */
    RESULT_OUTPUT,          /* [E,T,O] */
    RESULT_COST,            /* [E] */
    RESULT_NLL_VAE,         /* [E] */
    RESULT_NLL_IWAE,        /* [E] */
    RESULT_STEP,            /* [E] */
    RESULTS
};

struct results {
    double *values[RESULTS];
    size_t width[RESULTS];                   /* numbers a trial */
    size_t bins[RESULTS];                    /* 0 where they have no bins */
    const struct distribution *distribution; /* of the output */
};

/* Room for TRIALS trials of SESSION; freed by results_free. */
enum lfads_status results_create(struct results *results, const struct model *model, size_t session,
                                 size_t trials, struct lfads_error *err);
/* Sets *OUTPUT to a trial's numbers of the widest session's output, *RESULT to those of the widest
 * result. */
void results_widest(size_t *output, size_t *result, const struct model *model);
/* Bytes of memory that results of TRIALS trials take. */
size_t results_bytes(const struct model *model, size_t session, size_t trials);
/* Bytes on the disk that they take at least: numbers of single precision in double, compressed. */
size_t results_disk_bytes(const struct model *model, size_t session, size_t trials);
void results_free(struct results *results);

/* A file of results in progress, under its staged name. */
struct results_file {
    struct h5_file file;
    struct h5_rows rows[RESULTS];
};

/* Creates the data sets for TRIALS trials, of the widths of RESULTS. */
enum lfads_status results_file_create(struct results_file *file, const char *path,
                                      const struct results *results, size_t trials, size_t threads,
                                      struct lfads_error *err);
/* Writes the block's trials FIRST to FIRST+TRIALS-1. */
enum lfads_status results_file_write(struct results_file *file, const struct results *results,
                                     size_t first, size_t trials, struct lfads_error *err);
/* Gives the whole file its name. */
enum lfads_status results_file_commit(struct results_file *file, struct lfads_error *err);
/* Drops a file that was not committed; takes one that was. */
void results_file_discard(struct results_file *file);
#endif
