/* nlb_scores.h - the scores of a group of a target file of the Neural Latents Benchmark. A function
 * sets its members of SCORE, which are NaN before, and leaves them if the target lacks what they
 * need. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_NLB_SCORES_H
#define LFADS_INFER_NLB_SCORES_H
#include "infer/nlb_target.h"

/* co_bps, of the target's COUNTS [E,T,held-out]; fp_bps. */
enum lfads_status nlb_score_held_out(struct lfads_nlb_score *score, const struct nlb_scored *s,
                                     const struct array *counts);
enum lfads_status nlb_score_forward(struct lfads_nlb_score *score, const struct nlb_scored *s);
/* psth_r2. */
enum lfads_status nlb_score_psths(struct lfads_nlb_score *score, const struct nlb_scored *s);
/* velocity_r2, of behaviour in time; needs s->train. */
enum lfads_status nlb_score_velocity(struct lfads_nlb_score *score, const struct nlb_scored *s);
/* time_correlation, of behaviour of trials; COUNTS are NaN where it does not count. */
enum lfads_status nlb_score_times(struct lfads_nlb_score *score, const struct nlb_scored *s,
                                  const struct array *counts);
#endif
