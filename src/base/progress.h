/* progress.h - reports progress to the caller of a long function.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_PROGRESS_H
#define LFADS_BASE_PROGRESS_H
#include <lfads/lfads.h>

/* Passes PROGRESS to the caller's callback; returns true if the caller wants to stop. CALLBACKS and
 * each of its members may be NULL. */
bool progress_report(const struct lfads_callbacks *callbacks,
                     const struct lfads_progress *progress);
#endif
