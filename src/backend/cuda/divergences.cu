/* divergences.cu - the latents' divergences from their priors and the correlation of the inferred
 * inputs (model.md 7), with their gradients.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/latents.h"

/* A warp sums a row. */
static __global__ void kl_gaussian_kernel(double *kl, const float *mean, const float *logvar,
                                          const float *prior_mean, const float *prior_logvar,
                                          size_t bins, size_t rows, size_t n)
{
    size_t warps = (size_t)gridDim.x * blockDim.y;

    for (size_t i = (size_t)blockIdx.x * blockDim.y + threadIdx.y; i < rows; i += warps) {
        double sum = 0;

        for (size_t k = threadIdx.x; k < bins * n; k += WARP) {
            size_t j = k % n, index = (k / n * rows + i) * n + j;
            float q = logvar[index], p = prior_logvar[j];
            float d = (mean[index] - prior_mean[j]) * expf(-p / 2);

            sum += (double)((p - q + expf(q - p) + d * d - 1) / 2);
        }
        sum = cuda_warp_sum(sum);
        if (threadIdx.x == 0)
            kl[i] = sum;
    }
}

void cuda_kl_gaussian(SELF, acc *kl, const real *mean, const real *logvar, const real *prior_mean,
                      const real *prior_logvar, size_t bins, size_t rows, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    const unsigned height = 4;

    if (rows)
        cuda_launch(c, kl_gaussian_kernel, dim3(cuda_blocks(c, rows, height)), dim3(WARP, height),
                    0, kl, mean, logvar, prior_mean, prior_logvar, bins, rows, n);
}

/* A block takes WARP columns. Each of its rows of threads takes a part of the rows; their sums for
 * the prior's gradient are added in order. */
static __global__ void kl_gaussian_backward_kernel(float *dmean, float *dlogvar, float *dprior_mean,
                                                   float *dprior_logvar, const float *weight,
                                                   const float *mean, const float *logvar,
                                                   const float *prior_mean,
                                                   const float *prior_logvar, size_t rows, size_t n)
{
    SHARED_MEMORY(float, sums);
    unsigned slot = threadIdx.y * WARP + threadIdx.x, threads = blockDim.y * WARP;
    size_t j = (size_t)blockIdx.x * WARP + threadIdx.x;
    float w = *weight, to_mean = 0, to_logvar = 0;

    if (j < n)
        for (size_t i = threadIdx.y; i < rows; i += blockDim.y) {
            size_t index = i * n + j;
            float q = logvar[index], p = prior_logvar[j];
            float ratio = expf(q - p), difference = mean[index] - prior_mean[j];
            float slope = difference * expf(-p);

            dmean[index] += w * slope;
            dlogvar[index] += w * (ratio - 1) / 2;
            to_mean -= w * slope;
            to_logvar += w * (1 - ratio - difference * slope) / 2;
        }
    sums[slot] = to_mean;
    sums[threads + slot] = to_logvar;
    __syncthreads();
    if (threadIdx.y || j >= n)
        return;
    for (unsigned y = 1; y < blockDim.y; y++) {
        to_mean += sums[y * WARP + threadIdx.x];
        to_logvar += sums[threads + y * WARP + threadIdx.x];
    }
    dprior_mean[j] += to_mean;
    dprior_logvar[j] += to_logvar;
}

void cuda_kl_gaussian_backward(SELF, real *dmean, real *dlogvar, real *dprior_mean,
                               real *dprior_logvar, const real *weight, const real *mean,
                               const real *logvar, const real *prior_mean, const real *prior_logvar,
                               size_t rows, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    const unsigned height = 16;

    if (rows && n)
        cuda_launch(c, kl_gaussian_backward_kernel, dim3((unsigned)((n + WARP - 1) / WARP)),
                    dim3(WARP, height), 2 * WARP * height * sizeof(float), dmean, dlogvar,
                    dprior_mean, dprior_logvar, weight, mean, logvar, prior_mean, prior_logvar,
                    rows, n);
}

/* A block sums a row over bins and inputs. */
static __global__ void kl_ar1_kernel(double *kl, const float *u, const float *logvar,
                                     const float *noise, const float *logatau, const float *logevar,
                                     size_t bins, size_t rows, size_t n)
{
    SHARED_MEMORY(double, sums);

    for (size_t i = blockIdx.x; i < rows; i += gridDim.x) {
        double sum = 0;

        for (size_t j = threadIdx.x; j < n; j += blockDim.x) {
            struct cuda_ar1 ar1 = cuda_ar1_of(logatau[j], logevar[j]);

            for (size_t t = threadIdx.y; t < bins; t += blockDim.y) {
                size_t index = (t * rows + i) * n + j;
                float v = t ? logevar[j] : ar1.first;
                float d = u[index] - (t ? ar1.phi * u[index - rows * n] : 0);

                sum +=
                    (double)((v + d * d * expf(-v) - logvar[index] - noise[index] * noise[index]) /
                             2);
            }
        }
        sum = cuda_block_sum(sum, sums);
        if (threadIdx.x == 0 && threadIdx.y == 0)
            kl[i] = sum;
    }
}

void cuda_kl_ar1(SELF, acc *kl, const real *u, const real *logvar, const real *noise,
                 const real *logatau, const real *logevar, size_t bins, size_t rows, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    unsigned threads = THREADS / 2, width = cuda_width(n, threads);

    if (rows)
        cuda_launch(c, kl_ar1_kernel, dim3(cuda_blocks(c, rows, 1)), dim3(width, threads / width),
                    threads / WARP * sizeof(double), kl, u, logvar, noise, logatau, logevar, bins,
                    rows, n);
}

/* With d_t = u_t - phi u_{t-1} (u_{-1} = 0) and v_t the log variance of the innovation, the
 * cost is sum (v_t + d_t^2 e^{-v_t})/2 - sum (logvar + noise^2)/2. */
static __global__ void kl_ar1_rows_backward_kernel(float *du, float *dlogvar, const float *weight,
                                                   const float *u, const float *logatau,
                                                   const float *logevar, size_t bins, size_t rows,
                                                   size_t n)
{
    FOR_ROWS(i, j, bins * rows, n)
    {
        struct cuda_ar1 ar1 = cuda_ar1_of(logatau[j], logevar[j]);
        size_t index = i * n + j, later = index + rows * n;
        float w = *weight, v = i < rows ? ar1.first : logevar[j];
        float d = u[index] - (i < rows ? 0 : ar1.phi * u[index - rows * n]);
        float direct = w * d * expf(-v), next = 0;

        if (i + rows < bins * rows)
            next = w * (u[later] - ar1.phi * u[index]) * expf(-logevar[j]) * ar1.phi;
        du[index] = direct - next;
        dlogvar[index] -= w / 2;
    }
}

/* A block takes one input: its sums over all bins and rows. */
static __global__ void kl_ar1_prior_backward_kernel(float *dlogatau, float *dlogevar,
                                                    const float *weight, const float *u,
                                                    const float *logatau, const float *logevar,
                                                    size_t bins, size_t rows, size_t n)
{
    SHARED_MEMORY(double, sums);

    for (size_t j = blockIdx.x; j < n; j += gridDim.x) {
        struct cuda_ar1 ar1 = cuda_ar1_of(logatau[j], logevar[j]);
        float phi = ar1.phi, first = expf(-ar1.first), later = expf(-logevar[j]);
        double dphi = 0, dfirst = 0, dlater = 0;

        for (size_t i = threadIdx.x; i < bins * rows; i += blockDim.x) {
            float previous = i < rows ? 0 : u[(i - rows) * n + j];
            float d = u[i * n + j] - phi * previous;
            float slope = d * (i < rows ? first : later);

            if (i < rows)
                dfirst += (double)((1 - d * slope) / 2);
            else
                dlater += (double)((1 - d * slope) / 2);
            dphi -= (double)(slope * previous);
        }
        dphi = cuda_block_sum(dphi, sums);
        dfirst = cuda_block_sum(dfirst, sums);
        dlater = cuda_block_sum(dlater, sums);
        if (threadIdx.x)
            continue;
        /* first = logevar - log(1-phi) - log(1+phi); dphi/dlogatau = phi e^{-logatau} */
        dphi += dfirst * (double)(2 * phi / (1 - phi * phi));
        dlogevar[j] += *weight * (float)(dfirst + dlater);
        dlogatau[j] += *weight * (float)dphi * phi * expf(-logatau[j]);
    }
}

void cuda_kl_ar1_backward(SELF, real *du, real *dlogvar, real *dlogatau, real *dlogevar,
                          const real *weight, const real *u, const real *logatau,
                          const real *logevar, size_t bins, size_t rows, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    const unsigned threads = 512;

    cuda_rows(c, kl_ar1_rows_backward_kernel, bins * rows, n, du, dlogvar, weight, u, logatau,
              logevar, bins, rows, n);
    if (n && bins && rows)
        cuda_launch(c, kl_ar1_prior_backward_kernel, dim3(cuda_blocks(c, n, 1)), dim3(threads),
                    threads / WARP * sizeof(double), dlogatau, dlogevar, weight, u, logatau,
                    logevar, bins, rows, n);
}

/* The sum over bins of m_i m_j of one row, computed by a warp; all lanes get it. */
static __device__ float inner(const float *m, size_t bins, size_t stride, size_t i, size_t j)
{
    float sum = 0;

    for (size_t t = threadIdx.x; t < bins; t += WARP)
        sum += m[t * stride + i] * m[t * stride + j];
    return cuda_warp_sum(sum);
}

/* A block takes a row, each of its warps a part of the pairs. */
static __global__ void correlation_kernel(double *corr, const float *m, size_t bins, size_t rows,
                                          size_t n)
{
    SHARED_MEMORY(double, sums);

    for (size_t b = blockIdx.x; b < rows; b += gridDim.x) {
        double sum = 0;

        for (size_t pair = threadIdx.y; pair < n * n; pair += blockDim.y) {
            size_t i = pair / n, j = pair % n;

            if (i >= j)
                continue;
            float product = inner(m + b * n, bins, rows * n, i, j);

            sum += (double)(product * product / 2);
        }
        sum = cuda_block_sum(threadIdx.x ? 0 : sum, sums);
        if (threadIdx.x == 0 && threadIdx.y == 0)
            corr[b] = sum;
    }
}

enum { PAIRS = 8 }; /* warps of a block */

void cuda_correlation(SELF, acc *corr, const real *m, size_t bins, size_t rows, size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (rows)
        cuda_launch(c, correlation_kernel, dim3(cuda_blocks(c, rows, 1)), dim3(WARP, PAIRS),
                    PAIRS * sizeof(double), corr, m, bins, rows, n);
}

/* A block takes one input i of a row. For WIDTH pairs at a time it computes slopes, then adds their
 * part of the gradient in all bins. */
static __global__ void correlation_backward_kernel(float *dm, float weight, const float *m,
                                                   size_t bins, size_t rows, size_t n)
{
    SHARED_MEMORY(float, slope);
    const size_t width = PAIRS * WARP;

    for (size_t index = blockIdx.x; index < rows * n; index += gridDim.x) {
        size_t b = index / n, i = index % n;

        for (size_t first = 0; first < n; first += width) {
            size_t last = first + width < n ? first + width : n;

            for (size_t j = first + threadIdx.y; j < last; j += blockDim.y) {
                float product = inner(m + b * n, bins, rows * n, i, j);

                if (threadIdx.x == 0)
                    slope[j - first] = i == j ? 0 : weight * product;
            }
            __syncthreads();
            for (size_t t = threadIdx.y * WARP + threadIdx.x; t < bins; t += width) {
                size_t row = (t * rows + b) * n;
                float sum = 0;

                for (size_t j = first; j < last; j++)
                    sum += slope[j - first] * m[row + j];
                dm[row + i] += sum;
            }
            __syncthreads();
        }
    }
}

void cuda_correlation_backward(SELF, real *dm, real weight, const real *m, size_t bins, size_t rows,
                               size_t n)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (rows && n)
        cuda_launch(c, correlation_backward_kernel, dim3(cuda_blocks(c, rows * n, 1)),
                    dim3(WARP, PAIRS), PAIRS * WARP * sizeof(float), dm, weight, m, bins, rows, n);
}
