/* bundle_private.h - struct bundle, which bundle_open.c fills and bundle.c reads from.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TENSORFLOW_BUNDLE_PRIVATE_H
#define LFADS_TENSORFLOW_BUNDLE_PRIVATE_H
#include "base/file.h"
#include "tensorflow/bundle.h"

struct bundle {
    char path[FILE_PATH];
    struct bundle_variable *variables; /* [count], by their names' bytes */
    size_t count, allocated;
    size_t shards;
};

/* The types of variables that can be read, by TensorFlow's numbers. */
enum bundle_type { BUNDLE_FLOAT32 = 1, BUNDLE_FLOAT64 = 2, BUNDLE_INT32 = 3, BUNDLE_INT64 = 9 };
/* Returns the bytes of a number of the type; 0 for any other type. */
size_t bundle_type_bytes(int type);

/* Sets NAME to that of the file of number SHARD. */
enum lfads_status bundle_shard_path(char name[FILE_PATH], const struct bundle *bundle, size_t shard,
                                    struct lfads_error *err);
#endif
