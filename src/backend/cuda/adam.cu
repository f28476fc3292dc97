/* adam.cu - the optimizer's update and its sums (model.md 8).
 *
 * If all arrays are aligned to 16 bytes, as parameters are, adam moves four numbers at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/kernels.h"

enum { SUM_BLOCKS = 256, SUM_A_BLOCK = 8 * THREADS };

/* Sums squares of distances from CENTER. The distances are float, their sums double. A single block
 * adds to *sum; several store partial sums. */
static __global__ void sum_squares_kernel(double *sum, double *partial, double scale,
                                          const float *x, float center, size_t count)
{
    SHARED_MEMORY(double, sums);
    double block_sum = 0;

    FOR_EACH(i, count)
    {
        double d = (double)x[i] - (double)center;

        block_sum += d * d;
    }
    block_sum = cuda_block_sum(block_sum, sums);
    if (threadIdx.x)
        return;
    if (gridDim.x == 1)
        *sum += scale * block_sum;
    else
        partial[blockIdx.x] = block_sum;
}

static __global__ void add_partial_kernel(double *sum, const double *partial, double scale,
                                          unsigned count)
{
    SHARED_MEMORY(double, sums);
    double block_sum = cuda_block_sum(threadIdx.x < count ? partial[threadIdx.x] : 0, sums);

    if (threadIdx.x == 0)
        *sum += scale * block_sum;
}

/* The number of blocks, and with it the order of sums, does not depend on the device. */
static void sum_from(struct cuda_context *c, double *sum, double scale, const float *x,
                     float center, size_t count)
{
    unsigned blocks = (unsigned)cuda_min((count + SUM_A_BLOCK - 1) / SUM_A_BLOCK, SUM_BLOCKS);
    size_t shared = THREADS / WARP * sizeof(double);
    double *partial = (double *)cuda_current(c)->scratch;

    if (!count)
        return;
    cuda_launch(c, sum_squares_kernel, dim3(blocks), dim3(THREADS), shared, sum, partial, scale, x,
                center, count);
    if (blocks > 1)
        cuda_launch(c, add_partial_kernel, dim3(1), dim3(SUM_BLOCKS), shared, sum, partial, scale,
                    blocks);
}

void cuda_sum_squares(SELF, acc *sum, acc scale, const real *x, size_t count)
{
    sum_from(cuda_begin(self, __func__), sum, scale, x, 0, count);
}

void cuda_sum_deviations(SELF, acc *sum, acc scale, const real *x, real center, size_t count)
{
    sum_from(cuda_begin(self, __func__), sum, scale, x, center, count);
}

static __global__ void add_deviations_kernel(float *y, const float *scale, const float *x,
                                             float center, size_t count)
{
    FOR_EACH(i, count) { y[i] += *scale * (x[i] - center); }
}

void cuda_add_deviations(SELF, real *y, const real *scale, const real *x, real center, size_t count)
{
    cuda_each(cuda_begin(self, __func__), add_deviations_kernel, count, y, scale, x, center, count);
}

static __global__ void add_scaled_kernel(float *y, const float *scale, const float *x, size_t count)
{
    FOR_EACH(i, count) { y[i] += *scale * x[i]; }
}

void cuda_add_scaled(SELF, real *y, const real *scale, const real *x, size_t count)
{
    cuda_each(cuda_begin(self, __func__), add_scaled_kernel, count, y, scale, x, count);
}

static __global__ void limit_update_kernel(struct update *update, const double *squares,
                                           const struct update_rates *rates,
                                           struct norm_limit limit)
{
    double norm = sqrt(*squares) + limit.margin;

    update->scale = (float)(norm > limit.max ? limit.max / norm : 1);
    update->rate = rates->rate;
    update->epsilon = rates->epsilon;
    update->decay = rates->decay;
    if (!(norm <= 1.7976931348623157e308)) /* infinity or NaN */
        update->halted = 1;
}

void cuda_limit_update(SELF, struct update *update, const acc *squares,
                       const struct update_rates *rates, const struct norm_limit *limit)
{
    cuda_launch(cuda_begin(self, __func__), limit_update_kernel, dim3(1), dim3(1), 0, update,
                squares, rates, *limit);
}

/* Adam's constants as its kernels take them. */
struct adam_constants {
    float first, second; /* 1 - beta1, 1 - beta2 */
};

static __device__ void adam_one(float *p, float *m, float *v, float gradient,
                                const struct update &update, const struct adam_constants &k)
{
    float g = update.scale * gradient;

    *m += (g - *m) * k.first;
    *v += (g * g - *v) * k.second;
    *p -= update.rate * *m / (sqrtf(*v) + update.epsilon);
}

static __global__ void adam_kernel(float *p, float *m, float *v, const float *gradient,
                                   const struct update *update, struct adam_constants k,
                                   size_t count)
{
    const struct update now = *update;

    if (now.halted != 0)
        return;
    FOR_EACH(i, count) { adam_one(p + i, m + i, v + i, gradient[i], now, k); }
}

static __global__ void adam_by_four_kernel(float4 *p, float4 *m, float4 *v, const float4 *gradient,
                                           const struct update *update, struct adam_constants k,
                                           size_t fours)
{
    const struct update now = *update;

    if (now.halted != 0)
        return;
    FOR_EACH(i, fours)
    {
        float4 P = p[i], M = m[i], V = v[i], G = gradient[i];

        adam_one(&P.x, &M.x, &V.x, G.x, now, k);
        adam_one(&P.y, &M.y, &V.y, G.y, now, k);
        adam_one(&P.z, &M.z, &V.z, G.z, now, k);
        adam_one(&P.w, &M.w, &V.w, G.w, now, k);
        p[i] = P;
        m[i] = M;
        v[i] = V;
    }
}

void cuda_adam(SELF, real *p, real *m, real *v, const real *gradient, const struct update *update,
               const struct adam_options *options, size_t count)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    struct adam_constants k = {(float)(1 - options->beta1), (float)(1 - options->beta2)};
    size_t fours = cuda_by_four(p) && cuda_by_four(m) && cuda_by_four(v) && cuda_by_four(gradient)
                       ? count / 4
                       : 0;
    size_t done = 4 * fours;

    cuda_each(c, adam_by_four_kernel, fours, (float4 *)p, (float4 *)m, (float4 *)v,
              (const float4 *)gradient, update, k, fours);
    cuda_each(c, adam_kernel, count - done, p + done, m + done, v + done, gradient + done, update,
              k, count - done);
}

static __global__ void decay_weights_kernel(float *p, const struct update *update, float shift,
                                            size_t count)
{
    const struct update now = *update;

    if (now.halted != 0)
        return;
    FOR_EACH(i, count) { p[i] -= now.decay * (p[i] + shift); }
}

void cuda_decay_weights(SELF, real *p, const struct update *update, real shift, size_t count)
{
    cuda_each(cuda_begin(self, __func__), decay_weights_kernel, count, p, update, shift, count);
}
