/* gru.c - the GRU's step and its gradient, composed of the backend's operations (model.md 2), and
 * its time loop: in one operation if the backend has it for these sizes, else bin by bin.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/gru.h"

#include "base/sizes.h"

/* Bins of a group on the host. */
static size_t host_bins(size_t rows) { return size_max(GRU_GROUP_ROWS / rows, 1); }

struct gru_group gru_group_of(const struct backend *be, size_t t, size_t bins, size_t rows)
{
    const size_t together = be->host_memory ? host_bins(rows) : bins;
    const size_t first = t / together * together;

    return (struct gru_group){first, size_min(together, bins - first)};
}

struct gru_tape gru_tape_at(const struct gru_tape *tape, const struct gru *gru, size_t t,
                            size_t rows)
{
    const size_t row = t * rows, skip = tape->one_bin ? 0 : row;
    const size_t pre = tape->pre_in_group ? t % host_bins(rows) * rows : skip;

    return (struct gru_tape){.pre_ru = tape->pre_ru + pre * 2 * gru->units,
                             .pre_c = tape->pre_c + pre * gru->units,
                             .ru = matrix_from(tape->ru, skip),
                             .rh = matrix_from(tape->rh, skip),
                             .c = matrix_from(tape->c, skip),
                             .h = tape->h + row * gru->units,
                             .one_bin = tape->one_bin,
                             .pre_in_group = tape->pre_in_group};
}

static void multiply(const struct backend *be, const struct product *list, size_t count)
{
    if (be->products) {
        be->products(be, list, count);
        return;
    }
    for (const struct product *p = list; p < list + count; p++)
        be->product(be, p->c, p->a, p->b, p->m, p->n, p->k, p->add);
}

/* The products of the inputs in model.md (2.1) and (2.4), or (2.2) and (2.5). */
void gru_inputs(const struct backend *be, const struct gru_tape *tape, const struct gru *gru,
                struct operand x, size_t first, size_t width, size_t rows, bool add)
{
    const size_t h = gru->units;
    const struct product list[] = {
        {matrix_of(tape->pre_ru, 2 * h), x, operand_of(gru->x_ru + first * 2 * h, 2 * h), rows,
         2 * h, width, add},
        {matrix_of(tape->pre_c, h), x, operand_of(gru->x_c + first * h, h), rows, h, width, add},
    };

    multiply(be, list, 2);
}

void gru_group_inputs(const struct backend *be, const struct gru_tape *tape, const struct gru *gru,
                      struct operand x, size_t width, struct gru_group group, size_t rows)
{
    const struct gru_tape part = gru_tape_at(tape, gru, group.first, rows);

    x.data += group.first * rows * x.ld;
    gru_inputs(be, &part, gru, x, 0, width, group.count * rows, false);
}

void gru_dinputs(const struct backend *be, real *dx, size_t lddx, const struct gru *gru_t,
                 const struct gru_tape *tape, size_t first, size_t width, size_t rows, bool add)
{
    size_t units = gru_t->units;

    be->product(be, matrix_of(dx, lddx), operand_in(be, tape->ru),
                operand_of(gru_t->x_ru + first, gru_t->inputs), rows, width, 2 * units, add);
    be->product(be, matrix_of(dx, lddx), operand_in(be, tape->c),
                operand_of(gru_t->x_c + first, gru_t->inputs), rows, width, units, true);
}

/* The rest of model.md (2.1) to (2.7). */
void gru_step(const struct backend *be, real *h_new, const struct gru_tape *bin,
              const struct gru *gru, const real *h, real clip, size_t rows, bool has_inputs)
{
    size_t units = gru->units;

    be->product(be, matrix_of(bin->pre_ru, 2 * units), operand_of(h, units),
                operand_of(gru->h_ru, 2 * units), rows, 2 * units, units, has_inputs);
    be->gru_gates(be, bin->ru.data, bin->rh.data, bin->pre_ru, gru->b_ru, h, rows, units);
    be->product(be, matrix_of(bin->pre_c, units), operand_in(be, bin->rh),
                operand_of(gru->rh_c, units), rows, units, units, has_inputs);
    be->gru_state(be, h_new, bin->c.data, bin->pre_c, gru->b_c, bin->ru.data, h, clip, rows, units);
}

void gru_step_backward(const struct backend *be, real *dh, const struct gru_tape *bin,
                       const struct gru *gru_t, const real *h, real *drh, real clip, size_t rows)
{
    size_t units = gru_t->units;

    be->gru_state_backward(be, dh, bin->c.data, bin->ru.data, dh, h, clip, rows, units);
    be->product(be, matrix_of(drh, units), operand_in(be, bin->c), operand_of(gru_t->rh_c, units),
                rows, units, units, false);
    be->gru_gates_backward(be, dh, bin->ru.data, drh, h, rows, units);
    be->product(be, matrix_of(dh, units), operand_in(be, bin->ru), operand_of(gru_t->h_ru, units),
                rows, units, 2 * units, true);
}

struct gru_sequence gru_whole(const struct gru_tape *tape, const struct gru *gru,
                              const struct gru_bins *range)
{
    return (struct gru_sequence){.ru = tape->ru.data,
                                 .rh = tape->rh.data,
                                 .c = tape->c.data,
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
                                 .dstates = range->dstates};
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

void gru_run_inputs(const struct backend *be, const struct gru_tape *tape, const struct gru *gru,
                    struct operand x, const struct gru_bins *range)
{
    const size_t bins = range->bins, rows = range->rows;
    struct gru_group group;

    for (size_t done = 0; done < bins; done += group.count) {
        const size_t t = range->reverse ? bins - 1 - done : done;
        struct gru_bins part = *range;
        struct gru_tape at;

        group = gru_group_of(be, t, bins, rows);
        gru_group_inputs(be, tape, gru, x, gru->inputs, group, rows);
        at = gru_tape_at(tape, gru, group.first, rows);
        part.bins = group.count;
        gru_run(be, &at, gru, &part);
    }
}

/* Adds the gradient of the state after bin T. */
static void add_dstates(const struct backend *be, real *dh, const struct state_gradients *d,
                        size_t t, size_t rows, size_t units)
{
    size_t row = (t - d->first) * rows;

    if (d->x && t >= d->first && t - d->first < d->count)
        be->add_masked(be, dh, units, d->x + row * d->ldx, d->ldx,
                       d->mask ? d->mask + row * d->ldm : NULL, d->ldm, rows, units);
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
        size_t t = range->reverse ? range->bins - 1 - i : i;
        struct gru_tape bin = gru_tape_at(tape, gru_t, t, range->rows);

        add_dstates(be, dh, &range->dstates, t, range->rows, units);
        gru_step_backward(be, dh, &bin, gru_t, state(tape, gru_t, range, i), drh, range->clip,
                          range->rows);
    }
}

/* The gradient of a matrix [m,n] of DW: the product of operands of ROWS rows. */
static struct product gradient_of(real *dw, struct operand x, struct operand d, size_t m, size_t n,
                                  size_t rows)
{
    x.transposed = true;
    return (struct product){matrix_of(dw, n), x, d, m, n, rows, true};
}

void gru_weights_backward(const struct backend *be, const struct gru *dgru,
                          const struct gru_tape *tape, const real *h_before,
                          const struct gru_input *inputs, size_t count, size_t rows)
{
    const size_t h = dgru->units;
    const struct operand dru = operand_in(be, tape->ru), dc = operand_in(be, tape->c);
    struct product list[2 + 2 * GRU_INPUTS];
    size_t n = 0;

    assert(count <= GRU_INPUTS);
    list[n++] = gradient_of(dgru->h_ru, operand_of(h_before, h), dru, h, 2 * h, rows);
    list[n++] = gradient_of(dgru->rh_c, operand_in(be, tape->rh), dc, h, h, rows);
    for (size_t i = 0; i < count; i++) {
        const struct gru_input in = inputs[i];

        list[n++] = gradient_of(dgru->x_ru + in.first * 2 * h, in.x, dru, in.width, 2 * h, rows);
        list[n++] = gradient_of(dgru->x_c + in.first * h, in.x, dc, in.width, h, rows);
    }
    multiply(be, list, n);
    be->sum_rows(be, dgru->b_ru, dru, rows, 2 * h);
    be->sum_rows(be, dgru->b_c, dc, rows, h);
}
