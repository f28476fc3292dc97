/* events_read.h - reads scalars back from TensorBoard's event files.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_EVENTS_READ_H
#define LFADS_REPORT_EVENTS_READ_H
#include <stdint.h>

#include "base/error.h"

/* A scalar's values by step. */
struct events_scalar {
    size_t count;
    int64_t *step;
    double *value;
};

/* Sets *OUT to the scalar TAG in all event files of DIRECTORY, by rising step; of several values of
 * a step the one of the latest file counts. Empty if there are none, or no directory: what can't be
 * read is left out. events_scalar_free frees it, also after a failure. */
enum lfads_status events_read(struct events_scalar *out, const char *directory, const char *tag,
                              struct lfads_error *err);
void events_scalar_free(struct events_scalar *scalar);
#endif
