/* tape.h - a GRU's tape in the arrays of a case.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_TAPE_H
#define LFADS_TESTS_TAPE_H
#include "model/gru.h"

/* For a backend that does not round operands: gates and candidates take the place of their
 * pre-activations. */
static inline struct gru_tape case_tape(real *ru, real *rh, real *c, real *h, size_t units)
{
    return (struct gru_tape){.pre_ru = ru,
                             .pre_c = c,
                             .ru = matrix_of(ru, 2 * units),
                             .rh = matrix_of(rh, units),
                             .c = matrix_of(c, units),
                             .h = h};
}
#endif
