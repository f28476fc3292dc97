/* cells.h - the GRU's equations for one unit (model.md 2), shared by the elementwise kernels and
 * the time loops. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CUDA_CELLS_H
#define LFADS_BACKEND_CUDA_CELLS_H
#include "backend/cuda/kernels.h"

/* u*h + (1-u)*c, always rounded the same way: forward and backward must agree whether a state is
 * clipped. */
__device__ static inline float cuda_blend(float u, float h, float c)
{
    return fmaf(u, h, (1 - u) * c);
}

/* The gradients of gru_state with respect to h, the candidate before tanh and the update gate
 * before the sigmoid. The state before clipping is recomputed: the new state does not show whether
 * it was clipped. */
struct cuda_state_gradient {
    float h, c, u;
};
__device__ static inline struct cuda_state_gradient
cuda_state_backward(float dh_new, float h, float c, float u, float clip)
{
    float s = cuda_blend(u, h, c), ds = s > clip || s < -clip ? 0 : dh_new;
    struct cuda_state_gradient d;

    d.h = ds * u;
    d.u = ds * (h - c) * u * (1 - u);
    d.c = ds * (1 - u) * (1 - c * c);
    return d;
}

/* The gradient of the reset gate before the sigmoid, from the gradient of r*h. */
__device__ static inline float cuda_reset_gradient(float drh, float h, float r)
{
    return drh * h * r * (1 - r);
}
#endif
