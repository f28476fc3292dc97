/* tensorboard.h - TensorBoard's event file: records of scalars and pictures by tag and step
 * (files.md, "TensorBoard"). SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_TENSORBOARD_H
#define LFADS_REPORT_TENSORBOARD_H
#include <stdint.h>

#include "base/file.h"

struct event_scalar {
    char tag[64];
    double value;
};

/* Creates DIRECTORY, if needed, and a file in it, and sets PATH to the file. */
enum lfads_status events_create(char path[FILE_PATH], const char *directory,
                                struct lfads_error *err);
/* Appends one record of COUNT scalars, at most 64, at STEP to the file. */
enum lfads_status events_add(const char *path, int64_t step, const struct event_scalar *scalars,
                             size_t count, struct lfads_error *err);

/* A picture as PNG, RGB. */
struct event_image {
    const char *tag;
    int width, height;
    const unsigned char *png;
    size_t length;
};
/* Appends one record of a picture at STEP. */
enum lfads_status events_add_image(const char *path, int64_t step, const struct event_image *image,
                                   struct lfads_error *err);
#endif
