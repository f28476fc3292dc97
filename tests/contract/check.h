/* check.h - compares a backend with the reference in every case and size.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_CHECK_H
#define LFADS_TESTS_CHECK_H
#include "cases.h"

/* Small ones have up to 1400 elements; the emulated device takes most of its time for large ones.
 */
enum case_sizes { ALL_SIZES, SMALL_SIZES, LARGE_SIZES };

struct checked {
    const struct backend *be;
    const char *set;    /* instruction set or precision, for the summary */
    const char *only;   /* prefix of the names of the cases to run; "": all */
    const char *except; /* prefix of the names of those not to run; NULL: none */
    enum case_sizes sizes;
    size_t max_rows;     /* sizes with more rows are left out; 0: none is */
    double operand_unit; /* unit to which the backend rounds operands of products; 0: float's */
    /* Called before each run with its arrays, for a backend that does not compute in the host's
     * memory; or NULL. */
    void (*attach)(const struct backend *be, struct arrays *arrays);
};

/* Prints the cases that fail and returns their number. */
int check_backend(const struct checked *what);
#endif
