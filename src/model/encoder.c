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
    unsigned branch; /* of the step: the four encoders need nothing of each other */
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
        .branch = reverse ? 1 : 0,
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
        .branch = reverse ? 3 : 2,
        .reverse = reverse,
    };
}

static real *slot(const struct shard *s, const struct pass *pass, size_t slot)
{
    return pass->tape->h + slot * s->trials * pass->w->units;
}

static struct gru_bins all_bins(const struct shard *s, const struct pass *pass)
{
    return (struct gru_bins){.bins = pass->bins,
                             .rows = s->trials,
                             .reverse = pass->reverse,
                             .has_inputs = true,
                             .clip = s->model->clip};
}

/* What follows may run beside the other branches, where the backend has any. */
static void fork_branch(const struct shard *s, unsigned branch)
{
    if (s->be->fork)
        s->be->fork(s->be, branch);
}

static void join_branches(const struct shard *s)
{
    if (s->be->join)
        s->be->join(s->be);
}

/* model.md (3.1), or (3.2) in reverse. */
static void pass_forward(struct shard *s, struct pass pass)
{
    const struct gru_bins all = all_bins(s, &pass);
    size_t rows = s->trials, inputs = pass.w->inputs, units = pass.w->units;

    fork_branch(s, pass.branch);
    gru_inputs(s->be, pass.tape, pass.w, s->enc_in, inputs, 0, inputs, pass.bins * rows, false);
    s->be->set_rows(s->be, slot(s, &pass, pass.reverse ? pass.bins : 0), units, pass.start, rows,
                    units);
    gru_run(s->be, pass.tape, pass.w, &all);
}

/* The gradient of the last state comes in the branch's dh; DSTATES [K,B,H] (or NULL) joins bin by
 * bin. */
static void pass_backward(struct shard *s, struct pass pass, const real *dstates)
{
    const struct backend *be = s->be;
    struct gru_bins all = all_bins(s, &pass);
    size_t rows = s->trials, inputs = pass.w->inputs, units = pass.w->units;
    real *dh = s->dh[pass.branch];

    all.dstates = dstates;
    gru_run_backward(be, dh, pass.tape, pass.wt, s->drh[pass.branch], &all);
    be->sum_rows(be, pass.dstart, dh, units, rows, units);
    gru_weights_backward(be, pass.dw, pass.tape, slot(s, &pass, pass.reverse ? 1 : 0),
                         pass.bins * rows);
    gru_inputs_backward(be, pass.dw, pass.tape, s->enc_in, inputs, 0, inputs, pass.bins * rows);
}

/* From the gradients in the tape: the part of the read-in's. */
static void pass_dreadin(struct shard *s, struct pass pass)
{
    size_t factors = s->model->factors;

    gru_dinputs(s->be, s->dreadin, factors, pass.wt, pass.tape, 0, factors, pass.bins * s->trials,
                true);
}

/* g = dropout(forward state after bin K-1 ⊕ backward state after bin 0): model.md (3.3). */
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

/* The gradient of one half of g, into the branch's dh. */
static void part_states(struct shard *s, const struct pass *pass)
{
    size_t units = s->model->ic_enc, first = pass->reverse ? units : 0;
    const real *mask = s->ic_enc_mask;

    s->be->copy_masked(s->be, s->dh[pass->branch], units, s->dic_enc + first, 2 * units,
                       mask ? mask + first : NULL, 2 * units, s->trials, units);
}

void encoders_forward(struct shard *s)
{
    const struct model *m = s->model;

    if (m->ic_dim) {
        pass_forward(s, ic_pass(s, false));
        pass_forward(s, ic_pass(s, true));
    }
    if (m->co_dim) {
        pass_forward(s, ci_pass(s, false));
        if (!m->causal)
            pass_forward(s, ci_pass(s, true));
    }
    join_branches(s);
    if (m->ic_dim)
        join_states(s);
}

static void ci_backward(struct shard *s, bool reverse)
{
    struct pass pass = ci_pass(s, reverse);

    fork_branch(s, pass.branch);
    s->be->clear(s->be, s->dh[pass.branch], s->trials * s->model->ci_enc);
    pass_backward(s, pass, reverse ? s->dci_rev : s->dci_fwd);
}

static void ic_backward(struct shard *s, bool reverse)
{
    struct pass pass = ic_pass(s, reverse);

    fork_branch(s, pass.branch);
    part_states(s, &pass);
    pass_backward(s, pass, NULL);
}

void encoders_backward(struct shard *s)
{
    const struct model *m = s->model;

    for (int reverse = 0; reverse < 2; reverse++) {
        if (m->co_dim && !(reverse && m->causal))
            ci_backward(s, reverse);
        if (m->ic_dim)
            ic_backward(s, reverse);
    }
    join_branches(s);
    if (m->identity_readin)
        return;
    s->be->clear(s->be, s->dreadin, m->bins * s->trials * m->factors);
    for (int reverse = 0; reverse < 2 && m->co_dim; reverse++)
        if (!(reverse && m->causal))
            pass_dreadin(s, ci_pass(s, reverse));
    for (int reverse = 0; reverse < 2 && m->ic_dim; reverse++)
        pass_dreadin(s, ic_pass(s, reverse));
}
