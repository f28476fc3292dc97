/* cells.cu - the elementwise parts of the GRU (model.md 2), forward beside backward.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/cells.h"

static __global__ void gru_gates_kernel(float *ru, float *rh, const float *bias, const float *h,
                                        size_t rows, size_t units)
{
    FOR_ROWS(i, j, rows, units)
    {
        float *r = ru + i * 2 * units + j, *u = r + units;
        size_t index = i * units + j;

        *r = cuda_sigmoid(*r + bias[j]);
        *u = cuda_sigmoid(*u + bias[units + j] + 1);
        rh[index] = *r * h[index];
    }
}

void cuda_gru_gates(SELF, real *ru, real *rh, const real *bias, const real *h, size_t rows,
                    size_t units)
{
    cuda_rows(cuda_begin(self, __func__), gru_gates_kernel, rows, units, ru, rh, bias, h, rows,
              units);
}

static __global__ void gru_gates_backward_kernel(float *dh, float *dru, const float *drh,
                                                 const float *ru, const float *h, size_t rows,
                                                 size_t units)
{
    FOR_ROWS(i, j, rows, units)
    {
        size_t index = i * units + j, gate = i * 2 * units + j;
        float d = drh[index], r = ru[gate];

        dh[index] += d * r;
        dru[gate] = cuda_reset_gradient(d, h[index], r);
    }
}

void cuda_gru_gates_backward(SELF, real *dh, real *dru, const real *drh, const real *ru,
                             const real *h, size_t rows, size_t units)
{
    cuda_rows(cuda_begin(self, __func__), gru_gates_backward_kernel, rows, units, dh, dru, drh, ru,
              h, rows, units);
}

static __global__ void gru_state_kernel(float *h_new, float *c, const float *bias, const float *ru,
                                        const float *h, float clip, size_t rows, size_t units)
{
    FOR_ROWS(i, j, rows, units)
    {
        size_t index = i * units + j;
        float candidate = tanhf(c[index] + bias[j]);

        c[index] = candidate;
        h_new[index] =
            cuda_clip(cuda_blend(ru[i * 2 * units + units + j], h[index], candidate), clip);
    }
}

void cuda_gru_state(SELF, real *h_new, real *c, const real *bias, const real *ru, const real *h,
                    real clip, size_t rows, size_t units)
{
    cuda_rows(cuda_begin(self, __func__), gru_state_kernel, rows, units, h_new, c, bias, ru, h,
              clip, rows, units);
}

static __global__ void gru_state_backward_kernel(float *dh, float *dc, float *dru,
                                                 const float *dh_new, const float *c,
                                                 const float *ru, const float *h, float clip,
                                                 size_t rows, size_t units)
{
    FOR_ROWS(i, j, rows, units)
    {
        size_t index = i * units + j, gate = i * 2 * units + units + j;
        struct cuda_state_gradient d =
            cuda_state_backward(dh_new[index], h[index], c[index], ru[gate], clip);

        dh[index] = d.h;
        dru[gate] = d.u;
        dc[index] = d.c;
    }
}

void cuda_gru_state_backward(SELF, real *dh, real *dc, real *dru, const real *dh_new, const real *c,
                             const real *ru, const real *h, real clip, size_t rows, size_t units)
{
    cuda_rows(cuda_begin(self, __func__), gru_state_backward_kernel, rows, units, dh, dc, dru,
              dh_new, c, ru, h, clip, rows, units);
}
