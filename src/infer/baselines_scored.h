/* baselines_scored.h - scores baselines on the trials of an evaluation.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_BASELINES_SCORED_H
#define LFADS_INFER_BASELINES_SCORED_H
#include "infer/evaluation.h"

/* What lfads_evaluate_baselines does, for an evaluation that is open. baselines_release frees what
 * OUT holds; it accepts one that is all zero. */
enum lfads_status baselines_scored(struct lfads_baselines *out, const struct evaluation *s);
void baselines_release(struct lfads_baselines *baselines);
#endif
