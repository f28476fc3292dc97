/* expected.h - what a case's arrays hold after it and how far each number may be off.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_EXPECTED_H
#define LFADS_TESTS_EXPECTED_H
#include <stddef.h>

enum { EXPECTED_ARRAYS = 48 };

/* Array by array, NULL where the case's array is not compared. */
struct expected {
    size_t arrays, count[EXPECTED_ARRAYS];
    double *wanted[EXPECTED_ARRAYS], *allowed[EXPECTED_ARRAYS];
};

#ifdef __cplusplus
extern "C" {
#endif
/* Of case PLACE of operation_cases, for ROWS rows of N numbers: the definition in numbers that know
 * their rounding errors (tracked.h). A backend rounds the factors of products to FACTOR_UNIT beside
 * (0: not). */
void expect_operation(struct expected *e, size_t place, size_t rows, size_t n, double factor_unit);
/* Of case PLACE of loop_cases (shaken.c). */
void expect_loop(struct expected *e, size_t place, size_t rows, size_t n);
/* COUNT normal numbers times SCALE: those of a case's array number ARRAY (arrays.c). */
void case_numbers(float *numbers, size_t count, size_t array, double scale);
void expected_release(struct expected *e);
#ifdef __cplusplus
}
#endif
#endif
