/* alignment.c - filters, principal components and regressions that align sessions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/alignment.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BOX = 6, EDGE = 3 * BOX };

/* Replaces each number by the mean of the last BOX numbers. Numbers before the first are taken to
 * be equal to it (the filter's steady state). STEP -1 runs from the end. */
static void box(double *x, size_t count, int step)
{
    double last[BOX], *number = step > 0 ? x : x + count - 1;

    for (int k = 0; k < BOX; k++)
        last[k] = *number;
    for (size_t i = 0; i < count; i++, number += step) {
        double sum = 0;

        last[i % BOX] = *number;
        for (size_t k = 0; k < BOX; k++)
            sum += last[(i + BOX - k) % BOX] / BOX;
        *number = sum;
    }
}

void alignment_filter(double *series, size_t samples, size_t stride, double *scratch)
{
    double first = series[0], last = series[(samples - 1) * stride];

    /* odd extension: the series rotated about its end points */
    for (size_t i = 0; i < EDGE; i++) {
        scratch[i] = 2 * first - series[(EDGE - i) * stride];
        scratch[EDGE + samples + i] = 2 * last - series[(samples - 2 - i) * stride];
    }
    for (size_t i = 0; i < samples; i++)
        scratch[EDGE + i] = series[i * stride];
    box(scratch, samples + 2 * EDGE, 1);
    box(scratch, samples + 2 * EDGE, -1);
    for (size_t i = 0; i < samples; i++)
        series[i * stride] = scratch[EDGE + i];
}

static void remove_means(double *bias, double *series, size_t samples, size_t channels)
{
    memset(bias, 0, channels * sizeof *bias);
    for (size_t i = 0; i < samples; i++)
        for (size_t j = 0; j < channels; j++)
            bias[j] += series[i * channels + j];
    for (size_t j = 0; j < channels; j++)
        bias[j] /= (double)samples;
    for (size_t i = 0; i < samples; i++)
        for (size_t j = 0; j < channels; j++)
            series[i * channels + j] -= bias[j];
}

/* Sets covariance [channels,channels], up to a factor that does not change eigenvectors. */
static void covary(double *covariance, const double *series, size_t samples, size_t channels)
{
    memset(covariance, 0, channels * channels * sizeof *covariance);
    for (size_t s = 0; s < samples; s++) {
        const double *row = series + s * channels;

        for (size_t i = 0; i < channels; i++)
            for (size_t j = 0; j < channels; j++)
                covariance[i * channels + j] += row[i] * row[j];
    }
}

/* The sign of the largest entry (by magnitude) of column J. */
static double sign_of(const double *vectors, size_t channels, size_t j)
{
    double largest = 0;

    for (size_t i = 0; i < channels; i++)
        if (fabs(vectors[i * channels + j]) > fabs(largest))
            largest = vectors[i * channels + j];
    return largest < 0 ? -1 : 1;
}

/* Sets P [samples,components] to the projections of the series on the eigenvectors of the largest
 * eigenvalues, which LAPACK puts last. */
static void project(double *p, const double *series, const double *vectors, size_t samples,
                    size_t channels, size_t components)
{
    for (size_t k = 0; k < components; k++) {
        size_t column = channels - 1 - k;
        double sign = sign_of(vectors, channels, column);

        for (size_t s = 0; s < samples; s++) {
            double sum = 0;

            for (size_t i = 0; i < channels; i++)
                sum += series[s * channels + i] * vectors[i * channels + column];
            p[s * components + k] = sign * sum;
        }
    }
}

/* Sets A [width,components] to minimise |Z A - P|. Z are the WIDTH channels of one session. */
static int regress(double *a, const double *series, const double *p, size_t samples,
                   size_t channels, size_t first, size_t width, size_t components)
{
    double *z = malloc(samples * width * sizeof *z), *b = malloc(samples * components * sizeof *b);
    lapack_int failed = -1;

    for (size_t s = 0; z && b && s < samples; s++)
        memcpy(z + s * width, series + s * channels + first, width * sizeof *z);
    if (z && b) {
        memcpy(b, p, samples * components * sizeof *b);
        failed =
            LAPACKE_dgels(LAPACK_ROW_MAJOR, 'N', (lapack_int)samples, (lapack_int)width,
                          (lapack_int)components, z, (lapack_int)width, b, (lapack_int)components);
        memcpy(a, b, width * components * sizeof *a);
    }
    free(z);
    free(b);
    return (int)failed;
}

static size_t sum_of(const size_t *numbers, size_t count)
{
    size_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += numbers[i];
    return sum;
}

enum lfads_status alignment_fit(double *matrix, double *bias, double *series, size_t samples,
                                const size_t *widths, size_t sessions, size_t components,
                                struct lfads_error *err)
{
    size_t channels = sum_of(widths, sessions), first = 0;
    double *vectors = malloc(channels * channels * sizeof *vectors);
    double *values = malloc(channels * sizeof *values);
    double *p = malloc((samples * components + 2 * EDGE + samples) * sizeof *p);
    int failed = !vectors || !values || !p;

    for (size_t j = 0; j < channels && !failed; j++)
        alignment_filter(series + j, samples, channels, p);
    if (!failed) {
        remove_means(bias, series, samples, channels);
        covary(vectors, series, samples, channels);
        failed = LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'V', 'U', (lapack_int)channels, vectors,
                                (lapack_int)channels, values) != 0;
    }
    if (!failed)
        project(p, series, vectors, samples, channels, components);
    for (size_t n = 0; n < sessions && !failed; first += widths[n++])
        failed = regress(matrix + first * components, series, p, samples, channels, first,
                         widths[n], components);
    free(vectors);
    free(values);
    free(p);
    return failed ? lfads_fail(err, LFADS_NUMERIC,
                               "the sessions can't be aligned: memory is short, or channels are "
                               "silent or copies of one another")
                  : LFADS_OK;
}
