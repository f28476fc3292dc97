/* session_shape.h - what a model and its files know of a session.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_SESSION_SHAPE_H
#define LFADS_CONFIG_SESSION_SHAPE_H
#include <stddef.h>

struct session_shape {
    char name[256];  /* of a file in a directory: no longer one can be */
    size_t channels; /* N */
};
#endif
