/* evaluation_scores.h - the scores of an evaluation, a file each.
 *
 * A function sets the members of SCORE that it is named for, which are 0 before, and leaves them if
 * the files lack what the score needs.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_EVALUATION_SCORES_H
#define LFADS_INFER_EVALUATION_SCORES_H
#include "infer/evaluation.h"

/* Checks the request WHAT and reads its files; evaluation_release frees S, also after a failure.
 * ARRAYS: the data in place of their file, for which WHAT's data_file stands; or NULL. */
enum lfads_status evaluation_open(struct evaluation *s, const struct lfads_evaluation *what,
                                  const struct h5_arrays *arrays, struct lfads_error *err);
/* Sets SCORE to all scores that the files allow; evaluation_release_score frees what it holds, also
 * after a failure. */
enum lfads_status evaluation_score(struct lfads_score *score, const struct evaluation *s);
void evaluation_release_score(struct lfads_score *score);
/* The same without nll, which is NaN, bounds and behaviour: what rates alone decide. */
enum lfads_status evaluation_score_rates(struct lfads_score *score, const struct evaluation *s);

/* Bits per spike of all counts, of held-out channels and of forward bins. */
enum lfads_status evaluation_score_spikes(struct lfads_score *score, const struct evaluation *s);
/* R2 of the rates to the PSTHs that the data file has, or that its conditions' data give. */
enum lfads_status evaluation_score_conditions(struct lfads_score *score,
                                              const struct evaluation *s);
/* Returns the standard deviation of the Gaussian that smooths PSTHs, in bins; 0: none. */
double evaluation_psth_sd(const struct evaluation *s);
/* The share of true rates in the band that samples of the posterior make. */
enum lfads_status evaluation_score_coverage(struct lfads_score *score, const struct evaluation *s);
/* R2 of the validation trials' behaviour, decoded after a fit to the training trials. */
/* Sets other_data: whether the results say that they are of other numbers. */
enum lfads_status evaluation_compare_data(struct lfads_score *score, const struct evaluation *s);
enum lfads_status evaluation_score_behaviour(struct lfads_score *score, const struct evaluation *s);
#endif
