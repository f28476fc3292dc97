/* cells.c - the elementwise parts of the GRU, vectorised, each in one pass over its arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"

void KERNEL(gru_gates)(SELF, real *ru, real *rh, const real *bias, const real *h, size_t rows,
                       size_t units)
{
    const vec one = vec_all(1);
    const size_t bin = rows * units;

    for (size_t i = 0; i < rows; i++, ru += 2 * units, rh += units, h += units)
        for (size_t j = 0; j < units; j += LANES) {
            size_t n = units - j;
            vec r, u;

            prefetch_bins(ru + j, 2 * bin);
            prefetch_bins(ru + units + j, 2 * bin);
            prefetch_bins(rh + j, bin);
            r = vec_sigmoid(vec_load(ru + j, n) + vec_load(bias + j, n));
            u = vec_sigmoid(vec_load(ru + units + j, n) + vec_load(bias + units + j, n) + one);

            vec_store(ru + j, r, n);
            vec_store(ru + units + j, u, n);
            vec_store(rh + j, r * vec_load(h + j, n), n);
        }
}

void KERNEL(gru_gates_backward)(SELF, real *dh, real *ru, const real *drh, const real *h,
                                size_t rows, size_t units)
{
    const vec one = vec_all(1);

    for (size_t i = 0; i < rows; i++, ru += 2 * units, dh += units, drh += units, h += units)
        for (size_t j = 0; j < units; j += LANES) {
            size_t n = units - j;
            vec r = vec_load(ru + j, n), d = vec_load(drh + j, n);

            vec_store(dh + j, vec_load(dh + j, n) + d * r, n);
            vec_store(ru + j, d * vec_load(h + j, n) * r * (one - r), n);
        }
}

void KERNEL(gru_state)(SELF, real *h_new, real *c, const real *bias, const real *ru, const real *h,
                       real clip, size_t rows, size_t units)
{
    const vec one = vec_all(1), max = vec_all(clip), min = vec_all(-clip);
    const size_t bin = rows * units;

    for (size_t i = 0; i < rows; i++, h_new += units, c += units, ru += 2 * units, h += units)
        for (size_t j = 0; j < units; j += LANES) {
            size_t n = units - j;
            vec candidate, u, s;

            prefetch_bins(c + j, bin);
            prefetch_bins(h_new + j, bin);
            candidate = vec_tanh(vec_load(c + j, n) + vec_load(bias + j, n));
            u = vec_load(ru + units + j, n);
            s = u * vec_load(h + j, n) + (one - u) * candidate;

            vec_store(c + j, candidate, n);
            vec_store(h_new + j, vec_max(min, vec_min(max, s)), n);
        }
}

void KERNEL(gru_state_backward)(SELF, real *dh, real *c, real *ru, const real *dh_new,
                                const real *h, real clip, size_t rows, size_t units)
{
    const vec one = vec_all(1), k = vec_all(clip);
    const size_t bin = rows * units;

    for (size_t i = 0; i < rows;
         i++, dh += units, c += units, ru += 2 * units, dh_new += units, h += units)
        for (size_t j = 0; j < units; j += LANES) {
            size_t n = units - j;
            vec u, previous, candidate, rest, s, ds;

            prefetch_bins(ru + units + j, 2 * bin);
            prefetch_bins(ru + j, 2 * bin);
            prefetch_bins(h + j, bin);
            prefetch_bins(c + j, bin);
            u = vec_load(ru + units + j, n), previous = vec_load(h + j, n);
            candidate = vec_load(c + j, n), rest = one - u;
            s = u * previous + rest * candidate;
            ds = vec_within(vec_load(dh_new + j, n), s, k);

            vec_store(dh + j, ds * u, n);
            vec_store(ru + units + j, ds * (previous - candidate) * u * rest, n);
            vec_store(c + j, ds * rest * (one - candidate * candidate), n);
        }
}
