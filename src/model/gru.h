/* gru.h - the GRU (model.md 2): one step, its gradient, and the products over all bins. The
 * encoders' cell stacks the weights of input and state in one matrix, that of generator and
 * controller has two matrices; the equations are the same.
 *
 * D inputs (0: none), H units, B rows per bin, K bins. A tape keeps the forward pass's gates,
 * candidates and states for the backward pass, which overwrites gates and candidates with their
 * gradients.
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
    real *ru;         /* [K,B,2H]: the gates */
    struct matrix rh; /* [K,B,H]: r*h, an operand */
    real *c;          /* [K,B,H]: the candidate */
    real *h;          /* [K+1,B,H]: the states; the caller chooses the slot of the initial state */
    struct matrix dru, dc; /* backward: the gradients before sigma and tanh, operands; they may be
                              ru and c where operands are not rounded */
    bool one_bin;          /* ru, rh and c hold the current bin only; no backward pass follows */
};

/* The tape from bin T on. */
struct gru_tape gru_tape_at(const struct gru_tape *tape, const struct gru *gru, size_t t,
                            size_t rows);

/* Sets the tape's gates and candidates of ROWS rows (of any number of bins) to the products of
 * inputs FIRST to FIRST+WIDTH-1, x [rows,width]; with ADD, adds them. */
void gru_inputs(const struct backend *be, const struct gru_tape *tape, const struct gru *gru,
                struct operand x, size_t first, size_t width, size_t rows, bool add);
/* Sets dx [rows,width] to the gradient of gru_inputs' x, with the transposed weights GRU_T; with
 * ADD, adds it. */
void gru_dinputs(const struct backend *be, real *dx, size_t lddx, const struct gru *gru_t,
                 const struct gru_tape *tape, size_t first, size_t width, size_t rows, bool add);

/* One step: sets h_new [B,H] from h [B,H] and the tape's bin, which holds the inputs' products if
 * HAS_INPUTS. */
void gru_step(const struct backend *be, real *h_new, const struct gru_tape *bin,
              const struct gru *gru, const real *h, real clip, size_t rows, bool has_inputs);
/* Overwrites dh [B,H], the gradient of h_new, with the gradient of h, and the bin's gates and
 * candidates with their gradients. DRH [B,H] is scratch. */
void gru_step_backward(const struct backend *be, real *dh, const struct gru_tape *bin,
                       const struct gru *gru_t, const real *h, real *drh, real clip, size_t rows);

/* All steps of a GRU whose inputs' products are in the tape: over BINS bins of ROWS rows; REVERSE:
 * from the last bin to the first. The state after bin t is in slot t+1 of the tape, the initial
 * state in slot 0; in reverse, in slot t and slot BINS. */
struct gru_bins {
    size_t bins, rows;
    bool reverse, has_inputs;
    real clip;
    struct state_gradients dstates; /* backward: are added */
};
/* The arguments of the backend's gru_sequence, without dh and drh. */
struct gru_sequence gru_whole(const struct gru_tape *tape, const struct gru *gru,
                              const struct gru_bins *range);
void gru_run(const struct backend *be, const struct gru_tape *tape, const struct gru *gru,
             const struct gru_bins *range);
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
