/* encoder.c - the encoders (model.md 3): GRUs that read the bins forward and backward, for the
 * initial condition (bins 0 to K-1) and for the controller's input (bins S to T_enc-1).
 *
 * A forward encoder keeps the state after bin t in slot t+1 and its learned start in slot 0; a
 * backward one keeps the state after bin t in slot t and its start in slot K. The encoders do not
 * depend on each other, so each has its own branch.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

static bool is_ci_encoder(enum encoder e) { return e == CI_FORWARD || e == CI_BACKWARD; }

static real *slot(const struct shard *s, enum encoder e, size_t slot)
{
    return s->encoder[e].h + slot * s->trials * s->w.encoder[e].units;
}

/* The first row of the input that encoder E reads: a ci encoder begins after the segment. */
static size_t first_row(const struct shard *s, enum encoder e)
{
    return is_ci_encoder(e) ? s->model->segment * s->trials : 0;
}

static struct operand input(const struct shard *s, enum encoder e)
{
    struct operand x = encoders_input(s);

    x.data += first_row(s, e) * x.ld;
    return x;
}

static struct gru_bins all_bins(const struct shard *s, enum encoder e)
{
    return (struct gru_bins){.bins = model_encoder_bins(s->model, e),
                             .rows = s->trials,
                             .reverse = model_reads_backward(e),
                             .has_inputs = true,
                             .clip = s->model->clip};
}

/* If the backend has branches, the next operations may run at the same time as other branches'. */
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
static void encoder_forward(struct shard *s, enum encoder e)
{
    const struct gru_bins range = all_bins(s, e);
    const struct gru *w = &s->w.encoder[e];

    fork_branch(s, e);
    s->be->set_rows(s->be, slot(s, e, range.reverse ? range.bins : 0), w->units,
                    s->w.encoder_start[e], s->trials, w->units);
    gru_run_inputs(s->be, &s->encoder[e], w, input(s, e), &range);
}

/* g = dropout(forward state after bin K-1 ⊕ backward state after bin 0): model.md (3.3). */
static void join_states(struct shard *s)
{
    const struct backend *be = s->be;
    size_t units = s->model->ic_enc, rows = s->trials;
    const real *mask = s->ic_enc_mask;

    be->copy_masked(be, s->ic_enc, 2 * units, slot(s, IC_FORWARD, s->model->ic_bins), units, mask,
                    2 * units, rows, units);
    be->copy_masked(be, s->ic_enc + units, 2 * units, slot(s, IC_BACKWARD, 0), units,
                    mask ? mask + units : NULL, 2 * units, rows, units);
}

void encoders_forward(struct shard *s)
{
    for (enum encoder e = 0; e < ENCODERS; e++)
        if (model_has_encoder(s->model, e))
            encoder_forward(s, e);
    join_branches(s);
    if (s->model->ic_dim)
        join_states(s);
}

void ic_encoders_forward(struct shard *s)
{
    for (enum encoder e = IC_FORWARD; e <= IC_BACKWARD; e++)
        if (model_has_encoder(s->model, e))
            encoder_forward(s, e);
    join_branches(s);
    if (s->model->ic_dim)
        join_states(s);
}

void ci_encoder_begin_forward(struct shard *s)
{
    const struct gru *w = &s->w.encoder[CI_FORWARD];
    size_t rows = s->trials;

    if (!model_has_encoder(s->model, CI_FORWARD))
        return;
    s->be->clear(s->be, slot(s, CI_FORWARD, 0),
                 (model_encoder_bins(s->model, CI_FORWARD) + 1) * rows * w->units);
    s->be->set_rows(s->be, slot(s, CI_FORWARD, 0), w->units, s->w.encoder_start[CI_FORWARD], rows,
                    w->units);
}

void ci_encoder_step_forward(struct shard *s, size_t t)
{
    const struct gru_bins range = all_bins(s, CI_FORWARD);
    const struct gru *w = &s->w.encoder[CI_FORWARD];
    const struct gru_tape *tape = &s->encoder[CI_FORWARD];
    size_t rows = s->trials, first = s->model->segment;
    struct gru_tape bin;

    if (!model_has_encoder(s->model, CI_FORWARD) || t < first || t - first >= range.bins)
        return;
    gru_group_inputs(s->be, tape, w, input(s, CI_FORWARD), w->inputs,
                     gru_group_of(s->be, t - first, range.bins, rows), rows);
    bin = gru_tape_at(tape, w, t - first, rows);
    gru_step(s->be, slot(s, CI_FORWARD, t - first + 1), &bin, w, slot(s, CI_FORWARD, t - first),
             range.clip, rows, true);
}

/* Sets dh to the gradient of the last state: an ic encoder's half of that of g; 0 for a ci encoder,
 * whose states have their gradients apart. */
static void begin_gradient(struct shard *s, enum encoder e)
{
    size_t units = s->w.encoder[e].units, first = e == IC_BACKWARD ? units : 0;
    const real *mask = s->ic_enc_mask;

    if (is_ci_encoder(e))
        s->be->clear(s->be, s->dh[e], s->trials * units);
    else
        s->be->copy_masked(s->be, s->dh[e], units, s->dic_enc + first, 2 * units,
                           mask ? mask + first : NULL, 2 * units, s->trials, units);
}

static void encoder_backward(struct shard *s, enum encoder e)
{
    const struct backend *be = s->be;
    const struct gru *dw = &s->dw.encoder[e];
    const struct gru_tape *tape = &s->encoder[e];
    struct gru_bins range = all_bins(s, e);
    const size_t units = dw->units;
    const struct gru_input all = {input(s, e), 0, dw->inputs};

    fork_branch(s, e);
    begin_gradient(s, e);
    if (is_ci_encoder(e))
        range.dstates = ci_state_gradients(s, e);
    gru_run_backward(be, s->dh[e], tape, &s->wt.encoder[e], s->drh[e], &range);
    be->sum_rows(be, s->dw.encoder_start[e], operand_of(s->dh[e], units), s->trials, units);
    gru_weights_backward(be, dw, tape, slot(s, e, range.reverse ? 1 : 0), &all, 1,
                         range.bins * s->trials);
}

/* Adds the encoder's part to dreadin. */
static void add_dreadin(struct shard *s, enum encoder e)
{
    size_t width = s->model->readin, bins = model_encoder_bins(s->model, e);

    gru_dinputs(s->be, s->dreadin + first_row(s, e) * width, width, &s->wt.encoder[e],
                &s->encoder[e], 0, width, bins * s->trials, true);
}

void encoders_backward(struct shard *s)
{
    /* dreadin is a sum in this order */
    static const enum encoder order[ENCODERS] = {CI_FORWARD, CI_BACKWARD, IC_FORWARD, IC_BACKWARD};
    const struct model *m = s->model;

    for (int i = 0; i < ENCODERS; i++)
        if (model_has_encoder(m, order[i]))
            encoder_backward(s, order[i]);
    join_branches(s);
    if (m->identity_readin)
        return;
    s->be->clear(s->be, s->dreadin, m->encoded_bins * s->trials * m->readin);
    for (int i = 0; i < ENCODERS; i++)
        if (model_has_encoder(m, order[i]))
            add_dreadin(s, order[i]);
}
