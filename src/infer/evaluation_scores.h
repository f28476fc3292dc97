/* evaluation_scores.h - the scores of an evaluation, a file each.
 *
 * A function sets the members of SCORE that it is named for, which are 0 before, and leaves them if
 * the files lack what the score needs.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_EVALUATION_SCORES_H
#define LFADS_INFER_EVALUATION_SCORES_H
#include "infer/evaluation.h"

/* Bits per spike of all counts, of held-out channels and of forward bins. */
enum lfads_status evaluation_score_spikes(struct lfads_score *score, const struct evaluation *s);
/* R2 of the rates to the PSTHs that the data file has, or that its conditions' data give. */
enum lfads_status evaluation_score_conditions(struct lfads_score *score,
                                              const struct evaluation *s);
/* R2 of the validation trials' behaviour, decoded after a fit to the training trials. */
enum lfads_status evaluation_score_behaviour(struct lfads_score *score, const struct evaluation *s);
#endif
