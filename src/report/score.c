/* score.c - scores rates against truth and data.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/score.h"

#include <math.h>

double score_r_squared(const struct scored *scored, size_t first, size_t count)
{
    const struct scored *s = scored;
    double origin = (double)NAN, mean = 0, residual = 0, total = 0, known = 0;

    /* about the first number that is known, so that a constant truth has a sum of exactly 0 */
    for (size_t i = 0; i < s->rows; i++)
        for (size_t j = first; j < first + count; j++) {
            double truth = s->truth[i * s->channels + j];

            origin = isnan(origin) ? truth : origin;
            known += !isnan(truth);
        }
    for (size_t i = 0; i < s->rows; i++)
        for (size_t j = first; j < first + count; j++)
            if (!isnan(s->truth[i * s->channels + j]))
                mean += (s->truth[i * s->channels + j] - origin) / known;
    for (size_t i = 0; i < s->rows; i++)
        for (size_t j = first; j < first + count; j++) {
            double truth = s->truth[i * s->channels + j], deviation = truth - origin - mean;
            double error = truth - s->conversion * s->means[i * s->outputs + j];

            if (isnan(truth))
                continue;
            residual += error * error;
            total += deviation * deviation;
        }
    return total > 0 ? 1 - residual / total : (double)NAN;
}

double score_column_r2(const double *truth, const double *estimate, size_t rows, size_t stride)
{
    double mean = 0, residual = 0, total = 0;

    /* about the first number, so that a constant column has a sum of exactly 0 */
    for (size_t i = 0; i < rows; i++)
        mean += (truth[i * stride] - truth[0]) / (double)rows;
    for (size_t i = 0; i < rows; i++) {
        double deviation = truth[i * stride] - truth[0] - mean;
        double error = truth[i * stride] - estimate[i * stride];

        residual += error * error;
        total += deviation * deviation;
    }
    if (rows == 0)
        return (double)NAN;
    return total > 0 ? 1 - residual / total : residual == 0 ? 1 : 0;
}

/* Returns log p of a count given a rate, without log k!. */
static double log_poisson(double count, double rate)
{
    return count * log(fmax(rate, 1e-300)) - rate;
}

/* -log p of channel J in row I. */
static double nll_of(const struct scored *s, size_t i, size_t j)
{
    double x = s->data[i * s->channels + j], m = s->means[i * s->outputs + j], v;
    int sign;

    switch (s->distribution) {
    case DISTRIBUTION_poisson:
        /* lgamma shares its sign among threads */
        return lgamma_r(x + 1, &sign) - log_poisson(x, m);
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
            if (!isnan(scored->data[i * scored->channels + j]))
                sum += nll_of(scored, i, j);
    return sum;
}
