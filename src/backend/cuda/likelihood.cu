/* likelihood.cu - the observations' log-likelihoods (model.md 7) and their gradients.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/kernels.h"

#define LOG_2PI 1.8378770664093453f

/* log k! of whole k: by table where it is short. */
static __device__ double log_factorial(float k)
{
    switch ((int)k) {
    case 0:
    case 1:
        return 0;
    case 2:
        return 0.69314718055994531;
    case 3:
        return 1.7917594692280550;
    case 4:
        return 3.1780538303479458;
    case 5:
        return 4.7874917427820458;
    case 6:
        return 6.5792512120101012;
    default:
        return lgamma((double)k + 1);
    }
}

/* Sets loglik [R] to the sums over bins and channels of TERM(place among the parameters, place
 * among the data). A block takes a row: threads along channels and bins. */
template <class F>
static __device__ void sum_terms(double *loglik, size_t bins, size_t trials, size_t samples,
                                 size_t n, F term)
{
    SHARED_MEMORY(double, sums);
    size_t rows = trials * samples;

    for (size_t r = blockIdx.x; r < rows; r += gridDim.x) {
        size_t trial = r / samples;
        double sum = 0;

        for (size_t t = threadIdx.y; t < bins; t += blockDim.y)
            for (size_t j = threadIdx.x; j < n; j += blockDim.x)
                sum += term((t * rows + r) * n + j, (t * trials + trial) * n + j);
        sum = cuda_block_sum(sum, sums);
        if (threadIdx.x == 0 && threadIdx.y == 0)
            loglik[r] = sum;
    }
}

/* Runs KERNEL, which is sum_terms, with a block's shape that suits rows of N channels. */
template <class K, class... A>
static void launch_sums(struct cuda_context *c, K kernel, double *loglik, size_t bins,
                        size_t trials, size_t samples, size_t n, A... arguments)
{
    size_t rows = trials * samples;
    unsigned width = cuda_width(n, THREADS / 2);

    if (rows)
        cuda_launch(c, kernel, dim3(cuda_blocks(c, rows, 1)), dim3(width, THREADS / width),
                    THREADS / WARP * sizeof(double), loglik, arguments..., bins, trials, samples,
                    n);
}

static __global__ void poisson_kernel(double *loglik, const float *eta, const float *x, size_t bins,
                                      size_t trials, size_t samples, size_t n)
{
    sum_terms(loglik, bins, trials, samples, n, [=](size_t at, size_t of) {
        float e = eta[at], k = x[of];

        return (double)k * (double)e - (double)expf(e) - log_factorial(k);
    });
}

void cuda_poisson(SELF, acc *loglik, const real *eta, const real *x, size_t bins, size_t trials,
                  size_t samples, size_t n)
{
    launch_sums(cuda_begin(self, __func__), poisson_kernel, loglik, bins, trials, samples, n, eta,
                x);
}

static __global__ void poisson_backward_kernel(float *eta, float weight, const float *x,
                                               size_t count)
{
    FOR_EACH(i, count) { eta[i] = weight * (expf(eta[i]) - x[i]); }
}

void cuda_poisson_backward(SELF, real *eta, real weight, const real *x, size_t count)
{
    cuda_each(cuda_begin(self, __func__), poisson_backward_kernel, count, eta, weight, x, count);
}

static __global__ void gaussian_kernel(double *loglik, const float *mean, const float *logvar,
                                       const float *x, size_t bins, size_t trials, size_t samples,
                                       size_t n)
{
    sum_terms(loglik, bins, trials, samples, n, [=](size_t at, size_t of) {
        float d = x[of] - mean[at], v = logvar[at];

        return -(double)((v + LOG_2PI + d * d * expf(-v)) / 2);
    });
}

void cuda_gaussian(SELF, acc *loglik, const real *mean, const real *logvar, const real *x,
                   size_t bins, size_t trials, size_t samples, size_t n)
{
    launch_sums(cuda_begin(self, __func__), gaussian_kernel, loglik, bins, trials, samples, n, mean,
                logvar, x);
}

static __global__ void gaussian_backward_kernel(float *mean, float *logvar, float weight,
                                                const float *x, size_t count)
{
    FOR_EACH(i, count)
    {
        float d = mean[i] - x[i], slope = d * expf(-logvar[i]);

        mean[i] = weight * slope;
        logvar[i] = weight * (1 - d * slope) / 2;
    }
}

void cuda_gaussian_backward(SELF, real *mean, real *logvar, real weight, const real *x,
                            size_t count)
{
    cuda_each(cuda_begin(self, __func__), gaussian_backward_kernel, count, mean, logvar, weight, x,
              count);
}

static __global__ void exponential_kernel(float *y, size_t ldy, const float *x, size_t ldx,
                                          size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n) { y[i * ldy + j] = expf(x[i * ldx + j]); }
}

void cuda_exponential(SELF, real *y, size_t ldy, const real *x, size_t ldx, size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), exponential_kernel, rows, n, y, ldy, x, ldx, rows, n);
}
