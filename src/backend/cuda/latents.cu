/* latents.cu - samples and priors of the initial condition and the inferred inputs (model.md 4, 5).
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/latents.h"

static __global__ void floor_variance_kernel(float *logvar, float min_variance, size_t count)
{
    FOR_EACH(i, count) { logvar[i] = logf(expf(logvar[i]) + min_variance); }
}

void cuda_floor_variance(SELF, real *logvar, real min_variance, size_t count)
{
    cuda_each(cuda_begin(self, __func__), floor_variance_kernel, count, logvar, min_variance,
              count);
}

/* d log(e^x + m) / dx = e^x/(e^x + m) = 1 - m e^{-y}, y the result. */
static __global__ void floor_variance_backward_kernel(float *dlogvar, const float *logvar,
                                                      float min_variance, size_t count)
{
    FOR_EACH(i, count) { dlogvar[i] *= 1 - min_variance * expf(-logvar[i]); }
}

void cuda_floor_variance_backward(SELF, real *dlogvar, const real *logvar, real min_variance,
                                  size_t count)
{
    cuda_each(cuda_begin(self, __func__), floor_variance_backward_kernel, count, dlogvar, logvar,
              min_variance, count);
}

static __global__ void saturate_kernel(float *x, size_t count)
{
    FOR_EACH(i, count) { x[i] = cuda_saturated(x[i]); }
}

void cuda_saturate(SELF, real *x, size_t count)
{
    cuda_each(cuda_begin(self, __func__), saturate_kernel, count, x, count);
}

static __global__ void saturate_backward_kernel(float *dx, const float *x, size_t count)
{
    FOR_EACH(i, count) { dx[i] = x[i] < SATURATION && x[i] > -SATURATION ? dx[i] : 0; }
}

void cuda_saturate_backward(SELF, real *dx, const real *x, size_t count)
{
    cuda_each(cuda_begin(self, __func__), saturate_backward_kernel, count, dx, x, count);
}

static __global__ void sample_kernel(float *z, size_t ldz, const float *mean, const float *logvar,
                                     const float *noise, size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n)
    {
        size_t index = i * n + j;

        z[i * ldz + j] = mean[index] + expf(logvar[index] / 2) * noise[index];
    }
}

void cuda_sample(SELF, real *z, size_t ldz, const real *mean, const real *logvar, const real *noise,
                 size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), sample_kernel, rows, n, z, ldz, mean, logvar, noise, rows,
              n);
}

static __global__ void sample_backward_kernel(float *dmean, float *dlogvar, const float *dz,
                                              size_t lddz, const float *logvar, const float *noise,
                                              size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n)
    {
        size_t index = i * n + j;
        float d = dz[i * lddz + j];

        dmean[index] += d;
        dlogvar[index] += d * noise[index] * expf(logvar[index] / 2) / 2;
    }
}

void cuda_sample_backward(SELF, real *dmean, real *dlogvar, const real *dz, size_t lddz,
                          const real *logvar, const real *noise, size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), sample_backward_kernel, rows, n, dmean, dlogvar, dz, lddz,
              logvar, noise, rows, n);
}

static __global__ void prior_logvar_kernel(float *logvar, const float *p, float min_var,
                                           float max_var, size_t n)
{
    FOR_EACH(j, n)
    {
        logvar[j] = max_var > min_var
                        ? logf(cuda_sigmoid(expf(p[j])) * (max_var - min_var) + min_var)
                        : p[j];
    }
}

void cuda_prior_logvar(SELF, real *logvar, const real *p, real min_var, real max_var, size_t n)
{
    cuda_each(cuda_begin(self, __func__), prior_logvar_kernel, n, logvar, p, min_var, max_var, n);
}

static __global__ void prior_logvar_backward_kernel(float *dp, const float *dlogvar, const float *p,
                                                    float min_var, float max_var, size_t n)
{
    FOR_EACH(j, n)
    {
        float e = expf(p[j]), s = cuda_sigmoid(e), range = max_var - min_var;

        dp[j] += dlogvar[j] * s * (1 - s) * e * range / (s * range + min_var);
    }
}

void cuda_prior_logvar_backward(SELF, real *dp, const real *dlogvar, const real *p, real min_var,
                                real max_var, size_t n)
{
    cuda_each(cuda_begin(self, __func__), prior_logvar_backward_kernel, n, dp, dlogvar, p, min_var,
              max_var, n);
}

static __global__ void ar1_stationary_kernel(float *phi, float *stationary_logvar,
                                             const float *logatau, const float *logevar, size_t n)
{
    FOR_EACH(j, n)
    {
        struct cuda_ar1 ar1 = cuda_ar1_of(logatau[j], logevar[j]);

        phi[j] = ar1.phi;
        stationary_logvar[j] = ar1.first;
    }
}

void cuda_ar1_stationary(SELF, real *phi, real *stationary_logvar, const real *logatau,
                         const real *logevar, size_t n)
{
    cuda_each(cuda_begin(self, __func__), ar1_stationary_kernel, n, phi, stationary_logvar, logatau,
              logevar, n);
}

/* A thread computes one input of one row, bin after bin. */
static __global__ void ar1_draw_kernel(float *u, const float *noise, const float *logatau,
                                       const float *logevar, size_t bins, size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n)
    {
        struct cuda_ar1 ar1 = cuda_ar1_of(logatau[j], logevar[j]);
        float previous = 0, scale = expf(ar1.first / 2);

        for (size_t t = 0; t < bins; t++) {
            size_t index = (t * rows + i) * n + j;

            previous = ar1.phi * previous + scale * noise[index];
            u[index] = previous;
            scale = expf(logevar[j] / 2);
        }
    }
}

void cuda_ar1_draw(SELF, real *u, const real *noise, const real *logatau, const real *logevar,
                   size_t bins, size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), ar1_draw_kernel, rows, n, u, noise, logatau, logevar,
              bins, rows, n);
}
