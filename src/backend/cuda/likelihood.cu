/* likelihood.cu - the observations' log-likelihoods (model.md 7) and their gradients.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/likelihood.h"

extern "C" {
#include "backend/densities.h"
}

#define LOG_2PI 1.8378770664093453f

/* log k! of integer k, bit for bit as the C library's lgamma computes it on the CPU. lgamma in
 * double is slow on devices with few double units. */
enum { FACTORIALS = 64 };
static __constant__ double table[FACTORIALS] = {
    0,
    0,
    0.69314718055994529,
    1.791759469228055,
    3.1780538303479458,
    4.7874917427820458,
    6.5792512120101012,
    8.5251613610654129,
    10.604602902745251,
    12.801827480081471,
    15.104412573075518,
    17.502307845873887,
    19.987214495661888,
    22.552163853123421,
    25.19122118273868,
    27.89927138384089,
    30.671860106080675,
    33.505073450136891,
    36.395445208033053,
    39.339884187199495,
    42.335616460753485,
    45.380138898476915,
    48.471181351835227,
    51.606675567764377,
    54.784729398112312,
    58.003605222980525,
    61.261701761002001,
    64.557538627006323,
    67.88974313718154,
    71.257038967168015,
    74.658236348830172,
    78.092223553315307,
    81.557959456115029,
    85.05446701758153,
    88.580827542197667,
    92.136175603687093,
    95.719694542143202,
    99.330612454787428,
    102.9681986145138,
    106.63176026064346,
    110.32063971475741,
    114.03421178146171,
    117.77188139974507,
    121.53308151543862,
    125.31727114935688,
    129.12393363912722,
    132.95257503561629,
    136.80272263732638,
    140.67392364823425,
    144.56574394634487,
    148.47776695177302,
    152.40959258449737,
    156.3608363030788,
    160.3311282166309,
    164.3201122631952,
    168.32744544842768,
    172.35279713916282,
    176.39584840699732,
    180.45629141754378,
    184.53382886144945,
    188.6281734236716,
    192.73904728784493,
    196.86618167289001,
    201.00931639928149,
};

static __device__ double log_factorial(float k, bool stirling)
{
    if (!stirling && k < FACTORIALS)
        return table[(int)k];
    return density_log_factorial((double)k, stirling);
}

static __global__ void poisson_kernel(double *loglik, const float *eta, const float *x,
                                      const float *weight, bool stirling, size_t bins,
                                      size_t trials, size_t samples, size_t n)
{
    cuda_sum_terms(loglik, bins, trials, samples, n, [=](size_t param, size_t datum) {
        float e = cuda_saturated(eta[param]), k = x[datum], w = cuda_weight_of(weight, datum);

        if (w == 0)
            return 0.0;
        return (double)w * ((double)k * (double)e - (double)expf(e) - log_factorial(k, stirling));
    });
}

void cuda_poisson(SELF, acc *loglik, const real *eta, const real *x, const real *weight,
                  bool stirling, size_t bins, size_t trials, size_t samples, size_t n)
{
    cuda_launch_sums(cuda_begin(self, __func__), poisson_kernel, loglik, bins, trials, samples, n,
                     eta, x, weight, stirling);
}

static __global__ void poisson_backward_kernel(float *eta, float scale, const float *x,
                                               const float *weight, size_t count)
{
    FOR_EACH(i, count)
    {
        float w = cuda_weight_of(weight, i), slope = expf(cuda_saturated(eta[i])) - x[i];

        eta[i] = w != 0 ? cuda_unless_saturated(scale * w * slope, eta[i]) : 0;
    }
}

void cuda_poisson_backward(SELF, real *eta, real scale, const real *x, const real *weight,
                           size_t count)
{
    cuda_each(cuda_begin(self, __func__), poisson_backward_kernel, count, eta, scale, x, weight,
              count);
}

static __device__ float raised(float x, float min) { return x < min ? min : x; }

static __global__ void gaussian_kernel(double *loglik, const float *mean, const float *logvar,
                                       float min_logvar, const float *x, const float *weight,
                                       size_t bins, size_t trials, size_t samples, size_t n)
{
    cuda_sum_terms(loglik, bins, trials, samples, n, [=](size_t param, size_t datum) {
        float d = x[datum] - mean[param], v = raised(cuda_saturated(logvar[param]), min_logvar);
        float w = cuda_weight_of(weight, datum);

        return w != 0 ? -(double)(w * (v + LOG_2PI + d * d * expf(-v)) / 2) : 0;
    });
}

void cuda_gaussian(SELF, acc *loglik, const real *mean, const real *logvar, real min_logvar,
                   const real *x, const real *weight, size_t bins, size_t trials, size_t samples,
                   size_t n)
{
    cuda_launch_sums(cuda_begin(self, __func__), gaussian_kernel, loglik, bins, trials, samples, n,
                     mean, logvar, min_logvar, x, weight);
}

static __global__ void gaussian_backward_kernel(float *mean, float *logvar, float min_logvar,
                                                float scale, const float *x, const float *weight,
                                                size_t count)
{
    FOR_EACH(i, count)
    {
        float w = cuda_weight_of(weight, i), d = mean[i] - x[i], l = cuda_saturated(logvar[i]);
        float v = raised(l, min_logvar), slope = d * expf(-v), share = v == l ? 1 : expf(l - v);
        float dlogvar = scale * w * share * (1 - d * slope) / 2;

        mean[i] = w != 0 ? scale * w * slope : 0;
        logvar[i] = w != 0 ? cuda_unless_saturated(dlogvar, logvar[i]) : 0;
    }
}

void cuda_gaussian_backward(SELF, real *mean, real *logvar, real min_logvar, real scale,
                            const real *x, const real *weight, size_t count)
{
    cuda_each(cuda_begin(self, __func__), gaussian_backward_kernel, count, mean, logvar, min_logvar,
              scale, x, weight, count);
}

static __global__ void mse_kernel(double *loglik, const float *mean, const float *x,
                                  const float *weight, size_t bins, size_t trials, size_t samples,
                                  size_t n)
{
    cuda_sum_terms(loglik, bins, trials, samples, n, [=](size_t param, size_t datum) {
        float d = x[datum] - mean[param], w = cuda_weight_of(weight, datum);

        return w != 0 ? -(double)(w * d * d) : 0;
    });
}

void cuda_mse(SELF, acc *loglik, const real *mean, const real *x, const real *weight, size_t bins,
              size_t trials, size_t samples, size_t n)
{
    cuda_launch_sums(cuda_begin(self, __func__), mse_kernel, loglik, bins, trials, samples, n, mean,
                     x, weight);
}

static __global__ void mse_backward_kernel(float *mean, float scale, const float *x,
                                           const float *weight, size_t count)
{
    FOR_EACH(i, count)
    {
        float w = cuda_weight_of(weight, i);

        mean[i] = w != 0 ? 2 * scale * w * (mean[i] - x[i]) : 0;
    }
}

void cuda_mse_backward(SELF, real *mean, real scale, const real *x, const real *weight,
                       size_t count)
{
    cuda_each(cuda_begin(self, __func__), mse_backward_kernel, count, mean, scale, x, weight,
              count);
}

static __global__ void at_least_kernel(float *y, size_t ldy, const float *x, size_t ldx, float min,
                                       size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n) { y[i * ldy + j] = raised(x[i * ldx + j], min); }
}

void cuda_at_least(SELF, real *y, size_t ldy, const real *x, size_t ldx, real min, size_t rows,
                   size_t n)
{
    cuda_rows(cuda_begin(self, __func__), at_least_kernel, rows, n, y, ldy, x, ldx, min, rows, n);
}

static __global__ void exponential_kernel(float *y, size_t ldy, const float *x, size_t ldx,
                                          size_t rows, size_t n)
{
    FOR_ROWS(i, j, rows, n) { y[i * ldy + j] = expf(cuda_saturated(x[i * ldx + j])); }
}

void cuda_exponential(SELF, real *y, size_t ldy, const real *x, size_t ldx, size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), exponential_kernel, rows, n, y, ldy, x, ldx, rows, n);
}

static __global__ void exponential_backward_kernel(float *dx, const float *dy, const float *y,
                                                   const float *mask, size_t ldm, size_t rows,
                                                   size_t n)
{
    FOR_ROWS(i, j, rows, n)
    {
        size_t at = i * n + j;

        if (!cuda_is_highest(y[at], mask ? mask[i * ldm + j] : 1))
            dx[at] += dy[at] * y[at];
    }
}

void cuda_exponential_backward(SELF, real *dx, const real *dy, const real *y, const real *mask,
                               size_t ldm, size_t rows, size_t n)
{
    cuda_rows(cuda_begin(self, __func__), exponential_backward_kernel, rows, n, dx, dy, y, mask,
              ldm, rows, n);
}
