/* names.h - names of arrays and columns as people write them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_NAMES_H
#define LFADS_PREPARE_NAMES_H
#include <stdbool.h>
#include <stddef.h>

/* The length of NAME without the unit of time behind it: "time_ms", "time ms", "time (ms)", "time
 * [ms]". Sets *PER_SECOND to how many of that unit make a second; 0: NAME has none. */
size_t name_stem(double *per_second, const char *name);
/* Whether A and B are the same name: HDF5 separates groups by /, MATLAB structures by dots; upper
 * and lower case are the same. */
bool name_is(const char *a, const char *b);
/* Whether NAME is WORD but for its unit and for blanks and what stands in their place: "Unit ID" is
 * unit_id. */
bool name_means(const char *name, const char *word);
#endif
