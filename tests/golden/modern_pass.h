/* modern_pass.h - a pass whose arrays are compared, shared by the files that compare them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_MODERN_PASS_H
#define LFADS_TESTS_MODERN_PASS_H
#include "model/shard.h"
#include "modern_outputs.h"

enum { KNOWN = 100 };

struct pass {
    struct verdict *verdict;
    const struct modern_case *c;
    struct shard *s;
    const struct modern_tolerances *tolerances;
    char known[KNOWN][100]; /* names of the outputs that were compared */
    size_t n_known;
};

/* Returns an entry of the group outputs and notes that it is compared. FORMAT has a place for
 * SESSION, or none. golden_release frees the result. */
struct array pass_golden(struct pass *pass, const char *format, const char *session);
/* Compares OURS [count] with the entry, if the file has it. */
void pass_compare(struct pass *pass, const char *format, const double *ours, size_t count);
/* The same for a number; SCALE: the s of struct tolerance, 0: the number's magnitude. */
void pass_compare_number(struct pass *pass, const char *format, double ours,
                         struct tolerance tolerance, double scale);

/* modern_costs.c: the costs of entries, the scores of channels and bins, and the costs of the
 * batch.
 */
void modern_check_costs(struct pass *pass, const struct batch_costs *costs,
                        const struct cost_ramps *ramps);
#endif
