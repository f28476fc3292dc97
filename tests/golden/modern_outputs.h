/* modern_outputs.h - compares a model's outputs and costs with those of lfads-torch.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_MODERN_OUTPUTS_H
#define LFADS_TESTS_MODERN_OUTPUTS_H
#include "modern_case.h"

struct modern_tolerances {
    struct tolerance output, cost, gradient, norm, parameter;
};

/* Runs the batch forward and compares every array and number of the group outputs with the pass's
 * and with COSTS, those of the same batch; an entry that is unknown here fails. */
void modern_check_outputs(struct verdict *verdict, const struct modern_case *c,
                          const struct batch_costs *costs, const struct cost_ramps *ramps,
                          const struct modern_tolerances *tolerances);
#endif
