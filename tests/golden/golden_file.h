/* golden_file.h - reads the files of golden models, and compares arrays with them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_GOLDEN_FILE_H
#define LFADS_TESTS_GOLDEN_FILE_H
#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

#include "compare.h"

/* An array of a golden file, converted to double. */
struct array {
    double *values; /* NULL: the file lacks it */
    size_t count, rank, shape[4];
};

/* Reads data set FORMAT, a path as for printf; values are NULL if the file lacks it. golden_release
 * frees the result. */
struct array golden_read(hid_t file, const char *format, ...) __attribute__((format(printf, 2, 3)));
void golden_release(struct array *array);
bool golden_has(hid_t file, const char *path);
/* Sets TEXT [size] to the scalar attribute NAME, as text. */
void golden_attribute(hid_t file, const char *name, char *text, size_t size);

/* The results of a case's comparisons. */
struct verdict {
    const char *case_name;
    size_t compared, failed;
    double worst; /* the largest error, in units of its tolerance */
    char worst_name[200];
};

/* The tolerance of element i, whose value is y, of an array whose largest magnitude is s:
 * TOTAL*((1-SPREAD)*|y| + SPREAD*s) + EACH[i]. SPREAD is the part for elements that are small
 * differences of numbers of the array's size. EACH may be NULL. */
struct tolerance {
    double total, spread;
    const double *each;
};

/* Compares OURS with GOLDEN, element by element, and prints a failure. SCALE is the s of struct
 * tolerance; 0: GOLDEN's largest magnitude. */
void golden_compare(struct verdict *verdict, const char *name, const double *ours,
                    const struct array *golden, double scale, struct tolerance tolerance);
/* The same for COUNT elements of ours: fails if GOLDEN has another number of them. */
void golden_compare_all(struct verdict *verdict, const char *name, const double *ours, size_t count,
                        const struct array *golden, double scale, struct tolerance tolerance);
/* Returns the largest magnitude. */
double golden_largest(const struct array *array);
#endif
