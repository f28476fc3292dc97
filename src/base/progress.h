/* progress.h - reports progress to the caller of a long function.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_PROGRESS_H
#define LFADS_BASE_PROGRESS_H
#include <lfads/lfads.h>

/* Copies *CALLBACKS, the caller's (may be NULL), to OWN, which is then *CALLBACKS. Fails unless its
 * size was set. CALL is the public function. */
enum lfads_status callbacks_take(struct lfads_callbacks *own,
                                 const struct lfads_callbacks **callbacks, const char *call,
                                 struct lfads_error *err);
/* Passes PROGRESS to the caller's callback; returns true if the caller wants to stop. CALLBACKS and
 * each of its members may be NULL. */
bool progress_report(const struct lfads_callbacks *callbacks,
                     const struct lfads_progress *progress);
#endif
