/* operation_case.h - what the files of operations' cases share.
 *
 * These files are compiled twice: for backends, and with tracked numbers (tracked.cpp), which
 * derive how far each result may be off. A case therefore rounds the inputs that it computes to
 * float. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_OPERATION_CASE_H
#define LFADS_TESTS_OPERATION_CASE_H
#include "cases.h"

enum { BINS = 3, SAMPLES = 2 }; /* in every case that has bins or samples */

/* Returns x rounded to float, an exact number in either type. */
static inline real exact(double x) { return (real)(float)x; }

#define CASE(name)                                                                                 \
    void case_##name(const struct backend *be, struct arrays *a, size_t rows, size_t n)
#endif
