/* join_arrays.h - many arrays of a file as one: an array a unit, or a trial.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_JOIN_ARRAYS_H
#define LFADS_PREPARE_JOIN_ARRAYS_H
#include "prepare/variables.h"

/* Whether NAME stands for several: has * or ?. */
bool join_is_pattern(const char *name);
/* Adds as PATTERN the spike times in the arrays whose names match it: a list for each unit, whose
 * id is the array's name. They come in the order of the numbers in their names. */
enum lfads_status join_times(struct variables *variables, const char *pattern,
                             struct lfads_error *err);
/* Adds as PATTERN the counts in the arrays whose names match it: of a unit each [bins], or of a
 * trial each [bins,channels]. */
enum lfads_status join_counts(struct variables *variables, const char *pattern,
                              struct lfads_error *err);
#endif
