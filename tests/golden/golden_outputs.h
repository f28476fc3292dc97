/* golden_outputs.h - a golden file's outputs and costs against ours.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_GOLDEN_OUTPUTS_H
#define LFADS_TESTS_GOLDEN_OUTPUTS_H
#include "golden_case.h"

struct tolerances {
    struct tolerance output, prior_logvar, cost, gradient, square, norm, parameter, change, path;
};

/* Runs SESSION's batch forward, drawing as DRAW says, and compares every array and number of
 * GROUP; a name that is not known here fails. Does nothing where the file has no such group. */
void outputs_check(struct verdict *verdict, const struct golden_case *c, size_t session,
                   const char *group, enum latents latents, const struct tolerances *tolerances);
/* The costs of a session's batch at the starting parameters, as the learner sums them. */
void outputs_check_costs(struct verdict *verdict, const struct golden_case *c, size_t session,
                         const struct batch_costs *costs, const struct cost_ramps *ramps,
                         const struct tolerances *tolerances);
/* Entry UPDATE of the file's steps. */
void outputs_check_step(struct verdict *verdict, const struct golden_case *c, int update,
                        const struct batch_costs *costs, const struct cost_ramps *ramps,
                        const struct tolerances *tolerances);
#endif
