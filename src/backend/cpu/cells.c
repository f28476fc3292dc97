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
    kept_vec r, u;
    vec rh;
};

static inline struct gates gates_at(const real *pre, const real *bias, const real *h, size_t units,
                                    size_t n)
{
    const kept_vec r = kept_of(vec_sigmoid(vec_load(pre, n) + vec_load(bias, n)));
    const vec u = vec_sigmoid(vec_load(pre + units, n) + vec_load(bias + units, n) + vec_all(1));

    return (struct gates){r, kept_update_of(u), kept_value(r) * vec_load(h, n)};
}

/* Stores the gates from element J of the rows on. */
static inline void store_gates(real *ru, real *rh, size_t j, struct gates g, size_t units, size_t n)
{
    kept_store(ru, j, g.r, n);
    kept_store(ru, units + j, g.u, n);
    operand_store(rh, j, g.rh, n);
}

void KERNEL(gru_gates)(SELF, real *ru, real *rh, const real *pre, const real *bias, const real *h,
                       size_t rows, size_t units)
{
    const size_t last = last_vector(units), n = units - last;
    const size_t stride = OPERAND_STRIDE(units), ru_stride = OPERAND_STRIDE(2 * units);

    for (size_t i = 0; i < rows; i++, pre += 2 * units, ru += ru_stride, rh += stride, h += units) {
        const struct gates end = gates_at(pre + last, bias + last, h + last, units, n);

        for (size_t j = 0; j < units; j += LANES) {
            operand_prefetch_bins(ru, j, rows * ru_stride);
            operand_prefetch_bins(ru, units + j, rows * ru_stride);
            operand_prefetch_bins(rh, j, rows * stride);
            if (j < last)
                store_gates(ru, rh, j, gates_at(pre + j, bias + j, h + j, units, LANES), units,
                            LANES);
        }
        store_gates(ru, rh, last, end, units, n);
        operand_end(rh, units);
    }
}

struct gates_backward {
    vec dh, dr;
};

/* Of element J of the rows and those after it. */
static inline struct gates_backward gates_backward_at(const real *dh, const real *drh,
                                                      const real *ru, const real *h, size_t j,
                                                      size_t n)
{
    const vec r = kept_load(ru, j, n), d = vec_load(drh + j, n);

    return (struct gates_backward){vec_load(dh + j, n) + d * r,
                                   d * vec_load(h + j, n) * r * (vec_all(1) - r)};
}

static inline void store_gates_backward(real *dh, real *ru, size_t j, struct gates_backward d,
                                        size_t n)
{
    vec_store(dh + j, d.dh, n);
    operand_store(ru, j, d.dr, n);
}

void KERNEL(gru_gates_backward)(SELF, real *dh, real *ru, const real *drh, const real *h,
                                size_t rows, size_t units)
{
    const size_t last = last_vector(units), n = units - last, stride = OPERAND_STRIDE(2 * units);

    for (size_t i = 0; i < rows; i++, ru += stride, dh += units, drh += units, h += units) {
        const struct gates_backward end = gates_backward_at(dh, drh, ru, h, last, n);

        for (size_t j = 0; j < last; j += LANES)
            store_gates_backward(dh, ru, j, gates_backward_at(dh, drh, ru, h, j, LANES), LANES);
        store_gates_backward(dh, ru, last, end, n);
    }
}

struct state {
    vec h;
    kept_vec c;
};

/* Of element J of the rows and those after it; the update gates are U from J on. */
static inline struct state state_at(const real *pre, const real *bias, const real *ru, size_t u,
                                    const real *h, real clip, size_t n)
{
    const kept_vec c = kept_of(vec_tanh(vec_load(pre, n) + vec_load(bias, n)));
    const vec gate = kept_update_load(ru, u, n);
    const vec s = gate * vec_load(h, n) + (vec_all(1) - gate) * kept_value(c);

    return (struct state){vec_max(vec_all(-clip), vec_min(vec_all(clip), s)), c};
}

static inline void store_state(real *h_new, real *c, size_t j, struct state s, size_t n)
{
    kept_store(c, j, s.c, n);
    vec_store(h_new + j, s.h, n);
}

void KERNEL(gru_state)(SELF, real *h_new, real *c, const real *pre, const real *bias,
                       const real *ru, const real *h, real clip, size_t rows, size_t units)
{
    const size_t last = last_vector(units), n = units - last;
    const size_t stride = OPERAND_STRIDE(units), ru_stride = OPERAND_STRIDE(2 * units);

    for (size_t i = 0; i < rows;
         i++, h_new += units, c += stride, pre += units, ru += ru_stride, h += units) {
        const struct state end =
            state_at(pre + last, bias + last, ru, units + last, h + last, clip, n);

        for (size_t j = 0; j < units; j += LANES) {
            operand_prefetch_bins(c, j, rows * stride);
            prefetch_bins(h_new + j, rows * units);
            if (j < last)
                store_state(h_new, c, j,
                            state_at(pre + j, bias + j, ru, units + j, h + j, clip, LANES), LANES);
        }
        store_state(h_new, c, last, end, n);
    }
}

struct state_backward {
    vec dh, du, dc;
};

/* Of element J of the rows and those after it. */
static inline struct state_backward state_backward_at(const real *c, const real *ru,
                                                      const real *dh_new, const real *h, real clip,
                                                      size_t units, size_t j, size_t n)
{
    const vec gate = kept_update_load(ru, units + j, n), rest = vec_all(1) - gate;
    const vec previous = vec_load(h + j, n), candidate = kept_load(c, j, n);
    const vec s = gate * previous + rest * candidate;
    const vec ds = vec_within(vec_load(dh_new + j, n), s, vec_all(clip));

    return (struct state_backward){ds * gate, ds * (previous - candidate) * gate * rest,
                                   ds * rest * (vec_all(1) - candidate * candidate)};
}

static inline void store_state_backward(real *dh, real *c, real *ru, struct state_backward d,
                                        size_t units, size_t j, size_t n)
{
    vec_store(dh + j, d.dh, n);
    operand_store(ru, units + j, d.du, n);
    operand_store(c, j, d.dc, n);
}

void KERNEL(gru_state_backward)(SELF, real *dh, real *c, real *ru, const real *dh_new,
                                const real *h, real clip, size_t rows, size_t units)
{
    const size_t last = last_vector(units), n = units - last;
    const size_t stride = OPERAND_STRIDE(units), ru_stride = OPERAND_STRIDE(2 * units);

    for (size_t i = 0; i < rows;
         i++, dh += units, c += stride, ru += ru_stride, dh_new += units, h += units) {
        const struct state_backward end = state_backward_at(c, ru, dh_new, h, clip, units, last, n);

        for (size_t j = 0; j < units; j += LANES) {
            operand_prefetch_bins(ru, units + j, rows * ru_stride);
            operand_prefetch_bins(ru, j, rows * ru_stride);
            prefetch_bins(h + j, rows * units);
            operand_prefetch_bins(c, j, rows * stride);
            if (j < last)
                store_state_backward(dh, c, ru,
                                     state_backward_at(c, ru, dh_new, h, clip, units, j, LANES),
                                     units, j, LANES);
        }
        store_state_backward(dh, c, ru, end, units, last, n);
        operand_end(c, units);
    }
}
