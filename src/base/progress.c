/* progress.c - reports progress to the caller of a long function.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/progress.h"

#include <stdio.h>

#include "base/sized.h"

enum lfads_status callbacks_take(struct lfads_callbacks *own,
                                 const struct lfads_callbacks **callbacks, const char *call,
                                 struct lfads_error *err)
{
    char text[80];
    enum lfads_status status;

    *own = (struct lfads_callbacks){.size = sizeof *own};
    if (!*callbacks)
        return LFADS_OK;
    snprintf(text, sizeof text, "%s: callbacks", call);
    status = sized_take(own, *callbacks, sizeof *own, text, err);
    own->size = sizeof *own;
    *callbacks = own;
    return status;
}

bool progress_report(const struct lfads_callbacks *callbacks, const struct lfads_progress *progress)
{
    if (!callbacks)
        return false;
    if (callbacks->progress)
        callbacks->progress(callbacks->payload, progress);
    return callbacks->stop && callbacks->stop(callbacks->payload);
}
