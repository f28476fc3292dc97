/* session_shape.h - a session's name and channels, as data, models and files know them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_SESSION_SHAPE_H
#define LFADS_CONFIG_SESSION_SHAPE_H
#include <stddef.h>
#include <stdint.h>

struct session_shape {
    char name[256];    /* long enough for any file name (NAME_MAX) */
    size_t channels;   /* N */
    size_t heldout;    /* channels that the encoders do not read, the last ones; below N */
    uint32_t checksum; /* of its training trials; 0: unknown */
};
#endif
