/* tape.h - a GRU's tape in the arrays of a case.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_TAPE_H
#define LFADS_TESTS_TAPE_H
#include "model/gru.h"

/* For a backend that does not round operands: gradients take the place of gates and candidates. */
static inline struct gru_tape case_tape(real *ru, real *rh, real *c, real *h, size_t units)
{
    return (struct gru_tape){.ru = ru,
                             .rh = matrix_of(rh, units),
                             .c = c,
                             .h = h,
                             .dru = matrix_of(ru, 2 * units),
                             .dc = matrix_of(c, units)};
}
#endif
