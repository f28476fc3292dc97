/* evaluation.h - the contents of a file of results and of its data file, to be scored and drawn.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_EVALUATION_H
#define LFADS_INFER_EVALUATION_H
#include <lfads/lfads.h>

#include "config/distribution.h"
#include "h5/h5.h"
#include "infer/results_file.h"

struct evaluation {
    struct lfads_evaluation taken;       /* the request, as far as its size goes, … */
    const struct lfads_evaluation *what; /* … or what stands in for it */
    const struct h5_arrays *arrays;      /* the data in place of a file; or NULL */
    const char *set;                     /* "train" or "valid" */
    struct lfads_error *err;
    struct h5_file data, run;
    size_t trials, bins, channels; /* E, T, N */
    size_t first;                  /* bin of the data with which the T bins begin */
    size_t outputs;                /* O: the parameters of all channels' distributions */
    size_t heldout, forward;       /* channels and bins, the last ones, that were not encoded */
    const struct distribution *distribution;
    double *counts, *output, *truth; /* [E,T,N], NaN: not recorded; [E,T,O]; [E,T,N], NaN:
                                        not known; or NULL */
    double conversion;               /* rates times it are in the truth's unit */
};

/* Returns the name of a result in the file. */
const char *evaluation_key(enum result result);
/* Sets NAME to that of SET's data: SET_data or, in a file with an array for the encoders, what the
 * model explains, SET_recon_data. */
void evaluation_data_name(char name[40], const struct evaluation *s, const char *set);
/* Sets *TRIALS to how many the data file's array NAME has, which may lack the axis of a lone one.
 */
enum lfads_status evaluation_count_trials(size_t *trials, const struct evaluation *s,
                                          const char *name);
/* Opens the files that S->what names and reads all trials of S->set; fails if the run does not
 * belong to the data's trials. evaluation_release frees S, also after a failure. */
enum lfads_status evaluation_read(struct evaluation *s);
void evaluation_release(struct evaluation *s);
/* Read the drawn trial's inferred, or true, inputs [T,count]; the caller frees *OUT. *OUT stays
 * NULL if the file lacks them. */
enum lfads_status evaluation_read_inferred_inputs(double **out, size_t *count,
                                                  const struct evaluation *s);
enum lfads_status evaluation_read_true_inputs(double **out, size_t *count,
                                              const struct evaluation *s);
/* Returns the width of a bin in seconds, which synthetic sets record; 0: unknown. */
double evaluation_bin_width(const struct evaluation *s);
#endif
