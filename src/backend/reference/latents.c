/* latents.c - samples, priors and divergences of the initial condition and the inferred inputs
 * (model.md 4, 5 and 7).
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/reference/reference.h"

/* model.md (4.2). */
void reference_floor_variance(SELF, real *logvar, real min_variance, size_t count)
{
    for (size_t i = 0; i < count; i++)
        logvar[i] = real_log(real_exp(logvar[i]) + min_variance);
}

/* d log(e^x + m) / dx = e^x/(e^x + m) = 1 - m e^{-y}, where y is the result. */
void reference_floor_variance_backward(SELF, real *dlogvar, const real *logvar, real min_variance,
                                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        dlogvar[i] *= 1 - min_variance * real_exp(-logvar[i]);
}

/* model.md (6.8). */
void reference_saturate(SELF, real *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        x[i] = reference_saturated(x[i]);
}

void reference_saturate_backward(SELF, real *dx, const real *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        dx[i] = x[i] < SATURATION && x[i] > -SATURATION ? dx[i] : (real)0;
}

/* model.md (4.5), (5.4). */
void reference_sample(SELF, real *z, size_t ldz, const real *mean, const real *logvar,
                      const real *noise, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            z[i * ldz + j] = mean[i * n + j] + real_exp(logvar[i * n + j] / 2) * noise[i * n + j];
}

void reference_sample_backward(SELF, real *dmean, real *dlogvar, const real *dz, size_t lddz,
                               const real *logvar, const real *noise, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) {
            size_t index = i * n + j;

            dmean[index] += dz[i * lddz + j];
            dlogvar[index] += dz[i * lddz + j] * noise[index] * real_exp(logvar[index] / 2) / 2;
        }
}

/* model.md (4.3), (4.4). */
void reference_prior_logvar(SELF, real *logvar, const real *p, real min_var, real max_var, size_t n)
{
    for (size_t j = 0; j < n; j++)
        logvar[j] = max_var > min_var
                        ? real_log(real_sigmoid(real_exp(p[j])) * (max_var - min_var) + min_var)
                        : p[j];
}

void reference_prior_logvar_backward(SELF, real *dp, const real *dlogvar, const real *p,
                                     real min_var, real max_var, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        real e = real_exp(p[j]), s = real_sigmoid(e), range = max_var - min_var;

        dp[j] += dlogvar[j] * s * (1 - s) * e * range / (s * range + min_var);
    }
}

/* model.md (7.3), modern.md (8.1). */
void reference_kl_gaussian(SELF, acc *kl, const real *mean, const real *logvar,
                           const real *prior_mean, const real *prior_logvar, size_t bins,
                           size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++) {
        acc sum = 0;

        for (size_t t = 0; t < bins; t++)
            for (size_t j = 0; j < n; j++) {
                size_t index = (t * rows + i) * n + j;
                real q = logvar[index], p = prior_logvar[j];
                real d = (mean[index] - prior_mean[j]) * real_exp(-p / 2);

                sum += (acc)((p - q + real_exp(q - p) + d * d - 1) / 2);
            }
        kl[i] = sum;
    }
}

void reference_kl_gaussian_backward(SELF, real *dmean, real *dlogvar, real *dprior_mean,
                                    real *dprior_logvar, const real *weight, const real *mean,
                                    const real *logvar, const real *prior_mean,
                                    const real *prior_logvar, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) {
            real q = logvar[i * n + j], p = prior_logvar[j];
            real ratio = real_exp(q - p), difference = mean[i * n + j] - prior_mean[j];
            real slope = difference * real_exp(-p);

            dmean[i * n + j] += *weight * slope;
            dprior_mean[j] -= *weight * slope;
            dlogvar[i * n + j] += *weight * (ratio - 1) / 2;
            dprior_logvar[j] += *weight * (1 - ratio - difference * slope) / 2;
        }
}

/* modern.md (8.4). */
void reference_kl_student(SELF, acc *kl, const real *z, const real *logvar, const real *noise,
                          const real *loc, const real *logscale, real df, size_t bins, size_t rows,
                          size_t n)
{
    for (size_t i = 0; i < rows; i++) {
        acc sum = 0;

        for (size_t t = 0; t < bins; t++)
            for (size_t j = 0; j < n; j++) {
                size_t index = (t * rows + i) * n + j;
                real e = noise[index], d = (z[index] - loc[j]) * real_exp(-logscale[j]);
                real tails = real_log(1 + d * d / df) - real_log(1 + e * e / df);

                sum += (acc)(logscale[j] - logvar[index] / 2 + (df + 1) / 2 * tails);
            }
        kl[i] = sum;
    }
}

void reference_kl_student_backward(SELF, real *dz, real *dlogvar, real *dloc, real *dlogscale,
                                   const real *weight, const real *z, const real *loc,
                                   const real *logscale, real df, size_t rows, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        real inverse = real_exp(-logscale[j]);
        acc to_loc = 0, to_logscale = 0;

        for (size_t i = j; i < rows * n; i += n) {
            real d = (z[i] - loc[j]) * inverse, slope = (df + 1) * d / (df + d * d);

            dz[i] = *weight * slope * inverse;
            dlogvar[i] -= *weight / 2;
            to_loc -= (acc)(slope * inverse);
            to_logscale += (acc)(1 - slope * d);
        }
        dloc[j] += *weight * (real)to_loc;
        dlogscale[j] += *weight * (real)to_logscale;
    }
}

/* model.md (5.5), (5.6). */
void reference_ar1_stationary(SELF, real *phi, real *stationary_logvar, const real *logatau,
                              const real *logevar, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        phi[j] = real_exp(-real_exp(-logatau[j]));
        stationary_logvar[j] = logevar[j] - real_log(1 - phi[j]) - real_log(1 + phi[j]);
    }
}

/* model.md (7.5). */
void reference_kl_ar1(SELF, acc *kl, const real *u, const real *logvar, const real *noise,
                      const real *logatau, const real *logevar, size_t bins, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        kl[i] = 0;
    for (size_t j = 0; j < n; j++) {
        real phi, first;

        reference_ar1_stationary(self, &phi, &first, logatau + j, logevar + j, 1);
        const real precision[2] = {real_exp(-first), real_exp(-logevar[j])};

        for (size_t i = 0; i < rows; i++) {
            acc sum = 0;
            real previous = 0;

            for (size_t t = 0; t < bins; t++) {
                size_t index = (t * rows + i) * n + j;
                real v = t ? logevar[j] : first, d = u[index] - phi * previous;

                sum += (acc)((v + d * d * precision[t > 0] - logvar[index] -
                              noise[index] * noise[index]) /
                             2);
                previous = u[index];
            }
            kl[i] += sum;
        }
    }
}

/* With d_t = u_t - phi u_{t-1} (u_{-1} = 0) and v_t the log variance of the innovation, the
 * cost is sum (v_t + d_t^2 e^{-v_t})/2 - sum (logvar + noise^2)/2. */
void reference_kl_ar1_backward(SELF, real *du, real *dlogvar, real *dlogatau, real *dlogevar,
                               const real *weight, const real *u, const real *logatau,
                               const real *logevar, size_t bins, size_t rows, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        real phi, first;
        acc dphi = 0, dfirst = 0, dlater = 0;

        reference_ar1_stationary(self, &phi, &first, logatau + j, logevar + j, 1);
        const real precision[2] = {real_exp(-first), real_exp(-logevar[j])};

        for (size_t i = 0; i < rows; i++) {
            real previous = 0;

            for (size_t t = 0; t < bins; t++) {
                size_t index = (t * rows + i) * n + j;
                real d = u[index] - phi * previous, slope = d * precision[t > 0];

                du[index] = *weight * slope;
                dlogvar[index] -= *weight / 2;
                if (t) {
                    du[index - rows * n] -= *weight * slope * phi;
                    dphi -= (acc)(slope * previous);
                    dlater += (acc)((1 - d * slope) / 2);
                } else {
                    dfirst += (acc)((1 - d * slope) / 2);
                }
                previous = u[index];
            }
        }
        /* first = logevar - log(1-phi) - log(1+phi); dphi/dlogatau = phi e^{-logatau} */
        dphi += dfirst * (acc)(2 * phi / (1 - phi * phi));
        dlogevar[j] += *weight * (real)(dfirst + dlater);
        dlogatau[j] += *weight * (real)dphi * phi * real_exp(-logatau[j]);
    }
}

/* model.md (5.5). */
void reference_ar1_draw(SELF, real *u, const real *noise, const real *logatau, const real *logevar,
                        size_t bins, size_t rows, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        real phi, first;

        reference_ar1_stationary(self, &phi, &first, logatau + j, logevar + j, 1);
        for (size_t i = 0; i < rows; i++) {
            real previous = 0;

            for (size_t t = 0; t < bins; t++) {
                size_t index = (t * rows + i) * n + j;

                u[index] = phi * previous + real_exp((t ? logevar[j] : first) / 2) * noise[index];
                previous = u[index];
            }
        }
    }
}

/* Returns the sum over bins of m_i m_j for one trial. */
static real inner(const real *m, size_t bins, size_t stride, size_t i, size_t j)
{
    real sum = 0;

    for (size_t t = 0; t < bins; t++)
        sum += m[t * stride + i] * m[t * stride + j];
    return sum;
}

/* model.md (7.9). */
void reference_correlation(SELF, acc *corr, const real *m, size_t bins, size_t rows, size_t n)
{
    for (size_t b = 0; b < rows; b++) {
        acc sum = 0;

        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++) {
                real product = inner(m + b * n, bins, rows * n, i, j);

                sum += (acc)(product * product / 2);
            }
        corr[b] = sum;
    }
}

void reference_correlation_backward(SELF, real *dm, real weight, const real *m, size_t bins,
                                    size_t rows, size_t n)
{
    for (size_t b = 0; b < rows; b++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++) {
                real slope = weight * inner(m + b * n, bins, rows * n, i, j);

                for (size_t t = 0; t < bins; t++) {
                    size_t index = (t * rows + b) * n;

                    dm[index + i] += slope * m[index + j];
                    dm[index + j] += slope * m[index + i];
                }
            }
}
