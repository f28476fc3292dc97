/* progress.c - reports progress to the caller of a long function.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/progress.h"

bool progress_report(const struct lfads_callbacks *callbacks, const struct lfads_progress *progress)
{
    if (!callbacks)
        return false;
    if (callbacks->progress)
        callbacks->progress(callbacks->payload, progress);
    return callbacks->stop && callbacks->stop(callbacks->payload);
}
