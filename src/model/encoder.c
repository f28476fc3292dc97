/* encoder.c - the encoders (model.md 3): GRUs that read the bins forward and backward, for the
 * initial condition (bins 0 to K-1) and for the controller's input (all bins).
 *
 * A forward pass keeps the state after bin t in slot t+1, its learned start in slot 0; a backward
 * one keeps the state after bin t in slot t, its start in slot K. So bin t always starts from
 * slot t or t+1.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

/* One encoder of a shard. */
struct pass {
    const struct gru *w, *wt, *dw;
    const real *start;
    real *dstart;
    const struct gru_tape *tape;
    size_t bins;
    bool reverse;
};

static struct pass ic_pass(struct shard *s, bool reverse)
{
    return (struct pass){
        .w = reverse ? &s->w.ic_rev : &s->w.ic_fwd,
        .wt = reverse ? &s->wt.ic_rev : &s->wt.ic_fwd,
        .dw = reverse ? &s->dw.ic_rev : &s->dw.ic_fwd,
        .start = reverse ? s->w.ic_rev_start : s->w.ic_fwd_start,
        .dstart = reverse ? s->dw.ic_rev_start : s->dw.ic_fwd_start,
        .tape = reverse ? &s->ic_rev : &s->ic_fwd,
        .bins = s->model->ic_bins,
        .reverse = reverse,
    };
}

static struct pass ci_pass(struct shard *s, bool reverse)
{
    return (struct pass){
        .w = reverse ? &s->w.ci_rev : &s->w.ci_fwd,
        .wt = reverse ? &s->wt.ci_rev : &s->wt.ci_fwd,
        .dw = reverse ? &s->dw.ci_rev : &s->dw.ci_fwd,
        .start = reverse ? s->w.ci_rev_start : s->w.ci_fwd_start,
        .dstart = reverse ? s->dw.ci_rev_start : s->dw.ci_fwd_start,
        .tape = reverse ? &s->ci_rev : &s->ci_fwd,
        .bins = s->model->bins,
        .reverse = reverse,
    };
}

static real *slot(const struct shard *s, const struct pass *pass, size_t slot)
{
    return pass->tape->h + slot * s->trials * pass->w->units;
}

static void pass_forward(struct shard *s, struct pass pass)
{
    size_t rows = s->trials, inputs = pass.w->inputs, units = pass.w->units;

    gru_inputs(s->be, pass.tape, pass.w, s->enc_in, inputs, 0, inputs, pass.bins * rows, false);
    s->be->set_rows(s->be, slot(s, &pass, pass.reverse ? pass.bins : 0), units, pass.start, rows,
                    units);
    for (size_t i = 0; i < pass.bins; i++) {
        size_t t = pass.reverse ? pass.bins - 1 - i : i;
        struct gru_tape bin = gru_tape_at(pass.tape, pass.w, t, rows);
        real *before = slot(s, &pass, pass.reverse ? t + 1 : t);
        real *after = slot(s, &pass, pass.reverse ? t : t + 1);

        gru_step(s->be, after, &bin, pass.w, before, s->model->clip, rows, true);
    }
}

/* The gradient of the last state comes in s->dh; DSTATES [K,B,H] (or NULL) joins bin by bin. */
static void pass_backward(struct shard *s, struct pass pass, const real *dstates)
{
    const struct backend *be = s->be;
    size_t rows = s->trials, inputs = pass.w->inputs, units = pass.w->units;
    size_t factors = s->model->factors;

    for (size_t i = pass.bins; i-- > 0;) {
        size_t t = pass.reverse ? pass.bins - 1 - i : i;
        struct gru_tape bin = gru_tape_at(pass.tape, pass.w, t, rows);
        const real *before = slot(s, &pass, pass.reverse ? t + 1 : t);

        if (dstates)
            be->add_masked(be, s->dh, units, dstates + t * rows * units, units, NULL, 0, rows,
                           units);
        gru_step_backward(be, s->dh, &bin, pass.wt, before, s->drh, s->model->clip, rows);
    }
    be->sum_rows(be, pass.dstart, s->dh, units, rows, units);
    gru_weights_backward(be, pass.dw, pass.tape, slot(s, &pass, pass.reverse ? 1 : 0),
                         pass.bins * rows);
    gru_inputs_backward(be, pass.dw, pass.tape, s->enc_in, inputs, 0, inputs, pass.bins * rows);
    if (!s->model->identity_readin)
        gru_dinputs(be, s->dreadin, factors, pass.wt, pass.tape, 0, factors, pass.bins * rows,
                    true);
}

/* g = dropout(forward state after bin K-1 ⊕ backward state after bin 0). */
static void join_states(struct shard *s)
{
    const struct backend *be = s->be;
    struct pass fwd = ic_pass(s, false), rev = ic_pass(s, true);
    size_t units = s->model->ic_enc, rows = s->trials;
    const real *mask = s->ic_enc_mask;

    be->copy_masked(be, s->ic_enc, 2 * units, slot(s, &fwd, fwd.bins), units, mask, 2 * units, rows,
                    units);
    be->copy_masked(be, s->ic_enc + units, 2 * units, slot(s, &rev, 0), units,
                    mask ? mask + units : NULL, 2 * units, rows, units);
}

/* The gradient of one half of g, into dh. */
static void part_states(struct shard *s, bool reverse)
{
    size_t units = s->model->ic_enc, first = reverse ? units : 0;
    const real *mask = s->ic_enc_mask;

    s->be->copy_masked(s->be, s->dh, units, s->dic_enc + first, 2 * units,
                       mask ? mask + first : NULL, 2 * units, s->trials, units);
}

void encoders_forward(struct shard *s)
{
    const struct model *m = s->model;

    if (m->ic_dim) {
        pass_forward(s, ic_pass(s, false));
        pass_forward(s, ic_pass(s, true));
        join_states(s);
    }
    if (m->co_dim) {
        pass_forward(s, ci_pass(s, false));
        if (!m->causal)
            pass_forward(s, ci_pass(s, true));
    }
}

void encoders_backward(struct shard *s)
{
    const struct model *m = s->model;
    size_t ci_count = s->trials * m->ci_enc;

    if (!m->identity_readin)
        s->be->clear(s->be, s->dreadin, m->bins * s->trials * m->factors);
    if (m->co_dim) {
        s->be->clear(s->be, s->dh, ci_count);
        pass_backward(s, ci_pass(s, false), s->dci_fwd);
        s->be->clear(s->be, s->dh, ci_count);
        if (!m->causal)
            pass_backward(s, ci_pass(s, true), s->dci_rev);
    }
    if (m->ic_dim) {
        part_states(s, false);
        pass_backward(s, ic_pass(s, false), NULL);
        part_states(s, true);
        pass_backward(s, ic_pass(s, true), NULL);
    }
}
