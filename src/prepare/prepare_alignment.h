/* prepare_alignment.h - maps recordings of different units to the same factors, by the mean counts
 * of the conditions that they share (synth.md 3). SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_PREPARE_ALIGNMENT_H
#define LFADS_PREPARE_PREPARE_ALIGNMENT_H
#include "prepare/plan.h"

/* One recording's part. */
struct aligned_session {
    size_t conditions, bins, units;
    char **names;   /* [conditions] */
    double *means;  /* [conditions,bins,units]: of the training windows */
    double *matrix; /* [units,factors] */
    double *bias;   /* [units] */
};

struct aligned {
    size_t count, factors;
    struct aligned_session *session; /* [count] */
};

/* Makes room for COUNT recordings. aligned_free frees them, after a failure too. */
enum lfads_status aligned_create(struct aligned *aligned, size_t count, size_t factors,
                                 struct lfads_error *err);
void aligned_free(struct aligned *aligned);
/* Takes the mean counts of recording number INDEX, and the names of its conditions out of PLAN. */
enum lfads_status aligned_collect(struct aligned *aligned, size_t index, const struct raw *raw,
                                  struct plan *plan, struct lfads_error *err);
/* Sets matrix and bias of each. */
enum lfads_status aligned_fit(struct aligned *aligned, struct lfads_error *err);
#endif
