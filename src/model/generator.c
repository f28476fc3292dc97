/* generator.c - the generator and the factors (model.md 6).
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

bool generator_runs_alone(const struct shard *s)
{
    return !s->model->co_dim && !(model_generator_inputs(s->model) && s->gen.one_bin);
}

static bool has_dropout(const struct shard *s) { return s->gen_out != s->gen.h; }

/* gen_out from SLOT on, if it is not the states themselves: an operand. */
static struct matrix dropped_out(const struct shard *s, size_t slot)
{
    return matrix_from(operand_array(s->be, s->gen_out, s->model->gen_units), slot * s->rows);
}

static void drop_out(struct shard *s, size_t slot, size_t count, const real *mask)
{
    size_t g = s->model->gen_units;

    if (has_dropout(s))
        s->be->copy_operand(s->be, dropped_out(s, slot), 0, s->gen.h + slot * s->rows * g, g, mask,
                            g, count * s->rows, g);
}

/* gen_out from SLOT on, as products read it. */
static struct operand out_from(const struct shard *s, size_t slot)
{
    size_t g = s->model->gen_units;

    return has_dropout(s) ? operand_in(s->be, dropped_out(s, slot))
                          : operand_of(s->gen_out + slot * s->rows * g, g);
}

/* Normalises the columns of the factors' matrix, model.md (6.4), and puts the external inputs
 * beside the inferred ones, (6.1). */
void generator_begin_forward(struct shard *s)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    size_t g = m->gen_units, in = model_generator_inputs(m), e = m->ext_inputs;

    be->normalise_columns(be, s->fac_w, s->w.factors, g, m->factors);
    if (m->ext_to_generator) {
        const real *ext = s->data[TRIAL_EXT] + model_skip(m, s->trials, e);
        const real *mask = s->ext_mask ? s->ext_mask + model_skip(m, s->trials, e) : NULL;

        if (s->samples > 1) { /* copy a trial's input to the rows of all its samples */
            be->repeat_rows(be, s->gen_ext, ext, s->samples, m->bins, s->trials, e);
            ext = s->gen_ext;
        }
        be->copy_masked(be, s->gen_in + m->co_dim, in, ext, e, mask, e, m->bins * s->rows, e);
    }
    drop_out(s, 0, 1, s->gen_ic_mask);
}

/* model.md (6.2), and the dropout of (6.3). */
void generator_step_forward(struct shard *s, size_t t)
{
    const struct model *m = s->model;
    size_t rows = s->rows, g = m->gen_units, in = model_generator_inputs(m);
    struct gru_tape bin = gru_tape_at(&s->gen, &s->w.gen, t, rows);
    real *h_new = bin.h + rows * g;

    gru_inputs(s->be, &bin, &s->w.gen, operand_of(s->gen_in + t * rows * in, in), 0, in, rows,
               false);
    gru_step(s->be, h_new, &bin, &s->w.gen, bin.h, m->clip, rows, true);
    drop_out(s, t + 1, 1, s->gen_mask ? s->gen_mask + t * rows * g : NULL);
}

/* dgen_out of bin T. */
static real *dout_of(const struct shard *s, size_t t)
{
    return s->model->feedback == FEED_NOTHING ? s->dgen_out + t * s->rows * s->model->gen_units
                                              : s->dgen_out;
}

void generator_step_backward(struct shard *s, size_t t)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    size_t rows = s->rows, g = m->gen_units, at = t * rows * g, n = m->co_dim;
    struct gru_tape bin = gru_tape_at(&s->gen, &s->w.gen, t, rows);

    be->add_masked(be, s->dgen_h, g, dout_of(s, t), g, s->gen_mask ? s->gen_mask + at : NULL, g,
                   rows, g);
    gru_step_backward(be, s->dgen_h, &bin, &s->wt.gen, bin.h, s->drh[0], m->clip, rows);
    gru_dinputs(be, s->du + t * rows * n, n, &s->wt.gen, &bin, 0, n, rows, true);
}

static struct gru_bins all_bins(const struct shard *s)
{
    return (struct gru_bins){.bins = s->model->bins,
                             .rows = s->rows,
                             .has_inputs = model_generator_inputs(s->model) > 0,
                             .clip = s->model->clip};
}

static struct operand all_inputs(const struct shard *s)
{
    return operand_of(s->gen_in, model_generator_inputs(s->model));
}

/* As generator_step_forward, for all bins. */
void generator_run_forward(struct shard *s)
{
    const struct gru_bins range = all_bins(s);

    if (range.has_inputs)
        gru_run_inputs(s->be, &s->gen, &s->w.gen, all_inputs(s), &range);
    else
        gru_run(s->be, &s->gen, &s->w.gen, &range);
    drop_out(s, 1, range.bins, s->gen_mask);
}

void generator_lone_step_forward(struct shard *s, size_t t)
{
    const struct gru_bins range = all_bins(s);
    size_t rows = s->rows;
    struct gru_tape bin = gru_tape_at(&s->gen, &s->w.gen, t, rows);

    if (range.has_inputs)
        gru_group_inputs(s->be, &s->gen, &s->w.gen, all_inputs(s), s->w.gen.inputs,
                         gru_group_of(s->be, t, range.bins, rows), rows);
    gru_step(s->be, bin.h + rows * s->model->gen_units, &bin, &s->w.gen, bin.h, range.clip, rows,
             range.has_inputs);
}

void generator_run_backward(struct shard *s)
{
    struct gru_bins range = all_bins(s);

    range.dstates = (struct state_gradients){.x = s->dgen_out,
                                             .mask = s->gen_mask,
                                             .ldx = s->model->gen_units,
                                             .ldm = s->model->gen_units,
                                             .count = range.bins};
    gru_run_backward(s->be, s->dgen_h, &s->gen, &s->wt.gen, s->drh[0], &range);
}

void generator_weights_backward(struct shard *s)
{
    size_t rows = s->model->bins * s->rows, in = model_generator_inputs(s->model);
    const struct gru_input input = {all_inputs(s), 0, in};

    gru_weights_backward(s->be, &s->dw.gen, &s->gen, s->gen.h, &input, in ? 1 : 0, rows);
}

/* model.md (6.3). */
void factors_forward(struct shard *s, size_t first, size_t count)
{
    size_t g = s->model->gen_units, f = s->model->factors, skip = first * s->rows;

    s->be->product(s->be, matrix_of(s->factors + skip * f, f), out_from(s, first),
                   operand_of(s->fac_w, f), count * s->rows, f, g, false);
}

void factors_backward(struct shard *s, size_t first, size_t count)
{
    size_t g = s->model->gen_units, f = s->model->factors, skip = first * s->rows;

    s->be->product(s->be, matrix_of(dout_of(s, first), g),
                   operand_of(s->dfactors + (skip + s->rows) * f, f), operand_of(s->fac_wt, g),
                   count * s->rows, g, f, false);
}

void factors_weights_backward(struct shard *s, size_t first)
{
    const struct model *m = s->model;
    size_t g = m->gen_units, f = m->factors, skip = first * s->rows;
    struct operand out = out_from(s, first);

    out.transposed = true;
    s->be->product(s->be, matrix_of(s->dfac_w, f), out, operand_of(s->dfactors + skip * f, f), g, f,
                   (m->bins + 1 - first) * s->rows, false);
    s->be->normalise_columns_backward(s->be, s->dw.factors, s->dfac_w, s->w.factors, s->fac_w, g,
                                      f);
}
