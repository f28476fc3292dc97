/* golden_outputs.h - compares a model's outputs and costs with a golden file's.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_GOLDEN_OUTPUTS_H
#define LFADS_TESTS_GOLDEN_OUTPUTS_H
#include "golden_case.h"

struct tolerances {
    struct tolerance output, prior_logvar, cost, gradient, square, norm, parameter, change, path;
};

/* Runs SESSION's batch forward with LATENTS, and compares every array and number of GROUP; an entry
 * that is unknown here fails. Does nothing if the file lacks the group. */
void outputs_check(struct verdict *verdict, const struct golden_case *c, size_t session,
                   const char *group, enum latents latents, const struct tolerances *tolerances);
/* Compares the costs of a session's batch at the initial parameters, summed by the learner. */
void outputs_check_costs(struct verdict *verdict, const struct golden_case *c, size_t session,
                         const struct batch_costs *costs, const struct cost_ramps *ramps,
                         const struct tolerances *tolerances);
/* Compares the costs of update UPDATE with the file's. */
void outputs_check_step(struct verdict *verdict, const struct golden_case *c, int update,
                        const struct batch_costs *costs, const struct cost_ramps *ramps,
                        const struct tolerances *tolerances);
#endif
