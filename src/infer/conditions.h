/* conditions.h - which trials belong to which condition of an experiment.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_CONDITIONS_H
#define LFADS_INFER_CONDITIONS_H
#include "h5/h5.h"
#include "report/score_conditions.h"

/* Reads the lists of trials NAME, one a condition, of numbers below TRIALS. conditions_free frees
 * *OUT, also after a failure. */
enum lfads_status conditions_read(struct condition_trials *out, const struct h5_file *file,
                                  const char *name, size_t trials, struct lfads_error *err);
/* Sorts TRIALS trials, whose condition has the number LABELS[trial] among COUNT. */
enum lfads_status conditions_sort(struct condition_trials *out, const size_t *labels, size_t trials,
                                  size_t count, struct lfads_error *err);
/* Removes trials from number TRIALS on. */
void conditions_cut(struct condition_trials *conditions, size_t trials);
/* Sets *JITTER to the first TRIALS whole numbers of NAME; NULL if the file lacks it. The caller
 * frees *JITTER, also after a failure. */
enum lfads_status conditions_read_jitter(int64_t **jitter, const struct h5_file *file,
                                         const char *name, size_t trials, struct lfads_error *err);
void conditions_free(struct condition_trials *conditions);
#endif
