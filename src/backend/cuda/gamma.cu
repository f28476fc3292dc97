/* gamma.cu - likelihoods of gamma and zero-inflated gamma distributions (modern.md 7), their
 * gradients and means. SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/likelihood.h"

extern "C" {
#include "backend/densities.h"
}

static __device__ double exponential_of(float x) { return exp((double)cuda_saturated(x)); }

static __global__ void gamma_kernel(double *loglik, const float *a, const float *b, const float *x,
                                    const float *weight, size_t bins, size_t trials, size_t samples,
                                    size_t n)
{
    cuda_sum_terms(loglik, bins, trials, samples, n, [=](size_t param, size_t datum) {
        float w = cuda_weight_of(weight, datum);

        if (w == 0)
            return 0.0;
        return (double)w *
               density_gamma((double)x[datum], exponential_of(a[param]), exponential_of(b[param]));
    });
}

void cuda_gamma(SELF, acc *loglik, const real *a, const real *b, const real *x, const real *weight,
                size_t bins, size_t trials, size_t samples, size_t n)
{
    cuda_launch_sums(cuda_begin(self, __func__), gamma_kernel, loglik, bins, trials, samples, n, a,
                     b, x, weight);
}

static __global__ void gamma_backward_kernel(float *a, float *b, float scale, const float *x,
                                             const float *weight, size_t count)
{
    FOR_EACH(i, count)
    {
        float w = cuda_weight_of(weight, i);
        double alpha = exponential_of(a[i]), beta = exponential_of(b[i]);
        double s = -(double)scale * (double)w;
        if (w == 0) {
            a[i] = b[i] = 0;
            continue;
        }
        struct gamma_slopes slopes = density_gamma_slopes((double)x[i], alpha, beta);

        a[i] = cuda_unless_saturated((float)(s * slopes.alpha * alpha), a[i]);
        b[i] = cuda_unless_saturated((float)(s * slopes.beta * beta), b[i]);
    }
}

void cuda_gamma_backward(SELF, real *a, real *b, real scale, const real *x, const real *weight,
                         size_t count)
{
    cuda_each(cuda_begin(self, __func__), gamma_backward_kernel, count, a, b, scale, x, weight,
              count);
}

static __global__ void gamma_mean_kernel(float *mean, size_t ldm, const float *a, const float *b,
                                         size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n)
    {
        mean[i * ldm + j] = expf(cuda_saturated(a[i * n + j] - b[i * n + j]));
    }
}

void cuda_gamma_mean(SELF, real *mean, size_t ldm, const real *a, const real *b, size_t rows,
                     size_t n)
{
    cuda_rows(cuda_begin(self, __func__), gamma_mean_kernel, rows, n, mean, ldm, a, b, rows, n);
}

static __global__ void gamma_mean_backward_kernel(float *da, float *db, const float *dmean,
                                                  const float *mean, const float *mask, size_t ldm,
                                                  size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n)
    {
        size_t at = i * n + j;

        if (cuda_is_highest(mean[at], mask ? mask[i * ldm + j] : 1))
            continue;
        da[at] += dmean[at] * mean[at];
        db[at] -= dmean[at] * mean[at];
    }
}

void cuda_gamma_mean_backward(SELF, real *da, real *db, const real *dmean, const real *mean,
                              const real *mask, size_t ldm, size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), gamma_mean_backward_kernel, rows, n, da, db, dmean, mean,
              mask, ldm, rows, n);
}

static __global__ void zig_kernel(double *loglik, struct zig z, const float *x, const float *weight,
                                  size_t bins, size_t trials, size_t samples, size_t n)
{
    cuda_sum_terms(loglik, bins, trials, samples, n, [=](size_t param, size_t datum) {
        struct zig_entry e = density_zig_entry(&z, param, param % n);
        float w = cuda_weight_of(weight, datum);

        return w != 0 ? (double)w * density_zig(&e, (double)x[datum], z.loc) : 0.0;
    });
}

void cuda_zig(SELF, acc *loglik, struct zig z, const real *x, const real *weight, size_t bins,
              size_t trials, size_t samples, size_t n)
{
    cuda_launch_sums(cuda_begin(self, __func__), zig_kernel, loglik, bins, trials, samples, n, z, x,
                     weight);
}

/* A block takes a channel, and sums its rows for the gradient of the scales. */
static __global__ void zig_backward_kernel(struct zig z, float *dalpha, float *dbeta, float scale,
                                           const float *x, const float *weight, size_t rows,
                                           size_t n)
{
    SHARED_MEMORY(double, sums);

    for (size_t j = blockIdx.x; j < n; j += gridDim.x) {
        double to_alpha = 0, to_beta = 0;

        for (size_t i = threadIdx.x; i < rows; i += blockDim.x) {
            size_t at = i * n + j;
            float w = cuda_weight_of(weight, at);
            double s = -(double)scale * (double)w;
            struct zig_slopes slopes = {0, 0, 0, 0, 0};

            if (w != 0)
                slopes = density_zig_slopes(&z, at, j, (double)x[at]);
            z.a[at] = (float)(s * slopes.a);
            z.b[at] = (float)(s * slopes.b);
            z.c[at] = (float)(s * slopes.c);
            to_alpha += s * slopes.alpha_scale;
            to_beta += s * slopes.beta_scale;
        }
        to_alpha = cuda_block_sum(to_alpha, sums);
        to_beta = cuda_block_sum(to_beta, sums);
        if (threadIdx.x == 0) {
            dalpha[j] += (float)to_alpha;
            dbeta[j] += (float)to_beta;
        }
    }
}

void cuda_zig_backward(SELF, struct zig z, real *dalpha, real *dbeta, real scale, const real *x,
                       const real *weight, size_t rows, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (rows && n)
        cuda_launch(c, zig_backward_kernel, dim3(cuda_blocks(c, n, 1)), dim3(THREADS),
                    THREADS / WARP * sizeof(double), z, dalpha, dbeta, scale, x, weight, rows, n);
}

static __global__ void zig_mean_kernel(float *mean, size_t ldm, struct zig z, size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n)
    {
        struct zig_entry e = density_zig_entry(&z, i * n + j, j);

        mean[i * ldm + j] = (float)density_zig_mean(&e, z.loc);
    }
}

void cuda_zig_mean(SELF, real *mean, size_t ldm, struct zig z, size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), zig_mean_kernel, rows, n, mean, ldm, z, rows, n);
}
