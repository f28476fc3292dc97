/* alignment.h - sessions of different channels brought into the same factors: principal components
 * of all sessions' condition means, regressed on each session's channels (synth.md 3).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_ALIGNMENT_H
#define LFADS_SYNTH_ALIGNMENT_H
#include <stddef.h>

#include "base/error.h"

/* From the condition means of all channels, series [samples,channels] (conditions end to end),
 * which are filtered in place: sets bias [channels] to their means and matrix [channels,components]
 * to the sessions' regressions, one after the other, each of CHANNELS/SESSIONS rows. A component's
 * sign is such that the largest entry of its direction is positive. More than 18 samples are
 * needed. */
enum lfads_status alignment_fit(double *matrix, double *bias, double *series, size_t samples,
                                size_t channels, size_t sessions, size_t components,
                                struct lfads_error *err);
/* One channel's SAMPLES numbers, STRIDE apart, through a box of 6 bins forward and backward, as
 * SciPy's filtfilt does it. SCRATCH holds SAMPLES+36 numbers. */
void alignment_filter(double *series, size_t samples, size_t stride, double *scratch);
#endif
