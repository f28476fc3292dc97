/* series.h - what was measured beside the spikes: behaviour, external inputs, in bins.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_SERIES_H
#define LFADS_PREPARE_SERIES_H
#include "prepare/plan.h"

enum { SERIES_MOST = 16 };

/* Samples in the order of their times. */
struct series {
    size_t trials;              /* of samples that are a trial's; 0: the recording's */
    size_t samples, components; /* of the recording, or of each trial */
    double *times;              /* [samples] in seconds, on the clock of the spikes */
    double *values;             /* [trials or 1,samples,components] */
};

/* Those of one flag, whose components are laid side by side. */
struct series_list {
    size_t count, components; /* together */
    struct series series[SERIES_MOST];
};

/* Takes the arrays that NAMES, with commas, names out of FILE. FLAG is named in errors. */
enum lfads_status series_create(struct series_list *list, struct variables *file, const char *names,
                                const char *flag, const struct raw *raw,
                                const struct lfads_prepare_config *config, struct lfads_error *err);
void series_free(struct series_list *list);
/* Sets VALUES [bins,components] to the mean of a bin's samples or, in bins without any, to what
 * lies on a line between the nearest ones before and after; NaN where there are none. */
void series_bin(double *values, const struct series_list *list, const struct raw *raw,
                const struct plan *plan, const struct plan_window *window);
#endif
