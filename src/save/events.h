/* events.h - TensorBoard's event file: records of scalars by tag and step (files.md,
 * "TensorBoard"). SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_EVENTS_H
#define LFADS_SAVE_EVENTS_H
#include <stdint.h>

#include "base/file.h"

struct event_scalar {
    char tag[64];
    double value;
};

/* Makes a new file in DIRECTORY, which it makes too, and sets PATH to it. */
enum lfads_status events_create(char path[FILE_PATH], const char *directory,
                                struct lfads_error *err);
/* Adds one record of COUNT scalars at STEP to the file. */
enum lfads_status events_add(const char *path, int64_t step, const struct event_scalar *scalars,
                             size_t count, struct lfads_error *err);
#endif
