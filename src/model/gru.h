/* gru.h - the GRU (model.md 2): one step, its gradient, and the products over all bins. The
 * encoders' cell stacks the weights of input and state in one matrix, that of generator and
 * controller has two matrices; the equations are the same.
 *
 * D inputs (0: none), H units, B rows per bin, K bins. A tape keeps the forward pass's gates,
 * candidates and states for the backward pass, which overwrites gates and candidates with the
 * gradients of their pre-activations.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_GRU_H
#define LFADS_MODEL_GRU_H
#include "backend/backend.h"

/* A view into the parameters, their transposes or their gradient. */
struct gru {
    size_t inputs, units;     /* D, H */
    real *x_ru, *h_ru, *b_ru; /* gates r and u: [D,2H] [H,2H] [2H] */
    real *x_c, *rh_c, *b_c;   /* candidate c:   [D,H]  [H,H]  [H]  */
};

struct gru_tape {
    real *pre_ru, *pre_c;    /* [K,B,2H] [K,B,H]: pre-activations of gates and candidate, without
                                bias; ru and c themselves where operands are not rounded */
    struct matrix ru, rh, c; /* [K,B,2H] [K,B,H] [K,B,H]: gates, r*h and candidate; rh is an
                                operand, ru and c are kept arrays (backend/operations.def) until
                                the backward pass makes them operands */
    real *h;           /* [K+1,B,H]: the states; the caller chooses the slot of the initial state */
    bool one_bin;      /* all but h holds the current bin only; no backward pass follows */
    bool pre_in_group; /* pre_ru and pre_c hold a group of bins only (gru_group_of) */
};

/* Bins FIRST to FIRST+COUNT-1, whose input products are computed together. The host takes few, so
 * that the time loop finds the products in cache: at most GRU_GROUP_ROWS rows, or one bin. */
struct gru_group {
    size_t first, count;
};
enum { GRU_GROUP_ROWS = 64 };
/* The group of bin T of BINS. */
struct gru_group gru_group_of(const struct backend *be, size_t t, size_t bins, size_t rows);

/* The tape from bin T on; pre_ru and pre_c may end with T's group. Of what it returns a later bin
 * can be taken if T is the first bin of a group. */
struct gru_tape gru_tape_at(const struct gru_tape *tape, const struct gru *gru, size_t t,
                            size_t rows);

/* Sets the tape's pre-activations of ROWS rows (of any number of bins) to the products of inputs
 * FIRST to FIRST+WIDTH-1, x [rows,width]; with ADD, adds them. */
void gru_inputs(const struct backend *be, const struct gru_tape *tape, const struct gru *gru,
                struct operand x, size_t first, size_t width, size_t rows, bool add);
/* Sets dx [rows,width] to the gradient of gru_inputs' x, with the transposed weights GRU_T; with
 * ADD, adds it. */
void gru_dinputs(const struct backend *be, real *dx, size_t lddx, const struct gru *gru_t,
                 const struct gru_tape *tape, size_t first, size_t width, size_t rows, bool add);

/* Sets those of GROUP to the products of the first WIDTH inputs, x [K*B,width]. The bits of a
 * product depend on its rows: a group is computed whole even where one bin is needed, and its gates
 * are lost. */
void gru_group_inputs(const struct backend *be, const struct gru_tape *tape, const struct gru *gru,
                      struct operand x, size_t width, struct gru_group group, size_t rows);

/* One step: sets h_new [B,H] from h [B,H] and the tape's bin, whose pre-activations are the inputs'
 * products if HAS_INPUTS. */
void gru_step(const struct backend *be, real *h_new, const struct gru_tape *bin,
              const struct gru *gru, const real *h, real clip, size_t rows, bool has_inputs);
/* Overwrites dh [B,H], the gradient of h_new, with the gradient of h, and the bin's gates and
 * candidates with their gradients. DRH [B,H] is scratch. */
void gru_step_backward(const struct backend *be, real *dh, const struct gru_tape *bin,
                       const struct gru *gru_t, const real *h, real *drh, real clip, size_t rows);

/* All steps of a GRU over BINS bins of ROWS rows; REVERSE: from the last bin to the first. The
 * state after bin t is in slot t+1 of the tape, the initial state in slot 0; in reverse, in slot t
 * and slot BINS. */
struct gru_bins {
    size_t bins, rows;
    bool reverse, has_inputs;
    real clip;
    struct state_gradients dstates; /* backward: are added */
};
/* The arguments of the backend's gru_sequence, without dh and drh. */
struct gru_sequence gru_whole(const struct gru_tape *tape, const struct gru *gru,
                              const struct gru_bins *range);
/* With the inputs' products in the tape, if it has inputs. */
void gru_run(const struct backend *be, const struct gru_tape *tape, const struct gru *gru,
             const struct gru_bins *range);
/* Computes the inputs' products, too; x [BINS*ROWS,D]. */
void gru_run_inputs(const struct backend *be, const struct gru_tape *tape, const struct gru *gru,
                    struct operand x, const struct gru_bins *range);
/* As gru_step_backward, over all bins: overwrites dh [B,H], the gradient of the last state without
 * its bin of dstates, with the gradient of the initial state. */
void gru_run_backward(const struct backend *be, real *dh, const struct gru_tape *tape,
                      const struct gru *gru_t, real *drh, const struct gru_bins *range);

/* Inputs FIRST to FIRST+WIDTH-1 of all bins: x [rows,width]. */
struct gru_input {
    struct operand x;
    size_t first, width;
};
enum { GRU_INPUTS = 2 };
/* Adds the gradients of weights and biases to DGRU, of all bins at once: of the recurrent weights
 * and of those of COUNT inputs, at most GRU_INPUTS. The tape must hold gradients. h_before
 * [rows,H]: the state before each step; rows = K*B. */
void gru_weights_backward(const struct backend *be, const struct gru *dgru,
                          const struct gru_tape *tape, const real *h_before,
                          const struct gru_input *inputs, size_t count, size_t rows);
#endif
