/* judgement.h - what makes a model doubtful, and what to do about it, in a sentence or two. A
 * training says it at its end, a report at its top.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_JUDGEMENT_H
#define LFADS_REPORT_JUDGEMENT_H
#include <stdbool.h>

enum { JUDGEMENT_SIZE = 600 };

/* Each sets TEXT and returns true if there is something to say. */

/* LAST, LOWEST: validation costs of a bin and channel; NULL_COST: that of mean rates. */
bool judgement_gain(char text[JUDGEMENT_SIZE], double null_cost, double lowest, double last);
/* The validation cost rose from LOWEST to LAST; GAIN: what training had lowered it by. */
bool judgement_overfitted(char text[JUDGEMENT_SIZE], double gain, double lowest, double last);
/* NATS: mean KL divergence of the initial conditions; WEIGHT: --kl_ic_weight. */
bool judgement_posterior(char text[JUDGEMENT_SIZE], double nats, double weight);
/* The ramps' weights at the end of a training whose ramps have not ended. */
void judgement_ramps(char text[JUDGEMENT_SIZE], double kl, double l2);
void judgement_unvalidated(char text[JUDGEMENT_SIZE]);
#endif
