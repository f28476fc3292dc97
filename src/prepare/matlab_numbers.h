/* matlab_numbers.h - the numbers of an array that libmatio read.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_MATLAB_NUMBERS_H
#define LFADS_PREPARE_MATLAB_NUMBERS_H
#include <matio.h>
#include <stddef.h>

/* The numbers of an array, zeros of a sparse matrix too; SIZE_MAX: it is none of plain numbers or
 * characters, or libmatio has fewer than it says. */
size_t matlab_count(const matvar_t *v);
/* Copies as many to NUMBERS, the first axis varying fastest. */
void matlab_copy(double *numbers, const matvar_t *v);
#endif
