/* nlb_target.h - a group of a target file of the Neural Latents Benchmark, and the rates that are
 * scored against it. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_NLB_TARGET_H
#define LFADS_INFER_NLB_TARGET_H
#include <lfads/lfads.h>

#include "infer/arrays.h"
#include "infer/nlb_groups.h"
#include "infer/nlb_rates.h"

struct nlb_scored {
    const struct lfads_nlb_evaluation *what; /* the request */
    const struct h5_file *target;
    const char *set;                      /* the group, shorter than NLB_SET */
    const char *eval_name;                /* the file of the evaluated rates, for errors */
    const struct nlb_rates *eval, *train; /* train: NULL if behaviour is not decoded */
    struct lfads_error *err;
};

/* Sets NAME to the path of KEY in the group, and returns it. */
const char *nlb_key(char name[NLB_KEY], const struct nlb_scored *s, const char *key);
/* Read array KEY of the group, with RANK axes; nlb_find leaves it empty if the group lacks it. */
enum lfads_status nlb_read(struct array *out, const struct nlb_scored *s, const char *key,
                           size_t rank);
enum lfads_status nlb_find(struct array *out, const struct nlb_scored *s, const char *key,
                           size_t rank);
/* Fails unless the sizes of ARRAY are those of the evaluated rates; 0: any. */
enum lfads_status nlb_expect(const struct array *array, const struct nlb_scored *s,
                             const size_t sizes[3]);
/* Reads counts [E,BINS,CHANNELS], which may be NaN. */
enum lfads_status nlb_read_counts(struct array *out, const struct nlb_scored *s, const char *key,
                                  size_t bins, size_t channels);
#endif
