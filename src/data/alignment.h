/* alignment.h - maps sessions of different channels to the same factors: principal components of
 * all sessions' condition means, regressed on each session's channels (synth.md 3).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_ALIGNMENT_H
#define LFADS_DATA_ALIGNMENT_H
#include <stddef.h>

#include "base/error.h"

/* SERIES [samples,channels] holds the condition means of all channels, condition after condition;
 * it is filtered in place. Sets BIAS [channels] to the channels' means and MATRIX
 * [channels,components] to the regressions of the sessions, one after the other, of WIDTHS
 * [sessions] channels each, together all channels. The largest entry of a component's direction is
 * positive. SAMPLES must be above 18 and not below any width. */
enum lfads_status alignment_fit(double *matrix, double *bias, double *series, size_t samples,
                                const size_t *widths, size_t sessions, size_t components,
                                struct lfads_error *err);
/* Filters one channel's SAMPLES numbers, at a distance of STRIDE, with a box of 6 bins, forward and
 * backward, as SciPy's filtfilt does. SCRATCH holds SAMPLES+36 numbers. */
void alignment_filter(double *series, size_t samples, size_t stride, double *scratch);
#endif
