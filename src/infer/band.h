/* band.h - the band about a result that samples of the posterior make, read from a file of results
 * (files.md, "Results of posterior-sample and posterior-mean").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_BAND_H
#define LFADS_INFER_BAND_H
#include "infer/evaluation.h"

/* The band of a result [E,T,width]: from its first quantile to its last; in a file without two
 * quantiles, mean -/+ 1.645 standard deviations; in one without these, none. */
struct band {
    double share;       /* of the samples in the band: 0.9; 0: the file has none */
    char name[60];      /* what it is, for a legend */
    char key[64];       /* the data set */
    size_t numbers;     /* of a trial: T * width */
    size_t count;       /* quantiles; 0: standard deviations */
    double *values;     /* the trial read last, as in the file */
    double *low, *high; /* [T,width] of that trial; NULL: no band */
};

/* Finds the band of RESULT, whose rows have WIDTH numbers. band_free frees it, also after a
 * failure. */
enum lfads_status band_find(struct band *band, const struct evaluation *s, enum result result,
                            size_t width);
/* Reads that of TRIAL, whose means are MEANS [T,width]. */
enum lfads_status band_read(struct band *band, const struct evaluation *s, size_t trial,
                            const double *means);
void band_free(struct band *band);
#endif
