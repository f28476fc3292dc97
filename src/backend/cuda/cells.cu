/* cells.cu - the elementwise parts of the GRU (model.md 2), forward beside backward.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/cells.h"

static __global__ void gru_gates_kernel(float *ru, float *rh, const float *pre, const float *bias,
                                        const float *h, size_t rows, size_t units)
{
    FOR_ROWS(i, j, rows, units)
    {
        size_t index = i * units + j, gate = i * 2 * units + j;
        float r = cuda_sigmoid(pre[gate] + bias[j]);

        ru[gate] = r;
        ru[gate + units] = cuda_sigmoid(pre[gate + units] + bias[units + j] + 1);
        rh[index] = r * h[index];
    }
}

void cuda_gru_gates(SELF, real *ru, real *rh, const real *pre, const real *bias, const real *h,
                    size_t rows, size_t units)
{
    cuda_rows(cuda_begin(self, __func__), gru_gates_kernel, rows, units, ru, rh, pre, bias, h, rows,
              units);
}

static __global__ void gru_gates_backward_kernel(float *dh, float *ru, const float *drh,
                                                 const float *h, size_t rows, size_t units)
{
    FOR_ROWS(i, j, rows, units)
    {
        size_t index = i * units + j, gate = i * 2 * units + j;
        float d = drh[index], r = ru[gate];

        dh[index] += d * r;
        ru[gate] = cuda_reset_gradient(d, h[index], r);
    }
}

void cuda_gru_gates_backward(SELF, real *dh, real *ru, const real *drh, const real *h, size_t rows,
                             size_t units)
{
    cuda_rows(cuda_begin(self, __func__), gru_gates_backward_kernel, rows, units, dh, ru, drh, h,
              rows, units);
}

static __global__ void gru_state_kernel(float *h_new, float *c, const float *pre, const float *bias,
                                        const float *ru, const float *h, float clip, size_t rows,
                                        size_t units)
{
    FOR_ROWS(i, j, rows, units)
    {
        size_t index = i * units + j;
        float candidate = tanhf(pre[index] + bias[j]);

        c[index] = candidate;
        h_new[index] =
            cuda_clip(cuda_blend(ru[i * 2 * units + units + j], h[index], candidate), clip);
    }
}

void cuda_gru_state(SELF, real *h_new, real *c, const real *pre, const real *bias, const real *ru,
                    const real *h, real clip, size_t rows, size_t units)
{
    cuda_rows(cuda_begin(self, __func__), gru_state_kernel, rows, units, h_new, c, pre, bias, ru, h,
              clip, rows, units);
}

static __global__ void gru_state_backward_kernel(float *dh, float *c, float *ru,
                                                 const float *dh_new, const float *h, float clip,
                                                 size_t rows, size_t units)
{
    FOR_ROWS(i, j, rows, units)
    {
        size_t index = i * units + j, gate = i * 2 * units + units + j;
        struct cuda_state_gradient d =
            cuda_state_backward(dh_new[index], h[index], c[index], ru[gate], clip);

        dh[index] = d.h;
        ru[gate] = d.u;
        c[index] = d.c;
    }
}

void cuda_gru_state_backward(SELF, real *dh, real *c, real *ru, const real *dh_new, const real *h,
                             real clip, size_t rows, size_t units)
{
    cuda_rows(cuda_begin(self, __func__), gru_state_backward_kernel, rows, units, dh, c, ru, dh_new,
              h, clip, rows, units);
}
