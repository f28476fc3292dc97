/* expected.h - the expected contents of a case's arrays, and each number's allowance.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_EXPECTED_H
#define LFADS_TESTS_EXPECTED_H
#include <stddef.h>

enum { EXPECTED_ARRAYS = 48 };

/* By array; NULL if the case's array is not compared. */
struct expected {
    size_t arrays, count[EXPECTED_ARRAYS];
    double *value[EXPECTED_ARRAYS], *allowed[EXPECTED_ARRAYS];
};

#ifdef __cplusplus
extern "C" {
#endif
/* Computes what case INDEX of operation_cases must result in, for ROWS rows of N elements, with the
 * reference in tracked numbers (tracked.h). OPERAND_UNIT: the relative error to which a backend
 * rounds the operands of products; 0: they are not rounded. expected_release frees E's arrays. */
void expect_operation(struct expected *e, size_t index, size_t rows, size_t n, double operand_unit);
/* The same for case INDEX of loop_cases (perturbed.c). */
void expect_loop(struct expected *e, size_t index, size_t rows, size_t n);
/* Sets NUMBERS to COUNT normal numbers times SCALE, the contents of a case's array number ARRAY
 * (arrays.c). */
void case_numbers(float *numbers, size_t count, size_t array, double scale);
void expected_release(struct expected *e);
#ifdef __cplusplus
}
#endif
#endif
