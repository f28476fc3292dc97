/* kept_arrays.h - copies arrays of a data file, as it stores them, to a file of results (files.md,
 * "Other keys").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_KEPT_ARRAYS_H
#define LFADS_INFER_KEPT_ARRAYS_H
#include "h5/h5.h"
#include "run/run.h"

/* Copies to OUT what the session's file has of each of the first TRIALS trials of SET and this
 * program does not read. Warns of a name that results have themselves. */
enum lfads_status kept_arrays_copy(struct h5_file *out, const struct run *run,
                                   const struct session *session, enum session_set set,
                                   size_t trials, struct lfads_error *err);
/* Copies data set NAME of FROM, which has SHAPE, to OUT; of axis AXIS, 0 or 1, the first COUNT.
 * AXIS is 1 only where the first axis has length 1. */
enum lfads_status kept_array_copy(struct h5_file *out, const struct h5_file *from, const char *name,
                                  const struct h5_shape *shape, size_t axis, size_t count,
                                  struct lfads_error *err);
#endif
