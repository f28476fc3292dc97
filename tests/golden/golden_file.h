/* golden_file.h - reading the golden model files, and comparing with them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_GOLDEN_FILE_H
#define LFADS_TESTS_GOLDEN_FILE_H
#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

#include "compare.h"

/* An array of a golden file, all numbers as double. */
struct array {
    double *values; /* NULL: not in the file */
    size_t count, rank, shape[4];
};

/* Reads dataset PATH (printf form); values are NULL if the file has none of that name. */
struct array golden_read(hid_t file, const char *format, ...) __attribute__((format(printf, 2, 3)));
void golden_release(struct array *array);
bool golden_has(hid_t file, const char *path);
/* Attribute NAME as text, in a buffer of SIZE; an array attribute is not expected. */
void golden_attribute(hid_t file, const char *name, char *text, size_t size);

/* How far a comparison may be off, and the worst seen. One a case. */
struct verdict {
    const char *case_name;
    size_t compared, failed;
    double worst;
    char worst_name[200];
};

/* An element y of an array whose largest magnitude is s may be off by ALL*((1-SPREAD)*|y| +
 * SPREAD*s)
 * + EACH[i]: SPREAD is the part of the tolerance for elements that are small differences of numbers
 * of the array's size. EACH may be NULL. */
struct tolerance {
    double all, spread;
    const double *each;
};

/* Compares OURS with the array, element by element; s is SCALE, or, if that is 0, the array's
 * largest magnitude. Prints what fails. */
void golden_compare(struct verdict *verdict, const char *name, const double *ours,
                    const struct array *golden, double scale, struct tolerance tolerance);
/* The largest magnitude. */
double golden_largest(const struct array *array);
#endif
