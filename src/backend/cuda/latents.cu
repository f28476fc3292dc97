/* latents.cu - samples and priors of the initial condition and the inferred inputs (model.md 4, 5).
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/latents.h"

static __global__ void floor_variance_kernel(float *logvar, float least, size_t count)
{
    FOR_EACH(i, count) { logvar[i] = logf(expf(logvar[i]) + least); }
}

void cuda_floor_variance(SELF, real *logvar, real least, size_t count)
{
    cuda_each(cuda_begin(self, __func__), floor_variance_kernel, count, logvar, least, count);
}

/* d log(e^x + m) / dx = e^x/(e^x + m) = 1 - m e^{-y}, y the result. */
static __global__ void floor_variance_backward_kernel(float *dlogvar, const float *logvar,
                                                      float least, size_t count)
{
    FOR_EACH(i, count) { dlogvar[i] *= 1 - least * expf(-logvar[i]); }
}

void cuda_floor_variance_backward(SELF, real *dlogvar, const real *logvar, real least, size_t count)
{
    cuda_each(cuda_begin(self, __func__), floor_variance_backward_kernel, count, dlogvar, logvar,
              least, count);
}

static __global__ void sample_kernel(float *z, size_t ldz, const float *mean, const float *logvar,
                                     const float *noise, size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n)
    {
        size_t at = i * n + j;

        z[i * ldz + j] = mean[at] + expf(logvar[at] / 2) * noise[at];
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
        size_t at = i * n + j;
        float d = dz[i * lddz + j];

        dmean[at] += d;
        dlogvar[at] += d * noise[at] * expf(logvar[at] / 2) / 2;
    }
}

void cuda_sample_backward(SELF, real *dmean, real *dlogvar, const real *dz, size_t lddz,
                          const real *logvar, const real *noise, size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), sample_backward_kernel, rows, n, dmean, dlogvar, dz, lddz,
              logvar, noise, rows, n);
}

static __global__ void prior_logvar_kernel(float *logvar, const float *p, float lowest,
                                           float highest, size_t n)
{
    FOR_EACH(j, n)
    {
        logvar[j] =
            highest > lowest ? logf(cuda_sigmoid(expf(p[j])) * (highest - lowest) + lowest) : p[j];
    }
}

void cuda_prior_logvar(SELF, real *logvar, const real *p, real lowest, real highest, size_t n)
{
    cuda_each(cuda_begin(self, __func__), prior_logvar_kernel, n, logvar, p, lowest, highest, n);
}

static __global__ void prior_logvar_backward_kernel(float *dp, const float *dlogvar, const float *p,
                                                    float lowest, float highest, size_t n)
{
    FOR_EACH(j, n)
    {
        float e = expf(p[j]), s = cuda_sigmoid(e), range = highest - lowest;

        dp[j] += dlogvar[j] * s * (1 - s) * e * range / (s * range + lowest);
    }
}

void cuda_prior_logvar_backward(SELF, real *dp, const real *dlogvar, const real *p, real lowest,
                                real highest, size_t n)
{
    cuda_each(cuda_begin(self, __func__), prior_logvar_backward_kernel, n, dp, dlogvar, p, lowest,
              highest, n);
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

/* A thread follows one input of one row through time. */
static __global__ void ar1_draw_kernel(float *u, const float *noise, const float *logatau,
                                       const float *logevar, size_t bins, size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n)
    {
        struct cuda_ar1 ar1 = cuda_ar1_of(logatau[j], logevar[j]);
        float before = 0, scale = expf(ar1.first / 2);

        for (size_t t = 0; t < bins; t++) {
            size_t at = (t * rows + i) * n + j;

            before = ar1.phi * before + scale * noise[at];
            u[at] = before;
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
