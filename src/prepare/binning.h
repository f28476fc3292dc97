/* binning.h - the counts of a window.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_BINNING_H
#define LFADS_PREPARE_BINNING_H
#include "prepare/plan.h"

/* Sets COUNTS [bins,units] to the spikes of PLAN's units in the window; NaN in bins that were not
 * recorded, or in which the unit was not observed. */
void bin_window(double *counts, const struct raw *raw, const struct plan *plan,
                const struct plan_window *window);
#endif
