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
    size_t session;         /* the shard's */
    char known[KNOWN][100]; /* names of the outputs that were compared */
    size_t n_known;
    char name[100]; /* of the last of them */
    /* over the sessions so far: sums of the KL divergences of all trials, and of the sessions'
     * reconstruction costs that lfads-torch leaves out */
    double kl_ic, kl_co, left_out;
};

/* Returns an entry of the group outputs and notes that it is compared. FORMAT has a place for the
 * session's name; else the entry is of all trials, and the result has the session's rows, if it has
 * rows. golden_release frees the result. */
struct array pass_golden(struct pass *pass, const char *format);
/* Keeps the session's rows of an array of all trials, which has two dimensions or more. */
void pass_keep_rows(const struct pass *pass, struct array *array);
/* Compares OURS [count] with the entry, if the file has it. */
void pass_compare(struct pass *pass, const char *format, const double *ours, size_t count);
/* The same for a number; SCALE: the s of struct tolerance, 0: the number's magnitude. */
void pass_compare_number(struct pass *pass, const char *format, double ours,
                         struct tolerance tolerance, double scale);

/* modern_costs.c: the costs of entries, and the scores of channels and bins. COSTS: of the
 * session's trials alone. */
void modern_check_entries(struct pass *pass, const struct batch_costs *costs);
/* The costs of the batch, after all its sessions. */
void modern_check_costs(struct pass *pass, const struct batch_costs *costs,
                        const struct cost_ramps *ramps);
#endif
