/* cells.c - the elementwise parts of the GRU (model.md 2), forward beside backward.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/reference/reference.h"

/* model.md (2.3). */
void reference_gru_gates(SELF, real *ru, real *rh, const real *pre, const real *bias, const real *h,
                         size_t rows, size_t units)
{
    for (size_t i = 0; i < rows; i++) {
        const size_t row = i * 2 * units;
        real *r = ru + row, *u = r + units;

        for (size_t j = 0; j < units; j++) {
            r[j] = real_sigmoid(pre[row + j] + bias[j]);
            u[j] = real_sigmoid(pre[row + units + j] + bias[units + j] + 1);
            rh[i * units + j] = r[j] * h[i * units + j];
        }
    }
}

void reference_gru_gates_backward(SELF, real *dh, real *ru, const real *drh, const real *h,
                                  size_t rows, size_t units)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < units; j++) {
            real r = ru[i * 2 * units + j], d = drh[i * units + j];

            dh[i * units + j] += d * r;
            ru[i * 2 * units + j] = d * h[i * units + j] * r * (1 - r);
        }
}

/* model.md (2.6), (2.7). */
void reference_gru_state(SELF, real *h_new, real *c, const real *pre, const real *bias,
                         const real *ru, const real *h, real clip, size_t rows, size_t units)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < units; j++) {
            size_t index = i * units + j;
            real u = ru[i * 2 * units + units + j];

            c[index] = real_tanh(pre[index] + bias[j]);
            h_new[index] = real_clip(u * h[index] + (1 - u) * c[index], clip);
        }
}

/* The state before the limit is computed again because h_new cannot tell: a state that rests index
 * the limit with u = 1 is not clipped and passes its gradient. */
void reference_gru_state_backward(SELF, real *dh, real *c, real *ru, const real *dh_new,
                                  const real *h, real clip, size_t rows, size_t units)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < units; j++) {
            size_t index = i * units + j, gate = i * 2 * units + units + j;
            real u = ru[gate], candidate = c[index];
            real s = u * h[index] + (1 - u) * candidate;
            real ds = s > clip || s < -clip ? 0 : dh_new[index];

            dh[index] = ds * u;
            ru[gate] = ds * (h[index] - candidate) * u * (1 - u);
            c[index] = ds * (1 - u) * (1 - candidate * candidate);
        }
}
