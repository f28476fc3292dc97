/* linear.c - an affine map of rows, and its gradient.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/linear.h"

void linear_forward(const struct backend *be, real *y, size_t ldy, const struct linear *map,
                    const real *x, size_t rows)
{
    be->set_rows(be, y, ldy, map->b, rows, map->out);
    be->product(be, y, ldy, x, map->in, false, map->w, map->out, false, rows, map->out, map->in,
                true);
}

void linear_backward(const struct backend *be, const struct linear *dmap, const real *dy,
                     const real *x, size_t rows)
{
    be->product(be, dmap->w, dmap->out, x, dmap->in, true, dy, dmap->out, false, dmap->in,
                dmap->out, rows, true);
    be->sum_rows(be, dmap->b, dy, dmap->out, rows, dmap->out);
}

void linear_dinputs(const struct backend *be, real *dx, const struct linear *map_t, const real *dy,
                    size_t rows, bool add)
{
    be->product(be, dx, map_t->in, dy, map_t->out, false, map_t->w, map_t->in, false, rows,
                map_t->in, map_t->out, add);
}
