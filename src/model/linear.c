/* linear.c - an affine map of rows, and its gradient.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/linear.h"

void linear_forward(const struct backend *be, real *y, size_t ldy, const struct linear *map,
                    const real *x, size_t rows)
{
    be->set_rows(be, y, ldy, map->b, rows, map->out);
    be->product(be, matrix_of(y, ldy), operand_of(x, map->in), operand_of(map->w, map->out), rows,
                map->out, map->in, true);
}

void linear_backward(const struct backend *be, const struct linear *dmap, const real *dy,
                     const real *x, size_t rows)
{
    be->product(be, matrix_of(dmap->w, dmap->out), transpose_of(x, dmap->in),
                operand_of(dy, dmap->out), dmap->in, dmap->out, rows, true);
    be->sum_rows(be, dmap->b, operand_of(dy, dmap->out), rows, dmap->out);
}

void linear_dinputs(const struct backend *be, real *dx, const struct linear *map_t, const real *dy,
                    size_t rows, bool add)
{
    be->product(be, matrix_of(dx, map_t->in), operand_of(dy, map_t->out),
                operand_of(map_t->w, map_t->in), rows, map_t->in, map_t->out, add);
}
