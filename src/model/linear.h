/* linear.h - an affine map of rows, y = x W + b, and its gradient.
 *
 * x [rows,in] and dy [rows,out] are stored without gaps.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_LINEAR_H
#define LFADS_MODEL_LINEAR_H
#include "backend/backend.h"

/* A view into the parameters, their transposed copy or their gradient: w [in,out], b [out]; both
 * NULL if the map is the identity. */
struct linear {
    real *w, *b;
    size_t in, out;
};

/* Sets y [rows,out], rows LDY apart. */
void linear_forward(const struct backend *be, real *y, size_t ldy, const struct linear *map,
                    const real *x, size_t rows);
/* Adds the gradient of the map to DMAP. */
void linear_backward(const struct backend *be, const struct linear *dmap, const real *dy,
                     const real *x, size_t rows);
/* Sets dx [rows,in] to the gradient of x, with the transposed copy MAP_T; with ADD, adds it. */
void linear_dinputs(const struct backend *be, real *dx, const struct linear *map_t, const real *dy,
                    size_t rows, bool add);
#endif
