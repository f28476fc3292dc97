/* progress.h - what a long call tells its caller, and asks.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_PROGRESS_H
#define LFADS_BASE_PROGRESS_H
#include <lfads/lfads.h>

/* Hands PROGRESS to the caller; true where the caller wants the call to stop. CALLBACKS and each of
 * its members may be NULL. */
bool progress_report(const struct lfads_callbacks *callbacks,
                     const struct lfads_progress *progress);
#endif
