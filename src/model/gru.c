/* gru.c - the GRU's step and its gradient, composed of the backend's operations (model.md 2), and
 * its time loop: in one operation if the backend has it for these sizes, else bin by bin.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/gru.h"

struct gru_tape gru_tape_at(const struct gru_tape *tape, const struct gru *gru, size_t t,
                            size_t rows)
{
    size_t states = t * rows * gru->units, skip = tape->one_bin ? 0 : states;

    return (struct gru_tape){.ru = tape->ru + 2 * skip,
                             .rh = tape->rh + skip,
                             .c = tape->c + skip,
                             .h = tape->h + states,
                             .one_bin = tape->one_bin};
}

/* The products of the inputs in model.md (2.1) and (2.4), or (2.2) and (2.5). */
void gru_inputs(const struct backend *be, const struct gru_tape *tape, const struct gru *gru,
                const real *x, size_t ldx, size_t first, size_t width, size_t rows, bool add)
{
    size_t units = gru->units;

    be->product(be, matrix_of(tape->ru, 2 * units), operand_of(x, ldx),
                operand_of(gru->x_ru + first * 2 * units, 2 * units), rows, 2 * units, width, add);
    be->product(be, matrix_of(tape->c, units), operand_of(x, ldx),
                operand_of(gru->x_c + first * units, units), rows, units, width, add);
}

void gru_inputs_backward(const struct backend *be, const struct gru *dgru,
                         const struct gru_tape *tape, const real *x, size_t ldx, size_t first,
                         size_t width, size_t rows)
{
    size_t units = dgru->units;

    be->product(be, matrix_of(dgru->x_ru + first * 2 * units, 2 * units), transpose_of(x, ldx),
                operand_of(tape->ru, 2 * units), width, 2 * units, rows, true);
    be->product(be, matrix_of(dgru->x_c + first * units, units), transpose_of(x, ldx),
                operand_of(tape->c, units), width, units, rows, true);
}

void gru_dinputs(const struct backend *be, real *dx, size_t lddx, const struct gru *gru_t,
                 const struct gru_tape *tape, size_t first, size_t width, size_t rows, bool add)
{
    size_t units = gru_t->units;

    be->product(be, matrix_of(dx, lddx), operand_of(tape->ru, 2 * units),
                operand_of(gru_t->x_ru + first, gru_t->inputs), rows, width, 2 * units, add);
    be->product(be, matrix_of(dx, lddx), operand_of(tape->c, units),
                operand_of(gru_t->x_c + first, gru_t->inputs), rows, width, units, true);
}

/* The rest of model.md (2.1) to (2.7). */
void gru_step(const struct backend *be, real *h_new, const struct gru_tape *bin,
              const struct gru *gru, const real *h, real clip, size_t rows, bool has_inputs)
{
    size_t units = gru->units;

    be->product(be, matrix_of(bin->ru, 2 * units), operand_of(h, units),
                operand_of(gru->h_ru, 2 * units), rows, 2 * units, units, has_inputs);
    be->gru_gates(be, bin->ru, bin->rh, gru->b_ru, h, rows, units);
    be->product(be, matrix_of(bin->c, units), operand_of(bin->rh, units),
                operand_of(gru->rh_c, units), rows, units, units, has_inputs);
    be->gru_state(be, h_new, bin->c, gru->b_c, bin->ru, h, clip, rows, units);
}

void gru_step_backward(const struct backend *be, real *dh, const struct gru_tape *bin,
                       const struct gru *gru_t, const real *h, real *drh, real clip, size_t rows)
{
    size_t units = gru_t->units;

    be->gru_state_backward(be, dh, bin->c, bin->ru, dh, h, clip, rows, units);
    be->product(be, matrix_of(drh, units), operand_of(bin->c, units),
                operand_of(gru_t->rh_c, units), rows, units, units, false);
    be->gru_gates_backward(be, dh, bin->ru, drh, h, rows, units);
    be->product(be, matrix_of(dh, units), operand_of(bin->ru, 2 * units),
                operand_of(gru_t->h_ru, units), rows, units, 2 * units, true);
}

struct gru_sequence gru_whole(const struct gru_tape *tape, const struct gru *gru,
                              const struct gru_bins *range)
{
    return (struct gru_sequence){.ru = tape->ru,
                                 .rh = tape->rh,
                                 .c = tape->c,
                                 .h = tape->h,
                                 .one_bin = tape->one_bin,
                                 .reverse = range->reverse,
                                 .has_inputs = range->has_inputs,
                                 .h_ru = gru->h_ru,
                                 .rh_c = gru->rh_c,
                                 .b_ru = gru->b_ru,
                                 .b_c = gru->b_c,
                                 .clip = range->clip,
                                 .bins = range->bins,
                                 .rows = range->rows,
                                 .units = gru->units,
                                 .dstates = range->dstates,
                                 .mask = range->mask};
}

/* The state before step I of the sequence, or after step I-1. */
static real *state(const struct gru_tape *tape, const struct gru *gru, const struct gru_bins *range,
                   size_t i)
{
    return tape->h + (range->reverse ? range->bins - i : i) * range->rows * gru->units;
}

void gru_run(const struct backend *be, const struct gru_tape *tape, const struct gru *gru,
             const struct gru_bins *range)
{
    struct gru_sequence whole = gru_whole(tape, gru, range);

    if (be->gru_sequence && be->gru_sequence(be, &whole))
        return;
    for (size_t i = 0; i < range->bins; i++) {
        size_t t = range->reverse ? range->bins - 1 - i : i;
        struct gru_tape bin = gru_tape_at(tape, gru, t, range->rows);

        gru_step(be, state(tape, gru, range, i + 1), &bin, gru, state(tape, gru, range, i),
                 range->clip, range->rows, range->has_inputs);
    }
}

void gru_run_backward(const struct backend *be, real *dh, const struct gru_tape *tape,
                      const struct gru *gru_t, real *drh, const struct gru_bins *range)
{
    struct gru_sequence whole = gru_whole(tape, gru_t, range);
    size_t units = gru_t->units;

    whole.dh = dh;
    whole.drh = drh;
    if (be->gru_sequence_backward && be->gru_sequence_backward(be, &whole))
        return;
    for (size_t i = range->bins; i-- > 0;) {
        size_t t = range->reverse ? range->bins - 1 - i : i, at = t * range->rows * units;
        struct gru_tape bin = gru_tape_at(tape, gru_t, t, range->rows);

        if (range->dstates)
            be->add_masked(be, dh, units, range->dstates + at, units,
                           range->mask ? range->mask + at : NULL, units, range->rows, units);
        gru_step_backward(be, dh, &bin, gru_t, state(tape, gru_t, range, i), drh, range->clip,
                          range->rows);
    }
}

void gru_weights_backward(const struct backend *be, const struct gru *dgru,
                          const struct gru_tape *tape, const real *h_before, size_t rows)
{
    size_t units = dgru->units;

    be->product(be, matrix_of(dgru->h_ru, 2 * units), transpose_of(h_before, units),
                operand_of(tape->ru, 2 * units), units, 2 * units, rows, true);
    be->sum_rows(be, dgru->b_ru, tape->ru, 2 * units, rows, 2 * units);
    be->product(be, matrix_of(dgru->rh_c, units), transpose_of(tape->rh, units),
                operand_of(tape->c, units), units, units, rows, true);
    be->sum_rows(be, dgru->b_c, tape->c, units, rows, units);
}
