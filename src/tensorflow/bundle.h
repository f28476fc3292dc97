/* bundle.h - reads a checkpoint of TensorFlow, which it calls a tensor bundle: variables by name,
 * in the files PATH.index and PATH.data-NNNNN-of-NNNNN.
 *
 * The index has a checksum for each of its blocks, and one for each variable's bytes in the other
 * files. A bundle may come from anywhere: what is read from it lies within its files.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TENSORFLOW_BUNDLE_H
#define LFADS_TENSORFLOW_BUNDLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/real.h"

enum { BUNDLE_RANK = 8 }; /* most dimensions of a variable */

struct bundle;

struct bundle_variable {
    char *name;
    int type; /* TensorFlow's number */
    size_t rank, dims[BUNDLE_RANK], count;
    size_t shard, offset, bytes; /* where it is, in the file of number SHARD */
    uint32_t checksum;
};

/* Whether PATH names a bundle: it is the path of no file, and PATH.index of one. */
bool bundle_exists(const char *path);
/* Reads the index of the bundle PATH. Fails if that is damaged, not every variable is within its
 * file, or the bundle has another byte order, a later version or variables in parts.
 * bundle_close frees *OUT. */
enum lfads_status bundle_open(struct bundle **out, const char *path, struct lfads_error *err);
void bundle_close(struct bundle *bundle); /* accepts NULL */

/* Returns the variable NAME, or NULL if there is none. */
const struct bundle_variable *bundle_find(const struct bundle *bundle, const char *name);
/* Whether the variable has two dimensions, ROWS and COLS. */
bool bundle_is_matrix(const struct bundle_variable *variable, size_t rows, size_t cols);
/* Sets VALUES [variable->count] to a variable of float32 or float64. Fails if it is of another
 * type, or its bytes are damaged. */
enum lfads_status bundle_read_reals(real *values, const struct bundle *bundle,
                                    const struct bundle_variable *variable,
                                    struct lfads_error *err);
/* Sets *VALUE to a variable of one int32 or int64, and *VALUE to one of one float32 or float64.
 * Fails if there is none of that name, too. */
enum lfads_status bundle_read_integer(int64_t *value, const struct bundle *bundle, const char *name,
                                      struct lfads_error *err);
enum lfads_status bundle_read_real(double *value, const struct bundle *bundle, const char *name,
                                   struct lfads_error *err);
#endif
