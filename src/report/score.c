/* score.c - scores rates against truth and data.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/score.h"

#include <math.h>

double score_r_squared(const struct scored *scored, size_t first, size_t count)
{
    const struct scored *s = scored;
    double mean = 0, residual = 0, total = 0;

    for (size_t i = 0; i < s->rows; i++)
        for (size_t j = first; j < first + count; j++)
            mean += s->truth[i * s->channels + j] / (double)(s->rows * count);
    for (size_t i = 0; i < s->rows; i++)
        for (size_t j = first; j < first + count; j++) {
            double truth = s->truth[i * s->channels + j], deviation = truth - mean;
            double error = truth - s->conversion * s->means[i * s->outputs + j];

            residual += error * error;
            total += deviation * deviation;
        }
    return 1 - residual / total;
}

/* Returns log p of a count given a rate, without log k!, which cancels in differences. */
static double log_poisson(double count, double rate)
{
    return count * log(fmax(rate, 1e-300)) - rate;
}

double score_bits_per_spike(const struct scored *scored)
{
    const struct scored *s = scored;
    double model = 0, null = 0, spikes = 0;

    for (size_t j = 0; j < s->channels; j++) {
        double mean = 0;

        for (size_t i = 0; i < s->rows; i++)
            mean += s->data[i * s->channels + j] / (double)s->rows;
        for (size_t i = 0; i < s->rows; i++) {
            double count = s->data[i * s->channels + j];

            model += log_poisson(count, s->means[i * s->outputs + j]);
            null += log_poisson(count, mean);
            spikes += count;
        }
    }
    return (model - null) / (spikes * log(2));
}

/* -log p of channel J in row I. */
static double nll_of(const struct scored *s, size_t i, size_t j)
{
    double x = s->data[i * s->channels + j], m = s->means[i * s->outputs + j], v;

    switch (s->distribution) {
    case DISTRIBUTION_poisson:
        return lgamma(x + 1) - log_poisson(x, m);
    case DISTRIBUTION_gaussian:
        v = s->variances[i * s->outputs + j];
        return (log(2 * M_PI * v) + (x - m) * (x - m) / v) / 2;
    case DISTRIBUTION_mse:
        return (x - m) * (x - m);
    case DISTRIBUTION_gamma: /* a mean does not say what the distribution is */
    case DISTRIBUTION_zig:
    case DISTRIBUTIONS:
        break;
    }
    return (double)NAN;
}

double score_nll(const struct scored *scored)
{
    double sum = 0;

    for (size_t i = 0; i < scored->rows; i++)
        for (size_t j = 0; j < scored->channels; j++)
            sum += nll_of(scored, i, j);
    return sum;
}
