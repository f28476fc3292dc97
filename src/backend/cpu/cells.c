/* cells.c - the elementwise parts of the GRU, vectorised, each in one pass over its arrays.
 *
 * A row ends with a whole vector that overlaps the one before: it is computed first, from what the
 * row was, and stored last. A store of some lanes would hold up the loads of the next row, which
 * begins within its vector. Rows shorter than a vector are loaded and stored in part.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"
#include "backend/cpu/operand_rows.h"

/* Where the last vector of a row of N elements begins. */
static inline size_t last_vector(size_t n) { return n > LANES ? n - LANES : 0; }

struct gates {
    vec r, u, rh;
};

static inline struct gates gates_at(const real *ru, const real *bias, const real *h, size_t units,
                                    size_t n)
{
    const vec r = vec_sigmoid(vec_load(ru, n) + vec_load(bias, n));
    const vec u = vec_sigmoid(vec_load(ru + units, n) + vec_load(bias + units, n) + vec_all(1));

    return (struct gates){r, u, r * vec_load(h, n)};
}

/* Stores the gates from element J of the rows on. */
static inline void store_gates(real *ru, real *rh, size_t j, struct gates g, size_t units, size_t n)
{
    vec_store(ru + j, g.r, n);
    vec_store(ru + units + j, g.u, n);
    operand_store(rh, j, g.rh, n);
}

void KERNEL(gru_gates)(SELF, real *ru, real *rh, const real *bias, const real *h, size_t rows,
                       size_t units)
{
    const size_t bin = rows * units, last = last_vector(units), n = units - last;
    const size_t stride = OPERAND_STRIDE(units);

    for (size_t i = 0; i < rows; i++, ru += 2 * units, rh += stride, h += units) {
        const struct gates end = gates_at(ru + last, bias + last, h + last, units, n);

        for (size_t j = 0; j < units; j += LANES) {
            prefetch_bins(ru + j, 2 * bin);
            prefetch_bins(ru + units + j, 2 * bin);
            operand_prefetch_bins(rh, j, rows * stride);
            if (j < last)
                store_gates(ru, rh, j, gates_at(ru + j, bias + j, h + j, units, LANES), units,
                            LANES);
        }
        store_gates(ru, rh, last, end, units, n);
        operand_end(rh, units);
    }
}

struct gates_backward {
    vec dh, dr;
};

static inline struct gates_backward gates_backward_at(const real *dh, const real *drh,
                                                      const real *ru, const real *h, size_t n)
{
    const vec r = vec_load(ru, n), d = vec_load(drh, n);

    return (struct gates_backward){vec_load(dh, n) + d * r,
                                   d * vec_load(h, n) * r * (vec_all(1) - r)};
}

static inline void store_gates_backward(real *dh, real *dru, size_t j, struct gates_backward d,
                                        size_t n)
{
    vec_store(dh + j, d.dh, n);
    operand_store(dru, j, d.dr, n);
}

void KERNEL(gru_gates_backward)(SELF, real *dh, real *dru, const real *drh, const real *ru,
                                const real *h, size_t rows, size_t units)
{
    const size_t last = last_vector(units), n = units - last, stride = OPERAND_STRIDE(2 * units);

    for (size_t i = 0; i < rows;
         i++, ru += 2 * units, dh += units, dru += stride, drh += units, h += units) {
        const struct gates_backward end =
            gates_backward_at(dh + last, drh + last, ru + last, h + last, n);

        for (size_t j = 0; j < last; j += LANES)
            store_gates_backward(dh, dru, j,
                                 gates_backward_at(dh + j, drh + j, ru + j, h + j, LANES), LANES);
        store_gates_backward(dh, dru, last, end, n);
    }
}

struct state {
    vec h, c;
};

static inline struct state state_at(const real *c, const real *bias, const real *u, const real *h,
                                    real clip, size_t n)
{
    const vec candidate = vec_tanh(vec_load(c, n) + vec_load(bias, n)), gate = vec_load(u, n);
    const vec s = gate * vec_load(h, n) + (vec_all(1) - gate) * candidate;

    return (struct state){vec_max(vec_all(-clip), vec_min(vec_all(clip), s)), candidate};
}

static inline void store_state(real *h_new, real *c, struct state s, size_t n)
{
    vec_store(c, s.c, n);
    vec_store(h_new, s.h, n);
}

void KERNEL(gru_state)(SELF, real *h_new, real *c, const real *bias, const real *ru, const real *h,
                       real clip, size_t rows, size_t units)
{
    const size_t bin = rows * units, last = last_vector(units), n = units - last;

    for (size_t i = 0; i < rows; i++, h_new += units, c += units, ru += 2 * units, h += units) {
        const real *u = ru + units;
        const struct state end = state_at(c + last, bias + last, u + last, h + last, clip, n);

        for (size_t j = 0; j < units; j += LANES) {
            prefetch_bins(c + j, bin);
            prefetch_bins(h_new + j, bin);
            if (j < last)
                store_state(h_new + j, c + j, state_at(c + j, bias + j, u + j, h + j, clip, LANES),
                            LANES);
        }
        store_state(h_new + last, c + last, end, n);
    }
}

struct state_backward {
    vec dh, du, dc;
};

static inline struct state_backward state_backward_at(const real *c, const real *u,
                                                      const real *dh_new, const real *h, real clip,
                                                      size_t n)
{
    const vec gate = vec_load(u, n), rest = vec_all(1) - gate;
    const vec previous = vec_load(h, n), candidate = vec_load(c, n);
    const vec s = gate * previous + rest * candidate;
    const vec ds = vec_within(vec_load(dh_new, n), s, vec_all(clip));

    return (struct state_backward){ds * gate, ds * (previous - candidate) * gate * rest,
                                   ds * rest * (vec_all(1) - candidate * candidate)};
}

static inline void store_state_backward(real *dh, real *dc, real *dru, size_t j,
                                        struct state_backward d, size_t units, size_t n)
{
    vec_store(dh + j, d.dh, n);
    operand_store(dru, units + j, d.du, n);
    operand_store(dc, j, d.dc, n);
}

void KERNEL(gru_state_backward)(SELF, real *dh, real *dc, real *dru, const real *dh_new,
                                const real *c, const real *ru, const real *h, real clip,
                                size_t rows, size_t units)
{
    const size_t bin = rows * units, last = last_vector(units), n = units - last;
    const size_t dc_stride = OPERAND_STRIDE(units), dru_stride = OPERAND_STRIDE(2 * units);

    for (size_t i = 0; i < rows; i++, dh += units, dc += dc_stride, dru += dru_stride,
                dh_new += units, c += units, ru += 2 * units, h += units) {
        const real *u = ru + units;
        const struct state_backward end =
            state_backward_at(c + last, u + last, dh_new + last, h + last, clip, n);

        for (size_t j = 0; j < units; j += LANES) {
            prefetch_bins(u + j, 2 * bin);
            prefetch_bins(ru + j, 2 * bin);
            prefetch_bins(h + j, bin);
            prefetch_bins(c + j, bin);
            if (ROUNDS_OPERANDS) { /* else they are ru and c */
                operand_prefetch_bins(dc, j, rows * dc_stride);
                operand_prefetch_bins(dru, j, rows * dru_stride);
                operand_prefetch_bins(dru, units + j, rows * dru_stride);
            }
            if (j < last)
                store_state_backward(
                    dh, dc, dru, j, state_backward_at(c + j, u + j, dh_new + j, h + j, clip, LANES),
                    units, LANES);
        }
        store_state_backward(dh, dc, dru, last, end, units, n);
        operand_end(dc, units);
    }
}
